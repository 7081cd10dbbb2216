/** Whether a character (code point) is one of a set. */
export type CharacterTest = (code: number) => boolean

/** A place between characters at which a pattern can insist. */
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

/** A parsed pattern. Groups and greediness leave no trace: all that is asked is whether there is a match. */
export type Pattern =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }

const foldsOf = (code: number): readonly number[] => {
  const character = String.fromCodePoint(code)
  const forms = [character.toLowerCase(), character.toUpperCase(), character.toUpperCase().toLowerCase()]
  const codes = forms.filter((form) => Array.from(form).length === 1).map((form) => form.codePointAt(0) ?? code)
  // Characters that fold to a letter without being its upper or lower case: long s, Kelvin and Angstrom signs.
  const odd: Readonly<Record<number, readonly number[]>> = { 115: [0x17f], 107: [0x212a], 229: [0x212b] }
  return [code, ...codes, ...codes.flatMap((lower) => odd[lower] ?? [])]
}

/** The same test, blind to case. */
export const foldCase = (test: CharacterTest): CharacterTest => {
  const known = new Map<number, boolean>()
  return (code) => {
    const answer = known.get(code) ?? foldsOf(code).some(test)
    if (known.size < 4096) known.set(code, answer)
    return answer
  }
}

export const negate =
  (test: CharacterTest): CharacterTest =>
  (code) =>
    !test(code)

/** The characters from `low` up to and including `high`. */
export const range =
  (low: number, high: number): CharacterTest =>
  (code) =>
    code >= low && code <= high

/** The characters that a class of JavaScript's regular expressions matches, such as `[a-z]` or `\p{Greek}`. */
export const javascriptClass = (source: string): CharacterTest => {
  const pattern = new RegExp(`^${source}$`, 'u')
  return (code) => pattern.test(String.fromCodePoint(code))
}

export const isWordCode = (code: number | undefined): boolean =>
  code !== undefined &&
  ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122))

/** Whether a character (code point) is one of a set. */
export type CharacterTest = (code: number) => boolean

/** A place between characters at which a pattern can insist. */
export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

/** A parsed pattern. */
export type Pattern =
  | { readonly kind: 'empty' }
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  | {
      readonly kind: 'repeat'
      readonly part: Pattern
      readonly min: number
      readonly max: number
      /** Prefers fewer repetitions, which decides where a match ends but not whether there is one. */
      readonly isLazy: boolean
    }
  | { readonly kind: 'group'; readonly part: Pattern; readonly index: number; readonly name: string | undefined }

const single = (text: string, otherwise: string): string => (Array.from(text).length === 1 ? text : otherwise)

/** The character that stands for all that differ from it in case only. */
const canonical = (character: string): string => {
  // The dotless i has a capital I, but does not fold to i.
  if (character === 'ı') return character
  const upper = single(character.toUpperCase(), character)
  return single(upper.toLowerCase(), upper)
}

const foldGroups = (): ReadonlyMap<string, readonly number[]> => {
  const groups = new Map<string, number[]>()
  // No letter beyond these planes has a case.
  for (let code = 0; code < 0x1f000; code += 1) {
    const character = String.fromCodePoint(code)
    const group = canonical(character)
    if (group !== character || single(character.toUpperCase(), character) !== character) {
      groups.set(group, [...(groups.get(group) ?? []), code])
    }
  }
  return groups
}

let groups: ReadonlyMap<string, readonly number[]> | undefined

/** The same test, blind to case (Unicode's simple folding, as RE2). */
export const foldCase = (test: CharacterTest): CharacterTest => {
  // A few milliseconds, paid only by those who use (?i).
  groups ??= foldGroups()
  const folds = groups
  return (code) => folds.get(canonical(String.fromCodePoint(code)))?.some(test) || test(code)
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

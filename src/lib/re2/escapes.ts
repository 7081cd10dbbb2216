import { RegexpSyntaxError } from './syntax-error.ts'

const letters: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

const invalid = (part: string): never => {
  throw new RegexpSyntaxError('invalid escape sequence', part)
}

const hexadecimal = (rest: string): { code: number; length: number } => {
  const [braced, digits] = /^\\x\{([0-9a-fA-F]+)\}/.exec(rest) ?? []
  if (braced !== undefined) {
    const code = Number.parseInt(digits ?? '', 16)
    if (code <= 0x10ffff) return { code, length: braced.length }
  }
  if (digits !== undefined) {
    // Wrong from the digit on that makes it too large.
    const enough = [...digits].findIndex((_, index) => Number.parseInt(digits.slice(0, index + 1), 16) > 0x10ffff)
    return invalid(rest.slice(0, 4 + enough))
  }
  const [plain, two] = /^\\x([0-9a-fA-F]{2})/.exec(rest) ?? []
  if (plain !== undefined) return { code: Number.parseInt(two ?? '', 16), length: 4 }
  // What was read up to the character that does not fit.
  const wrong = /^\\x\{[0-9a-fA-F]*[\s\S]?/u.exec(rest)?.[0] ?? /^\\x[\s\S]{0,2}/u.exec(rest)?.[0] ?? rest
  return invalid(wrong)
}

/** The character that an escape at the start of `rest` stands for. Throws for escapes that RE2 does not have, back-references among them. */
export const readEscape = (rest: string): { code: number; length: number } => {
  const character = Array.from(rest.slice(1, 3))[0]
  if (character === undefined) throw new RegexpSyntaxError('trailing backslash at end of expression', '')
  const octal = /^\\(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)?.[0]
  if (octal !== undefined) return { code: Number.parseInt(octal.slice(1), 8), length: octal.length }
  if (character === 'x') return hexadecimal(rest)
  const code = letters[character]
  if (code !== undefined) return { code, length: 2 }
  if (/^[\0-\x7f]$/.test(character) && !/[0-9A-Za-z]/.test(character))
    return { code: character.charCodeAt(0), length: 2 }
  return invalid(`\\${character}`)
}

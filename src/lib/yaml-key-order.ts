const isLetter = (character: string): boolean => /^\p{L}$/u.test(character)
const isDigit = (character: string): boolean => /^\p{Nd}$/u.test(character)

/** The digits from a place on. */
const numberAt = (characters: readonly string[], start: number): string => {
  let end = start
  while (isDigit(characters[end] ?? '')) end += 1
  return characters.slice(start, end).join('')
}

/** Orders two keys from the first characters on in which they differ. `common` stands before both. */
const compareFrom = (a: readonly string[], b: readonly string[], at: number, common: string): number => {
  const [left = '', right = ''] = [a[at], b[at]]
  const byCharacter = (left.codePointAt(0) ?? 0) - (right.codePointAt(0) ?? 0)
  if (isLetter(left) && isLetter(right)) return byCharacter
  if (isLetter(left) || isLetter(right)) return isLetter(right) ? -1 : 1
  // A zero within a number counts as a digit of it, one at its start does not.
  const lead = (left === '0' || right === '0') && /[1-9]\d*$/.test(common) ? '1' : '0'
  const [leftDigits, rightDigits] = [numberAt(a, at), numberAt(b, at)]
  const [leftNumber, rightNumber] = [BigInt(lead + leftDigits), BigInt(lead + rightDigits)]
  if (leftNumber !== rightNumber) return leftNumber < rightNumber ? -1 : 1
  return leftDigits.length - rightDigits.length || byCharacter
}

/** The order in which Go's YAML library writes keys: `t2` before `t10`, signs before letters (go-yaml, `keyList`). */
export const compareYamlKeys = (left: string, right: string): number => {
  const [a, b] = [Array.from(left), Array.from(right)]
  const at = a.findIndex((character, index) => character !== b[index])
  if (at === -1) return a.length - b.length
  return at >= b.length ? 1 : compareFrom(a, b, at, a.slice(0, at).join(''))
}

/** A value that divides good from bad measurements. */
export interface Threshold {
  readonly value: number
  /** What of the result is compared: an index or a name; absent where it is the result itself, or each of its values. */
  readonly key?: string
  /** How a measurement compares to the value for the condition to hold, such as `>=`. */
  readonly operator: string
  readonly condition: 'success' | 'failure'
}

const number = String.raw`-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`
const accessor = String.raw`(?:\[\s*(?<index>\d+)\s*\]|\.(?<name>[A-Za-z_]\w*)|\[\s*["'](?<quoted>[^"']+)["']\s*\])?`
/** The result, an element of it or `#` within a predicate, which functions such as default() may wrap. */
const operand = String.raw`(?<call>[A-Za-z]\w*\()?\s*(?:result|#)${accessor}(?:\s*,\s*${number})?\s*\)?`
const operator = '(?<operator><=|>=|<|>)'
const resultFirst = new RegExp(`${operand}\\s*${operator}\\s*(?<number>${number})(?![\\w.])`, 'g')
const numberFirst = new RegExp(`(?<![\\w.])(?<number>${number})\\s*${operator}\\s*${operand}`, 'g')

const turned: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' }

/** Functions whose value is another quantity than the one that is measured. */
const countsSomething = (call: string | undefined): boolean => /^(len|count)\($/.test(call ?? '')

/** Puts the values of arguments into a text with `{{args.name}}`; those that are unknown stay. */
export const withArguments = (
  text: string,
  args: readonly { readonly name: string; readonly value?: string | undefined }[],
): string =>
  text.replaceAll(/\{\{\s*args\.([\w.-]+)\s*\}\}/g, (written, name: string) => {
    return args.find((arg) => arg.name === name)?.value ?? written
  })

/**
 * The numbers that a condition compares the result with. A condition may be any expression, so that this finds what a chart
 * can show, and nothing where it is written in another way: comparisons of the result, or of one of its values, with a number.
 */
export const thresholdsOf = (condition: string | undefined, kind: Threshold['condition']): Threshold[] => {
  const text = condition ?? ''
  const read = (match: RegExpExecArray, turn: boolean): Threshold[] => {
    const { index, name, quoted, call, operator: sign = '', number: value = '' } = match.groups ?? {}
    if (countsSomething(call)) return []
    const key = index ?? name ?? quoted
    const written = turn ? (turned[sign] ?? sign) : sign
    return [{ value: Number(value), ...(key !== undefined && { key }), operator: written, condition: kind }]
  }
  const found = [
    ...[...text.matchAll(resultFirst)].flatMap((match) => read(match, false)),
    ...[...text.matchAll(numberFirst)].flatMap((match) => read(match, true)),
  ]
  const seen = new Set<string>()
  return found.filter(({ key, value, operator: sign }) => {
    const id = `${key} ${sign} ${value}`
    return !seen.has(id) && seen.add(id)
  })
}

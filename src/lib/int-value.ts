/** The number of an `IntOrString` as Go's `IntValue` reads it: text that is no whole number, such as `50%`, is 0. */
export const intValue = (value: number | string): number => {
  if (typeof value === 'number') return value
  return /^[-+]?[0-9]+$/.test(value) ? Number(value) : 0
}

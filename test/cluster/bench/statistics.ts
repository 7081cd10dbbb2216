/**
 * The value below which this share of the values lies, by the nearest rank.
 * @param share 0 to 1
 * @throws RangeError without values
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new RangeError('finding a quantile: there are no values')
  return found
}

/** Rounded to so many digits after the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

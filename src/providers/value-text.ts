const special = (value: number): string | undefined => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return Object.is(value, -0) ? '-0' : undefined
}

/** A float with all its digits and no exponent, as Go's `strconv.FormatFloat(value, 'f', -1, 64)`: `0.95`, `+Inf`, `NaN`, `-0`. */
export const formatSample = (value: number): string => {
  const name = special(value)
  if (name !== undefined) return name
  const match = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(value.toExponential())
  const [, sign = '', first = '', rest = '', exponentText = '0'] = match ?? []
  const digits = first + rest
  const point = Number(exponentText) + 1
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits.padEnd(point, '0')
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/** A vector as the published controller writes it into a measurement: `[0.95,NaN]`. */
export const formatSamples = (values: readonly number[]): string => `[${values.map(formatSample).join(',')}]`

/** The number of a sample as Prometheus' HTTP API and its relatives write it: `0.95`, `+Inf`, `NaN`. */
export const parseSample = (text: string): number => {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  return Number.parseFloat(text)
}

/** Of a number halfway between two neighbours Go takes the even one, JavaScript the one that is farther from zero. */
const isHalfway = (value: number, digits: number): boolean => /^50*$/.test(value.toFixed(100).slice(digits - 100))

/** A float with so many digits behind the point, as Go's `%.2f`. */
export const formatFixed = (value: number, digits: number): string => {
  const name = Object.is(value, -0) ? undefined : special(value)
  if (name !== undefined) return name
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size >= 2 ** 53) return `${sign}${BigInt(size)}.${'0'.repeat(digits)}`
  const down = size.toFixed(100).slice(0, digits - 100)
  return sign + (isHalfway(size, digits) && Number(down.at(-1)) % 2 === 0 ? down : size.toFixed(digits))
}

import { formatFloat } from '../go-number.ts'
import type { Json } from '../json.ts'
import { isJsonObject } from '../json-value.ts'

/** A decoded JSON value as Go's `%v` prints it, which messages of the dialect show: `map[a:1 b:[x y]]`, `<nil>`, `1e+06`. */
export const goText = (value: Json): string => {
  if (value === null) return '<nil>'
  if (typeof value === 'number') return formatFloat(value)
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isJsonObject(value)) return String(value)
  const keys = Object.keys(value).sort()
  return `map[${keys.map((key) => `${key}:${goText(value[key] ?? null)}`).join(' ')}]`
}

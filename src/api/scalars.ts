// As a namespace, here and elsewhere: the bundler then leaves out zod's translations, which are most of its size.
import * as z from 'zod'
import type { JsonObject } from '../lib/json.ts'

/** A 32-bit integer, as replica counts, weights and seconds are stored. */
export const int32 = z.int32().meta({ format: 'int32' })

/** A 64-bit integer. Values beyond 2^53 are refused, since JSON.parse has already lost their digits. */
export const int64 = z.int().meta({ format: 'int64' })

/** A number or a string, as Kubernetes' `IntOrString`: the field says what each of them means. */
export const intOrString = z.union([z.int32(), z.string()]).meta({ 'x-kubernetes-int-or-string': true })

/** See {@link intOrString}. */
export type IntOrString = z.infer<typeof intOrString>

/** A Go duration such as `30s`, `5m` or `1h30m`. Its text is checked where it is used, so that `{{args.x}}` may stand here. */
export const durationString = z.string()

/** An instant in RFC 3339, as the API server stores `metav1.Time`. */
export const timestamp = z.iso.datetime({ offset: true }).meta({ format: 'date-time' })

/** String keys to string values, as labels and annotations are. */
export const stringMap = z.record(z.string(), z.string())

const isJsonObject = (value: unknown): boolean => value !== null && typeof value === 'object' && !Array.isArray(value)

/** An object whose content belongs to somebody else (a plugin, a web service): kept as it is, whatever it holds. */
export const openObject = z
  .custom<JsonObject>(isJsonObject, 'must be an object')
  .meta({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true })

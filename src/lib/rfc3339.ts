/** Milliseconds since the epoch as `metav1.Time` is written: RFC 3339 in UTC, whole seconds, cut off. */
export const toRfc3339 = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')

/** Milliseconds since the epoch; `undefined` for nothing, and for a text that is no date. */
export const fromRfc3339 = (text: string | undefined): number | undefined => {
  const ms = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

import type { Labels } from './series.ts'

/** What a family of series is, in Prometheus' words. */
export type MetricType = 'counter' | 'gauge' | 'histogram'

/** Media type of Prometheus' text format. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8'

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }
const escaped = (text: string, what: RegExp): string => text.replace(what, (found) => escapes[found] ?? found)

const numberText = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return String(value)
}

/** The two lines before the series of a family. */
export const familyHead = (name: string, help: string, type: MetricType): string =>
  `# HELP ${name} ${escaped(help, /[\\\n]/g)}\n# TYPE ${name} ${type}\n`

/** Labels as they stand between the braces, in the order of `names`. */
export const labelText = <Label extends string>(names: readonly Label[], labels: Labels<Label>): string =>
  names.map((name) => `${name}="${escaped(labels[name], /[\\\n"]/g)}"`).join(',')

/** One line of a series; `labels` as by {@link labelText}. */
export const seriesLine = (name: string, labels: string, value: number): string =>
  labels === '' ? `${name} ${numberText(value)}\n` : `${name}{${labels}} ${numberText(value)}\n`

/**
 * The lines of one distribution.
 * @param bounds upper bounds of the buckets, rising
 * @param counts how many values fell into each bucket and none before, and last how many are above all bounds
 */
export const distributionLines = (
  name: string,
  labels: string,
  bounds: readonly number[],
  { counts, sum }: { readonly counts: readonly number[]; readonly sum: number },
): string => {
  let total = 0
  const lines = counts.map((count, index) => {
    total += count
    const bound = `le="${numberText(bounds[index] ?? Number.POSITIVE_INFINITY)}"`
    return seriesLine(`${name}_bucket`, labels === '' ? bound : `${bound},${labels}`, total)
  })
  return `${lines.join('')}${seriesLine(`${name}_sum`, labels, sum)}${seriesLine(`${name}_count`, labels, total)}`
}

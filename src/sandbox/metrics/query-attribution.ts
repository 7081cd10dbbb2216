/** A metric of an AnalysisRun that is under way, as far as it explains queries. */
export interface RunningMetric {
  readonly namespace: string
  /** Name of the Rollout that owns the run, when one does. */
  readonly rollout?: string
  readonly revision?: number
  /** Templates that have a metric of this name and query. */
  readonly templates: readonly string[]
  readonly metric: string
  /** Its query, with `{{args.x}}` in it. */
  readonly query: string
  /** The values of its arguments, as far as they are known without reading secrets. */
  readonly args: Readonly<Record<string, string>>
}

const escapeForRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A query with its arguments in place; an argument whose value is unknown stands for any text. */
const patternOf = (query: string, args: Readonly<Record<string, string>>): RegExp => {
  const parts = query.split(/\{\{\s*([^}]*?)\s*\}\}/)
  const source = parts.map((part, index) => {
    if (index % 2 === 0) return escapeForRegExp(part)
    const value = args[part.replace(/^args\./, '')]
    return value === undefined ? '[\\s\\S]*?' : escapeForRegExp(value)
  })
  return new RegExp(`^${source.join('')}$`)
}

/**
 * Finds which metric of which run asks a query: a provider's request carries its text only. The first whose text, with
 * its arguments, is exactly the query.
 */
export const attributeQuery = (query: string, running: readonly RunningMetric[]): RunningMetric | undefined =>
  running.find((metric) => patternOf(metric.query, metric.args).test(query))

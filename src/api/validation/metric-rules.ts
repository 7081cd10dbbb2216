import type { DeepReadonly } from '../../lib/json.ts'
import { compileRegexp } from '../../lib/re2/regexp.ts'
import { RegexpSyntaxError } from '../../lib/re2/syntax-error.ts'

/** A rule of `dryRun` or `measurementRetention` that fits no metric. */
export class MetricRuleError extends Error {
  override readonly name = 'MetricRuleError'
}

/** RE2, as Go has it: linear in the name, whatever the pattern. One that does not compile matches nothing, as published. */
const matcherOf = (pattern: string): ((name: string) => boolean) => {
  try {
    const expression = compileRegexp(pattern)
    return (name) => expression.matches(name)
  } catch (error) {
    if (error instanceof RegexpSyntaxError) return () => false
    throw error
  }
}

/**
 * Which rule applies to which metric, by metric name; of several the last one. `metricName` is an unanchored regular expression. Throws
 * {@link MetricRuleError} for a rule that matches no metric; `list` is the name of the field, for its message.
 */
export const rulesByMetric = <Rule extends { readonly metricName: string }>(
  rules: readonly DeepReadonly<Rule>[],
  metrics: readonly { readonly name: string }[],
  list: 'dryRun' | 'measurementRetention',
): ReadonlyMap<string, DeepReadonly<Rule>> => {
  const byMetric = new Map<string, DeepReadonly<Rule>>()
  for (const [index, rule] of rules.entries()) {
    const matches = matcherOf(rule.metricName)
    const matched = metrics.filter(({ name }) => matches(name))
    if (matched.length === 0) throw new MetricRuleError(`${list}[${index}]: Rule didn't match any metric name(s)`)
    for (const { name } of matched) byMetric.set(name, rule)
  }
  return byMetric
}

/** Whether a rule is about one of the metrics; see {@link rulesByMetric}. */
export const matchesAnyMetric = (
  { metricName }: { readonly metricName: string },
  metrics: readonly { readonly name: string }[],
): boolean => {
  const matches = matcherOf(metricName)
  return metrics.some(({ name }) => matches(name))
}

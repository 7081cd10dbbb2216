import type { DeepReadonly } from '../../lib/json.ts'
import type { AnalysisTemplateSpec, Argument } from '../analysis-template.ts'
import type { Metric } from '../metric.ts'
import type { DryRun, MeasurementRetention } from '../rollout-analysis.ts'

/** Templates, or arguments for them, that do not fit together. Messages are the published ones. */
export class TemplateMergeError extends Error {
  override readonly name = 'TemplateMergeError'
}

/** What several templates are together. */
export interface MergedTemplate {
  readonly metrics: readonly DeepReadonly<Metric>[]
  readonly args: readonly DeepReadonly<Argument>[]
  readonly dryRun: readonly DeepReadonly<DryRun>[]
  readonly measurementRetention: readonly DeepReadonly<MeasurementRetention>[]
}

/** What of a template counts here. */
export interface TemplateContent {
  readonly spec: DeepReadonly<AnalysisTemplateSpec>
}

const refuseSameNames = (names: readonly string[], what: string): void => {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new TemplateMergeError(`two ${what} have the same name '${name}'`)
    seen.add(name)
  }
}

const mergeMetrics = (templates: readonly TemplateContent[]): DeepReadonly<Metric>[] => {
  const metrics = templates.flatMap(({ spec }) => spec.metrics ?? [])
  refuseSameNames(
    metrics.map(({ name }) => name),
    'metrics',
  )
  return metrics
}

const sameArgument = (known: DeepReadonly<Argument>, next: DeepReadonly<Argument>): DeepReadonly<Argument> => {
  if (known.value === undefined) return next
  if (next.value !== undefined && next.value !== known.value) {
    const values = `'${known.value}', '${next.value}'`
    throw new TemplateMergeError(`Argument \`${known.name}\` specified multiple times with different values: ${values}`)
  }
  return known
}

const mergeDeclaredArgs = (templates: readonly TemplateContent[]): DeepReadonly<Argument>[] => {
  const byName = new Map<string, DeepReadonly<Argument>>()
  for (const next of templates.flatMap(({ spec }) => spec.args ?? [])) {
    const known = byName.get(next.name)
    byName.set(next.name, known === undefined ? next : sameArgument(known, next))
  }
  return [...byName.values()]
}

/** Joins rules that name metrics; the same name twice is refused. `what` is `Dry-Run` or `Measurement Retention`. */
export const mergeMetricRules = <Rule extends { readonly metricName: string }>(
  rules: readonly Rule[],
  what: 'Dry-Run' | 'Measurement Retention',
): Rule[] => {
  refuseSameNames(
    rules.map(({ metricName }) => metricName),
    `${what} metric rules`,
  )
  return [...rules]
}

/**
 * One template made of several, in their order (namespaced ones are to come before those of the cluster). Throws
 * {@link TemplateMergeError} when two of them contradict each other.
 */
export const mergeTemplates = (templates: readonly TemplateContent[]): MergedTemplate => ({
  metrics: mergeMetrics(templates),
  args: mergeDeclaredArgs(templates),
  dryRun: mergeMetricRules(
    templates.flatMap(({ spec }) => spec.dryRun ?? []),
    'Dry-Run',
  ),
  measurementRetention: mergeMetricRules(
    templates.flatMap(({ spec }) => spec.measurementRetention ?? []),
    'Measurement Retention',
  ),
})

/**
 * The arguments that templates declare, with what the caller gives: a value beats where to take one from, and what no template declares
 * is dropped. Throws {@link TemplateMergeError} for an argument that has neither in the end.
 */
export const mergeArgs = (
  given: readonly DeepReadonly<Argument>[],
  declared: readonly DeepReadonly<Argument>[],
): DeepReadonly<Argument>[] => {
  const merged = declared.map((argument) => {
    const own = given.find(({ name }) => name === argument.name)
    if (own?.value !== undefined) return { ...argument, value: own.value }
    return own?.valueFrom === undefined ? argument : { ...argument, valueFrom: own.valueFrom }
  })
  const missing = merged.find(({ value, valueFrom }) => value === undefined && valueFrom === undefined)
  if (missing !== undefined) throw new TemplateMergeError(`args.${missing.name} was not resolved`)
  return merged
}

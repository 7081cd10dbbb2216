import type { DeepReadonly } from '../../lib/json.ts'
import type { Metric } from '../metric.ts'
import type { TemplateContent } from './analysis-templates.ts'
import { guardFaults } from './metric-guards.ts'
import { conditionFaults, queryFaults } from './metric-queries.ts'

/** A template with its name, as messages need it. */
export type NamedTemplate = TemplateContent & { readonly metadata: { readonly name?: string | undefined } }

/** Why a metric could not be measured, whatever its arguments: it asks for a provider that is not there. */
export type RefuseMetric = (metric: DeepReadonly<Metric>) => string | undefined

/** An argument as the use of a template gives it; one whose value is known only later has none here. */
interface GivenArgument {
  readonly name: string
  readonly value?: string | undefined
}

/**
 * What can be told of the metrics of a template before anybody is asked, a sentence a fault: a provider that is not there, a query that no
 * server understands, a condition that cannot be read, guards that do not fit the provider.
 */
export const templateMetricFaults = (
  { metadata: { name = '' }, spec }: NamedTemplate,
  args: readonly GivenArgument[],
  refuse: RefuseMetric,
): string[] => {
  const given = new Map(args.map((argument) => [argument.name, argument.value] as const))
  const defaults = new Map((spec.args ?? []).map((argument) => [argument.name, argument.value] as const))
  const known = (argument: string): string | undefined => (given.has(argument) ? given : defaults).get(argument)
  return (spec.metrics ?? []).flatMap((metric) => {
    const what = `AnalysisTemplate ${name} has metric ${metric.name}`
    const refused = refuse(metric)
    const faults = [...guardFaults(metric), ...queryFaults(metric, known), ...conditionFaults(metric, known)]
    return [
      ...(refused === undefined ? [] : [`${what} that cannot be measured: ${refused}`]),
      ...faults.map((fault) => `${what}: ${fault}`),
    ]
  })
}

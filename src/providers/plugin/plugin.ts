import type { Measurement } from '../../api/analysis-run.ts'
import { fromJson } from '../../expr/value.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import { cloneJson, objectOr } from '../../lib/json-value.ts'
import { toRfc3339 } from '../../lib/rfc3339.ts'
import { shortMessage } from '../../plugins/contract/common.ts'
import {
  collectMetricGarbage,
  type MetricAnswer,
  resumeMetric,
  runMetric,
  terminateMetric,
} from '../../plugins/contract/metric.ts'
import { jsonText } from '../json-text.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'

/** The plugin of a metric, and what the metric says to it. */
interface PluginMetric {
  readonly name: string
  readonly config: JsonObject
}

const defaultResumeSeconds = 10

const baseOf = ({ config }: DeepReadonly<PluginMetric>, { run, metric }: MeasureContext) => ({
  config,
  analysisRun: objectOr(cloneJson(run)),
  metric: objectOr(cloneJson(metric)),
})

const measurementOf = ({ startedAt, metadata, value, message }: DeepReadonly<Measurement>) => ({
  ...(startedAt !== undefined && { startedAt }),
  ...(metadata && { metadata }),
  ...(value !== undefined && { value }),
  ...(message !== undefined && { message }),
})

/** A value without a verdict is judged like that of any provider. */
const judged = (answer: MetricAnswer, context: MeasureContext): Pick<Outcome, 'phase' | 'value' | 'message'> => {
  const { phase, value, message } = answer
  if (phase === undefined && value !== undefined) return judge(context, fromJson(value), jsonText(value))
  return {
    phase: phase ?? 'Error',
    ...(value !== undefined && { value: typeof value === 'string' ? value : jsonText(value) }),
    ...(message !== undefined && { message: shortMessage(message) }),
  }
}

const outcomeOf = (answer: MetricAnswer, context: MeasureContext): Outcome => {
  const { metadata, metricMetadata, resumeAfterSeconds = defaultResumeSeconds } = answer
  const outcome = judged(answer, context)
  return {
    ...outcome,
    ...(metadata && { metadata }),
    ...(metricMetadata && { metricMetadata }),
    ...(outcome.phase === 'Running' && { resumeAt: toRfc3339(context.clock.now() + resumeAfterSeconds * 1000) }),
  }
}

/** Asks a plugin over HTTP. Validation has seen that a metric names one. */
export const plugin: Provider<PluginMetric> = {
  name: 'plugin',
  typeName: 'RPCPlugin',
  specOf: ({ plugin: byName }) => {
    const [entry] = Object.entries(byName ?? {})
    return entry && { name: entry[0], config: objectOr(cloneJson(entry[1])) }
  },
  start: async (spec, context) => {
    const body = { ...baseOf(spec, context), ordinal: context.ordinal }
    return outcomeOf(await context.plugins.call(runMetric, spec.name, body, context.signal), context)
  },
  resume: async (spec, measurement, context) => {
    const body = { ...baseOf(spec, context), ordinal: context.ordinal, measurement: measurementOf(measurement) }
    return outcomeOf(await context.plugins.call(resumeMetric, spec.name, body, context.signal), context)
  },
  terminate: async (spec, measurement, context) => {
    const body = { ...baseOf(spec, context), ordinal: context.ordinal, measurement: measurementOf(measurement) }
    const outcome = outcomeOf(await context.plugins.call(terminateMetric, spec.name, body, context.signal), context)
    if (outcome.phase !== 'Running') return outcome
    return { phase: 'Error', message: `plugin ${spec.name} says that a measurement that it was told to stop goes on` }
  },
  collectGarbage: async (spec, limit, context) => {
    await context.plugins.call(collectMetricGarbage, spec.name, { ...baseOf(spec, context), limit }, context.signal)
  },
}

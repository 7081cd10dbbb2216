import type { AnalysisRun } from '../api/analysis-run.ts'
import type { Argument } from '../api/analysis-template.ts'
import type { Metric } from '../api/metric.ts'
import { ArgumentError, resolveMetricArgs } from '../api/validation/metric-args.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { readFieldPath } from './field-path.ts'

/** What stands for a secret while a metric is only judged, never sent. */
const secretPlaceholder = 'temp-for-secret'

/** Reads one key of a Secret in the namespace of the run. Throws when there is no such Secret or key. */
export type ReadSecretKey = (secret: { readonly name: string; readonly key: string }) => Promise<string>

/** An argument with what can be known without reading a Secret. A given value beats where to take one from. */
const withKnownValue = (argument: DeepReadonly<Argument>, run: DeepReadonly<AnalysisRun>): DeepReadonly<Argument> => {
  const fieldPath = argument.valueFrom?.fieldRef?.fieldPath
  if (argument.value !== undefined || fieldPath === undefined) return argument
  const value = readFieldPath(run, fieldPath)
  if (value === undefined) {
    throw new ArgumentError(`argument "${argument.name}": the AnalysisRun has no scalar field ${fieldPath}`)
  }
  return { ...argument, value }
}

const secretOf = (argument: DeepReadonly<Argument>) =>
  argument.value === undefined ? argument.valueFrom?.secretKeyRef : undefined

/**
 * The metrics of a run as far as they can be known without its Secrets: for validation, schedule and verdict. Throws ArgumentError or
 * TemplateError.
 */
export const metricsWithoutSecrets = (run: DeepReadonly<AnalysisRun>): DeepReadonly<Metric>[] => {
  const args = (run.spec.args ?? []).map((argument) => {
    const known = withKnownValue(argument, run)
    return secretOf(known) === undefined ? known : { ...known, value: secretPlaceholder }
  })
  return run.spec.metrics.map((metric) => resolveMetricArgs(metric, args))
}

/** What is known of the arguments of a run without reading its Secrets. Throws ArgumentError. */
export const knownArguments = (run: DeepReadonly<AnalysisRun>): ReadonlyMap<string, string | undefined> =>
  new Map((run.spec.args ?? []).map((argument) => [argument.name, withKnownValue(argument, run).value]))

/** A metric ready to be measured, and the secrets that are now in it. */
export interface ResolvedMetric {
  readonly metric: DeepReadonly<Metric>
  readonly secrets: readonly string[]
}

/** A metric with all arguments in place. Secrets are read now, for this measurement. Throws what the reader throws, and ArgumentError. */
export const resolveMetric = async (
  run: DeepReadonly<AnalysisRun>,
  metric: DeepReadonly<Metric>,
  readSecretKey: ReadSecretKey,
): Promise<ResolvedMetric> => {
  const secrets: string[] = []
  const args: DeepReadonly<Argument>[] = []
  for (const argument of run.spec.args ?? []) {
    const known = withKnownValue(argument, run)
    const secret = secretOf(known)
    if (secret === undefined) args.push(known)
    else {
      const value = await readSecretKey(secret)
      secrets.push(value)
      args.push({ ...known, value })
    }
  }
  return { metric: resolveMetricArgs(metric, args), secrets }
}

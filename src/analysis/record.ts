import type { Measurement, MetricResult } from '../api/analysis-run.ts'
import { defaultMeasurementRetention } from '../api/defaults.ts'
import { isCompleted } from '../api/phases.ts'
import type { DeepReadonly } from '../lib/json.ts'

/** A measurement that came back from a provider, and what was asked of it. */
export interface Arrival {
  readonly kind: 'start' | 'resume' | 'terminate'
  readonly measurement: DeepReadonly<Measurement>
  /** What the provider notes about the metric itself; kept with the first measurement. */
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

type Counters = Pick<
  MetricResult,
  'count' | 'successful' | 'failed' | 'inconclusive' | 'error' | 'consecutiveError' | 'consecutiveSuccess'
>

const counted = { Successful: 'successful', Failed: 'failed', Inconclusive: 'inconclusive' } as const

const countersOf = (result: DeepReadonly<Counters>): Counters => {
  const { count, successful, failed, inconclusive, error, consecutiveError, consecutiveSuccess } = result
  return {
    count: count ?? 0,
    successful: successful ?? 0,
    failed: failed ?? 0,
    inconclusive: inconclusive ?? 0,
    error: error ?? 0,
    consecutiveError: consecutiveError ?? 0,
    consecutiveSuccess: consecutiveSuccess ?? 0,
  }
}

/** Errors do not count as measurements; whatever is no success ends a row of successes. */
const count = (before: Counters, phase: string): Counters => {
  const consecutiveSuccess = phase === 'Successful' ? (before.consecutiveSuccess ?? 0) + 1 : 0
  if (phase === 'Error') {
    const [error, consecutiveError] = [(before.error ?? 0) + 1, (before.consecutiveError ?? 0) + 1]
    return { ...before, error, consecutiveError, consecutiveSuccess }
  }
  const kind = counted[phase as keyof typeof counted]
  if (kind === undefined) return before
  return {
    ...before,
    count: (before.count ?? 0) + 1,
    [kind]: (before[kind] ?? 0) + 1,
    consecutiveError: 0,
    consecutiveSuccess,
  }
}

/** Counters that are 0 are left out, as the published status has them. */
const withoutZeros = (counters: Counters): Counters =>
  Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0))

const withPlace = (
  measurements: readonly DeepReadonly<Measurement>[],
  { kind, measurement }: Arrival,
): DeepReadonly<Measurement>[] => [...(kind === 'start' ? measurements : measurements.slice(0, -1)), measurement]

/** The result of a metric with one more measurement, or with the last one replaced by what it has become. */
export const recordMeasurement = (
  name: string,
  before: DeepReadonly<MetricResult> | undefined,
  arrival: Arrival,
  isDryRun: boolean,
): DeepReadonly<MetricResult> => {
  // A plugin may know its notes only when it is done.
  const metadata = before?.metadata ?? arrival.metadata ?? {}
  const known = {
    ...(before ?? { name, phase: 'Running', ...(isDryRun ? { dryRun: true } : {}) }),
    ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
  }
  const { count: _, successful, failed, inconclusive, error, consecutiveError, consecutiveSuccess, ...rest } = known
  const { phase } = arrival.measurement
  const counters = isCompleted(phase) ? count(countersOf(known), phase) : countersOf(known)
  return { ...rest, measurements: withPlace(known.measurements ?? [], arrival), ...withoutZeros(counters) }
}

/** How many measurements are kept of a metric; a limit that is not positive means the default. */
export const retentionOf = (limit: number | undefined): number =>
  limit !== undefined && limit > 0 ? limit : defaultMeasurementRetention

/** A result with its oldest measurements dropped beyond `limit`. */
export const trimMeasurements = (result: DeepReadonly<MetricResult>, limit: number): DeepReadonly<MetricResult> => {
  const { measurements = [] } = result
  return measurements.length <= limit ? result : { ...result, measurements: measurements.slice(-limit) }
}

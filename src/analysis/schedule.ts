import type { AnalysisRunStatus, Measurement, MetricResult } from '../api/analysis-run.ts'
import { errorRetrySeconds } from '../api/defaults.ts'
import type { Metric } from '../api/metric.ts'
import { effectiveCount } from '../api/metric-limits.ts'
import { isCompleted } from '../api/phases.ts'
import { durationMs } from '../lib/duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { isInFlight, lastMeasurement } from './assess-metric.ts'

/** Something to ask of a provider now. `resume` and `terminate` carry the measurement that waits. */
export type Task =
  | { readonly kind: 'start'; readonly metric: string }
  | { readonly kind: 'resume' | 'terminate'; readonly metric: string; readonly measurement: DeepReadonly<Measurement> }

/** What decides when a run measures. */
export interface Timetable {
  readonly metrics: readonly DeepReadonly<Metric>[]
  readonly status: DeepReadonly<Pick<AnalysisRunStatus, 'metricResults' | 'startedAt'>>
  readonly terminating: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Metrics whose waiting measurement can be resumed before its time, because the caches show that it has ended. */
  readonly ready?: ReadonlySet<string>
}

const at = (instant: string | undefined): number => (instant === undefined ? Number.NaN : Date.parse(instant))

/** A duration that does not parse was refused by validation before. */
const msOf = (duration: string | undefined): number =>
  duration === undefined || duration === '' ? 0 : durationMs(duration)

const hasAllMeasurements = (metric: DeepReadonly<Metric>, result: DeepReadonly<MetricResult> | undefined): boolean => {
  const count = effectiveCount(metric)
  return count !== undefined && (result?.count ?? 0) >= count
}

/** After an error the next try comes soon, whatever the interval. */
const waitAfter = (metric: DeepReadonly<Metric>, last: DeepReadonly<Measurement>): number =>
  last.phase === 'Error' || (metric.interval ?? '') === '' ? errorRetrySeconds * 1000 : msOf(metric.interval)

/**
 * When a metric is measured next. The first measurement is due at its instant, later ones strictly after theirs (as published), hence the
 * extra millisecond. Undefined when nothing more is to be measured.
 */
const nextStart = (metric: DeepReadonly<Metric>, timetable: Timetable): number | undefined => {
  const result = timetable.status.metricResults?.find(({ name }) => name === metric.name)
  const last = lastMeasurement(result)
  if (last === undefined) {
    const delay = msOf(metric.initialDelay)
    const startedAt = at(timetable.status.startedAt)
    return delay <= 0 ? timetable.now : (Number.isNaN(startedAt) ? timetable.now : startedAt) + delay
  }
  if (hasAllMeasurements(metric, result)) return undefined
  const finishedAt = at(last.finishedAt)
  return Number.isNaN(finishedAt) ? timetable.now : finishedAt + waitAfter(metric, last) + 1
}

/** When a measurement that waits is asked for again. */
const resumeTime = (measurement: DeepReadonly<Measurement>, now: number): number => {
  const resumeAt = at(measurement.resumeAt)
  return Number.isNaN(resumeAt) ? now : resumeAt
}

const taskOf = (metric: DeepReadonly<Metric>, timetable: Timetable): { task: Task; due: number } | undefined => {
  const { now, terminating, status, ready } = timetable
  const result = status.metricResults?.find(({ name }) => name === metric.name)
  if (isCompleted(result?.phase)) return undefined
  const last = lastMeasurement(result)
  if (last !== undefined && isInFlight(last)) {
    const at = { metric: metric.name, measurement: last }
    if (terminating) return { task: { kind: 'terminate', ...at }, due: now }
    return { task: { kind: 'resume', ...at }, due: ready?.has(metric.name) ? now : resumeTime(last, now) }
  }
  const due = terminating ? undefined : nextStart(metric, timetable)
  return due === undefined ? undefined : { task: { kind: 'start', metric: metric.name }, due }
}

/** What is due now, and when something is due next (milliseconds since the epoch; undefined when nothing is). */
export const scheduleOf = (timetable: Timetable): { tasks: Task[]; wakeAt: number | undefined } => {
  const planned = timetable.metrics.flatMap((metric) => taskOf(metric, timetable) ?? [])
  const later = planned.filter(({ due }) => due > timetable.now).map(({ due }) => due)
  return {
    tasks: planned.filter(({ due }) => due <= timetable.now).map(({ task }) => task),
    wakeAt: later.length === 0 ? undefined : Math.min(...later),
  }
}

import type { AnalysisRun, MetricResult } from '../api/analysis-run.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import { ageMs } from './ownership.ts'

/** A Job that measures. */
export interface JobInfo {
  readonly name: string
  readonly phase: string
  readonly ageMs: number
}

/** What a tree shows of an AnalysisRun. */
export interface AnalysisRunInfo {
  readonly name: string
  readonly phase: string
  readonly message: string
  readonly ageMs: number
  /** Measurements of all metrics by how they ended. */
  readonly counts: {
    readonly successful: number
    readonly failed: number
    readonly inconclusive: number
    readonly error: number
  }
  readonly jobs: readonly JobInfo[]
}

/** Under this key the Job provider notes the name of the Job in a measurement, as the published one does. */
export const jobNameKey = 'job-name'
/** And under this one its namespace, where that is another than the run's. */
export const jobNamespaceKey = 'job-namespace'

const sumOf = (
  results: readonly DeepReadonly<MetricResult>[],
  count: 'successful' | 'failed' | 'inconclusive' | 'error',
) => results.reduce((sum, result) => sum + (result[count] ?? 0), 0)

const jobsOf = (results: readonly DeepReadonly<MetricResult>[], now: number): JobInfo[] =>
  results.flatMap(({ measurements = [] }) =>
    measurements.flatMap(({ metadata, phase, startedAt }) => {
      const name = metadata?.[jobNameKey]
      return name === undefined ? [] : [{ name, phase, ageMs: now - (fromRfc3339(startedAt) ?? now) }]
    }),
  )

/** Reads an AnalysisRun for the tree. `now` in milliseconds since the epoch. */
export const analysisRunInfo = (run: DeepReadonly<AnalysisRun>, now: number): AnalysisRunInfo => {
  const results = run.status?.metricResults ?? []
  return {
    name: run.metadata.name,
    phase: run.status?.phase || 'Pending',
    message: run.status?.message ?? '',
    ageMs: ageMs(run, now),
    counts: {
      successful: sumOf(results, 'successful'),
      failed: sumOf(results, 'failed'),
      inconclusive: sumOf(results, 'inconclusive'),
      error: sumOf(results, 'error'),
    },
    jobs: jobsOf(results, now),
  }
}

import type { AnalysisRun, AnalysisRunSpec, AnalysisRunStatus, Measurement } from '../../src/api/analysis-run.ts'
import type { Metric } from '../../src/api/metric.ts'

/** The instant at which the runs of tests begin. */
export const runStart = Date.parse('2026-01-01T00:00:00Z')

/** RFC 3339 of an instant `seconds` after {@link runStart}. */
export const after = (seconds: number): string => `${new Date(runStart + seconds * 1000).toISOString().slice(0, 19)}Z`

/** A metric that asks Prometheus. */
export const metricOf = (over: Partial<Metric> = {}): Metric => ({
  name: 'error-rate',
  provider: { prometheus: { address: 'http://prometheus.test', query: 'errors' } },
  ...over,
})

/** An AnalysisRun as a server has stored it. */
export const runOf = (spec: Partial<AnalysisRunSpec> = {}, status?: AnalysisRunStatus): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: {
    name: 'guestbook-1',
    namespace: 'shop',
    uid: '6f1d7a50-0000-4000-8000-000000000001',
    resourceVersion: '7',
    creationTimestamp: after(0),
  },
  spec: { metrics: [metricOf()], ...spec },
  ...(status && { status }),
})

/** A finished measurement, `seconds` after the start. */
export const measured = (phase: string, seconds = 0, over: Partial<Measurement> = {}): Measurement => ({
  phase,
  startedAt: after(seconds),
  finishedAt: after(seconds),
  ...over,
})

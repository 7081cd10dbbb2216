import type { AnalysisRun } from '../api/analysis-run.ts'
import type { ControllerMetrics, ReconcileResult } from '../kube/controller.ts'
import type { Store, StoredObject } from '../kube/informer.ts'
import { ReconcileMetrics } from '../kube/reconcile-metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { providerTypeOf } from '../providers/registry.ts'
import type { Metrics, Sample } from '../telemetry/metrics.ts'
import { readRun } from './run-cache.ts'

type RunLabel = 'namespace' | 'name'

const phases = ['Pending', 'Error', 'Failed', 'Successful', 'Inconclusive', 'Running'] as const

const runsOf = function* (store: Pick<Store<StoredObject>, 'list'>): Generator<DeepReadonly<AnalysisRun>> {
  for (const object of store.list()) {
    const read = readRun(object)
    if (read.ok) yield read.run
  }
}

const named = ({ metadata }: DeepReadonly<AnalysisRun>): Record<RunLabel, string> => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

/** A measured value as a number, where it is one: `0.99`, or `[0.99]` as Prometheus answers. */
const measuredNumber = (value: string | undefined): number | undefined => {
  const [, digits] = /^\s*\[?\s*([-+]?(?:\d[\d.eE+-]*|Inf|NaN))\s*\]?\s*$/.exec(value ?? '') ?? []
  return digits === undefined ? undefined : Number(digits.replace('Inf', 'Infinity'))
}

/** Series of all metrics of all runs. */
const metricSamples = function* (store: Pick<Store<StoredObject>, 'list'>) {
  for (const run of runsOf(store)) {
    for (const { name: metric, provider } of run.spec.metrics) {
      const result = run.status?.metricResults?.find(({ name }) => name === metric)
      const labels = { ...named(run), metric, type: providerTypeOf(provider) }
      // As published, a metric without a measurement is pending.
      yield { labels, dryRun: String(result?.dryRun ?? false), phase: result?.phase ?? 'Pending', result }
    }
  }
}

/** The published metrics of AnalysisRuns. What the cache knows is computed when it is read. */
export class RunMetrics implements ControllerMetrics {
  readonly #reconciles: ReconcileMetrics

  constructor(metrics: Metrics, store: Pick<Store<StoredObject>, 'get' | 'list'>) {
    const labels = ['namespace', 'name'] as const
    this.#reconciles = new ReconcileMetrics(metrics, store, 'analysis_run', 'an AnalysisRun')
    metrics.observed(
      { name: 'analysis_run_info', help: 'Phase of each AnalysisRun.', labels: [...labels, 'phase'] },
      function* (): Generator<Sample<RunLabel | 'phase'>> {
        for (const run of runsOf(store)) yield { labels: { ...named(run), phase: run.status?.phase ?? '' }, value: 1 }
      },
    )
    metrics.observed(
      {
        name: 'analysis_run_phase',
        help: 'Whether an AnalysisRun is in a phase (use analysis_run_info).',
        labels: [...labels, 'phase'],
      },
      function* (): Generator<Sample<RunLabel | 'phase'>> {
        for (const run of runsOf(store)) {
          for (const phase of phases)
            yield { labels: { ...named(run), phase }, value: run.status?.phase === phase ? 1 : 0 }
        }
      },
    )
    const metricLabels = [...labels, 'metric', 'type'] as const
    metrics.observed(
      { name: 'analysis_run_metric_type', help: 'Provider of each metric of an AnalysisRun.', labels: metricLabels },
      function* () {
        for (const sample of metricSamples(store)) yield { labels: sample.labels, value: 1 }
      },
    )
    metrics.observed(
      {
        name: 'analysis_run_metric_phase',
        help: 'Whether a metric of an AnalysisRun is in a phase.',
        labels: [...metricLabels, 'dry_run', 'phase'],
      },
      function* () {
        for (const { labels: own, dryRun, phase: current } of metricSamples(store)) {
          for (const phase of phases) {
            yield { labels: { ...own, dry_run: dryRun, phase }, value: phase === current ? 1 : 0 }
          }
        }
      },
    )
    metrics.observed(
      {
        name: 'crossfade_analysis_run_measurement',
        help: 'The newest measurement of each metric of an AnalysisRun, where it is a number or a list of one number.',
        labels: metricLabels,
      },
      function* () {
        for (const { labels: own, result } of metricSamples(store)) {
          const value = measuredNumber(result?.measurements?.at(-1)?.value)
          if (value !== undefined) yield { labels: own, value }
        }
      },
    )
  }

  reconciled(result: ReconcileResult, key: string, seconds: number): void {
    this.#reconciles.reconciled(result, key, seconds)
  }

  /** Ends the series of a run that is gone. */
  forget(key: string): void {
    this.#reconciles.forget(key)
  }
}

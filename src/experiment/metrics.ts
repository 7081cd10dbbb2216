import type { Experiment } from '../api/experiment.ts'
import type { ControllerMetrics, ReconcileResult } from '../kube/controller.ts'
import type { Store, StoredObject } from '../kube/informer.ts'
import { ReconcileMetrics } from '../kube/reconcile-metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { Metrics, Sample } from '../telemetry/metrics.ts'
import { readExperiment } from './experiment-cache.ts'

type ExperimentLabel = 'namespace' | 'name'
type Experiments = Pick<Store<StoredObject>, 'get' | 'list'>

const phases = ['Pending', 'Error', 'Failed', 'Successful', 'Inconclusive', 'Running'] as const

const named = ({ metadata }: DeepReadonly<Experiment>): Record<ExperimentLabel, string> => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

const all = function* (experiments: Experiments): Generator<DeepReadonly<Experiment>> {
  for (const object of experiments.list()) yield readExperiment(object).experiment
}

/** The published metrics of Experiments. What the cache knows is computed when it is read. */
export class ExperimentMetrics implements ControllerMetrics {
  readonly #reconciles: ReconcileMetrics

  constructor(metrics: Metrics, experiments: Experiments) {
    const labels = ['namespace', 'name'] as const
    this.#reconciles = new ReconcileMetrics(metrics, experiments, 'experiment', 'an Experiment')
    const phaseLabels = [...labels, 'phase'] as const
    metrics.observed(
      { name: 'experiment_info', help: 'Phase of each Experiment.', labels: phaseLabels },
      function* (): Generator<Sample<ExperimentLabel | 'phase'>> {
        for (const experiment of all(experiments)) {
          yield { labels: { ...named(experiment), phase: experiment.status?.phase ?? '' }, value: 1 }
        }
      },
    )
    metrics.observed(
      {
        name: 'experiment_phase',
        help: 'Whether an Experiment is in a phase (use experiment_info).',
        labels: phaseLabels,
      },
      function* (): Generator<Sample<ExperimentLabel | 'phase'>> {
        for (const experiment of all(experiments)) {
          const own = experiment.status?.phase
          for (const phase of phases) yield { labels: { ...named(experiment), phase }, value: own === phase ? 1 : 0 }
        }
      },
    )
  }

  reconciled(result: ReconcileResult, key: string, seconds: number): void {
    this.#reconciles.reconciled(result, key, seconds)
  }

  /** Ends the series of an Experiment that is gone. */
  forget(key: string): void {
    this.#reconciles.forget(key)
  }
}

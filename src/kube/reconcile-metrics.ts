import type { Counter, Histogram, Metrics } from '../telemetry/metrics.ts'
import { type ReconcileResult, reconcileResults } from './controller.ts'
import type { Store } from './informer.ts'
import { nameOfKey } from './object-key.ts'

/** Published buckets, in seconds. */
const buckets = [0.01, 0.15, 0.25, 0.5, 1]

/** How long the passes over the objects of a kind took, and how they ended; under the published names where there are such. */
export class ReconcileMetrics {
  readonly #seconds: Histogram<'namespace' | 'name'>
  readonly #errors: Counter<'namespace' | 'name'>
  readonly #results: Counter<'result'>
  readonly #objects: Pick<Store<unknown>, 'get'>

  /** `objects` is the cache of the kind; `prefix` begins the names, such as `rollout`; `kind` is named in the help, such as `a Rollout`. */
  constructor(metrics: Metrics, objects: Pick<Store<unknown>, 'get'>, prefix: string, kind: string) {
    this.#objects = objects
    const labels = ['namespace', 'name'] as const
    const help = `How long passes over ${kind} took, in seconds.`
    this.#seconds = metrics.histogram({ name: `${prefix}_reconcile`, help, labels, buckets })
    this.#errors = metrics.counter({
      name: `${prefix}_reconcile_error`,
      help: `Passes over ${kind} that failed.`,
      labels,
    })
    this.#results = metrics.counter({
      name: `crossfade_${prefix}_reconcile_total`,
      help: `Passes over ${kind} by their outcome: ${reconcileResults.join(', ')}.`,
      labels: ['result'],
    })
    for (const result of reconcileResults) this.#results.inc({ result }, 0)
  }

  reconciled(result: ReconcileResult, key: string, seconds: number): void {
    const labels = nameOfKey(key)
    this.#results.inc({ result })
    // The last pass comes after the object has gone, and must not begin its series again.
    if (this.#objects.get(labels.namespace, labels.name) === undefined) return
    this.#seconds.observe(labels, seconds)
    if (result === 'error') this.#errors.inc(labels)
  }

  /** Ends the series of an object that is gone. */
  forget(key: string): void {
    const labels = nameOfKey(key)
    this.#seconds.remove(labels)
    this.#errors.remove(labels)
  }
}

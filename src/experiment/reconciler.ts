import { isCompleted } from '../api/phases.ts'
import { experiments } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Outcome } from '../kube/controller.ts'
import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { LastWrites } from '../kube/expectations.ts'
import type { StoredObject } from '../kube/informer.ts'
import { nameOfKey } from '../kube/object-key.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'
import { mergeDiff } from '../lib/merge-diff.ts'
import { apply } from './apply.ts'
import type { ExperimentCaches } from './caches.ts'
import { conclude, type ExperimentReport } from './conclude.ts'
import { decide } from './decide.ts'
import { observe } from './observe.ts'
import type { ExperimentEffect, ExperimentOutcome } from './plan.ts'
import type { ExperimentSnapshot } from './snapshot.ts'

/** What a pass over an Experiment uses. */
export interface ReconcilerParts {
  readonly client: Pick<KubeClient, 'create' | 'get' | 'mergePatch' | 'delete'>
  readonly events: Pick<EventRecorder, 'record' | 'flush'>
  readonly runtime: Runtime
  readonly caches: ExperimentCaches
  readonly lastWrites: LastWrites
  readonly instanceId: string
  /** Asks for another pass. */
  readonly enqueue: (key: string) => void
}

/** How long a status waits for the events before it. */
const eventFlushMs = 200

const involvedExperiment = ({ metadata }: DeepReadonly<StoredObject>): InvolvedObject => {
  const { namespace, name, uid, resourceVersion } = metadata
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', namespace, name, uid, resourceVersion }
}

const involvedRollout = ({ rollout, experiment }: ExperimentSnapshot): InvolvedObject | undefined => {
  if (rollout === undefined) return undefined
  const { apiVersion, kind, name, uid } = rollout
  return { apiVersion, kind, namespace: experiment.metadata.namespace, name, uid }
}

/** One pass after another over Experiments: observe, decide, apply, conclude, publish. */
export class ExperimentReconciler {
  readonly #parts: ReconcilerParts
  /** Keys that wait for their caches. */
  readonly #waiting = new Set<string>()

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** `key` is `<namespace>/<name>`. Throws what the API server's client throws. */
  async reconcile(key: string, signal: AbortSignal): Promise<Outcome> {
    const { caches, runtime, instanceId } = this.#parts
    const { namespace, name } = nameOfKey(key)
    const object = caches.experiments.store.get(namespace, name)
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) return { type: 'done' }
    const snapshot = observe(caches, object, runtime.clock.now(), instanceId)
    if (this.#mustWait(key, snapshot)) return { type: 'done' }
    const plan = decide(snapshot)
    const outcomes = await this.#apply(key, snapshot, plan.effects, signal)
    this.#log(key, outcomes)
    const report = conclude(snapshot, plan, outcomes)
    await this.#publish(key, object, snapshot, report, signal)
    if (report.next.type === 'retry') throw report.next.error
    if (report.next.type === 'again') return { type: 'requeue' }
    if (plan.wakeAt === undefined) return { type: 'done' }
    return { type: 'requeueAfter', ms: Math.max(0, plan.wakeAt - runtime.clock.now()) }
  }

  /**
   * Whether the caches are to be waited for: an Experiment ends well on a present picture only. One that is to end, or has
   * ended, goes on with the picture there is.
   */
  #mustWait(key: string, { experiment }: ExperimentSnapshot): boolean {
    if (experiment.spec.terminate === true || isCompleted(experiment.status?.phase)) return false
    const behind = this.#parts.caches.judged.filter(({ current }) => !current)
    if (behind.length === 0) return false
    if (this.#waiting.has(key)) return true
    this.#waiting.add(key)
    void Promise.all(behind.map((cache) => cache.whenCurrent())).then(() => {
      this.#waiting.delete(key)
      this.#parts.enqueue(key)
    })
    return true
  }

  #apply(
    key: string,
    { experiment }: ExperimentSnapshot,
    effects: readonly ExperimentEffect[],
    signal: AbortSignal,
  ): Promise<readonly ExperimentOutcome[]> {
    const { client, caches, lastWrites } = this.#parts
    const { namespace, uid } = experiment.metadata
    return apply(
      {
        client,
        namespace,
        ownerUid: uid,
        signal,
        written: (resource, written) => lastWrites.remember(key, caches.of(resource), written),
        deleted: (resource, deleted) => {
          const metadata = { ...deleted, ...(namespace !== undefined && { namespace }), resourceVersion: '' }
          lastWrites.rememberDelete(key, caches.of(resource), { metadata })
        },
      },
      effects,
    )
  }

  #log(key: string, outcomes: readonly ExperimentOutcome[]): void {
    const { log } = this.#parts.runtime
    for (const outcome of outcomes) {
      const { type, key: target, why } = outcome.effect
      const fields = { experiment: key, effect: type, target, why }
      if (outcome.result === 'done') log.info('applied', fields)
      if (outcome.result === 'failed') log.warn('applying failed', { ...fields, err: outcome.error })
    }
  }

  #recordEvents(object: DeepReadonly<StoredObject>, snapshot: ExperimentSnapshot, report: ExperimentReport): void {
    const rollout = involvedRollout(snapshot)
    for (const { event, mirrored } of report.announcements) {
      this.#parts.events.record(involvedExperiment(object), event)
      if (mirrored === true && rollout !== undefined) this.#parts.events.record(rollout, event)
    }
  }

  /** The status is part of the object itself. The patch carries the version that was judged, so that no command is overwritten. */
  async #publish(
    key: string,
    object: DeepReadonly<StoredObject>,
    snapshot: ExperimentSnapshot,
    report: ExperimentReport,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, events, caches, lastWrites, runtime } = this.#parts
    this.#recordEvents(object, snapshot, report)
    const before = objectOr(object.status)
    const status = mergeDiff(before, report.status)
    if (status === undefined) return
    const { namespace, name, uid, resourceVersion } = object.metadata
    await events.flush({ uid }, eventFlushMs)
    const write = client.mergePatch(experiments, { namespace, name }, { status }, { resourceVersion, signal })
    const current = () => client.get(experiments, { namespace, name }, { signal })
    await lastWrites.follow(key, caches.experiments, object, write, current)
    const { phase, message } = report.status
    if (before.phase !== phase) {
      runtime.log.info('the phase of an Experiment changed', {
        experiment: key,
        phase,
        previous: before.phase,
        message,
      })
    }
  }
}

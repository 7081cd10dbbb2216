import type { FieldError } from '../api/field-error.ts'
import { desiredReplicasAnnotation, revisionAnnotation } from '../api/labels.ts'
import type { PauseReason } from '../api/phases.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson, objectOr } from '../lib/json-value.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { Effect } from './effects.ts'
import { type RolloutEvent, scalingReplicaSet } from './events.ts'
import { type Release, type ReplicaSetsOfRelease, replicasWanted, splitsByPods } from './math/release.ts'
import { maxSurge } from './math/surge.ts'
import type { FinishedRelease } from './policies/shared/track-duration.ts'
import type { Snapshot } from './snapshot.ts'
import { WorkingAnalysisRuns } from './working-analysis-runs.ts'
import { WorkingExperiments } from './working-experiments.ts'
import { WorkingReplicaSet } from './working-replica-set.ts'
import { WorkingServices } from './working-services.ts'
import { WorkingStepPlugins } from './working-step-plugins.ts'
import { WorkingTraffic } from './working-traffic.ts'

/** What the policies of one round want for pauses and for the abort; `settlePauses` makes the status of it. */
export interface PauseWishes {
  readonly add: PauseReason[]
  readonly remove: PauseReason[]
  clear: boolean
  /** Whether a resume that could not be acted upon yet is kept in mind. */
  keepResumed: boolean
  abort: { readonly message: string } | undefined
  clearAbort: boolean
}

type AskRouter = Extract<Effect, { type: 'askRouter' }>

/** An event that is worded at the end, when all changes of the pass are known. */
interface PendingAnnouncement {
  readonly needs: string | undefined
  readonly event: () => RolloutEvent | undefined
}

const noWishes = (): PauseWishes => ({
  add: [],
  remove: [],
  clear: false,
  keepResumed: false,
  abort: undefined,
  clearAbort: false,
})

/**
 * A plan in the making. Policies read objects from the snapshot and the status from here, and write down what they want.
 * It goes through several rounds: each one sees the status, sizes and selectors that the earlier ones decided as if they
 * were written, while what pods and routers report stays what the snapshot says.
 */
export class Draft {
  readonly snapshot: Snapshot
  /** Time of the pass as the status has it. */
  readonly timestamp: string
  /** All ReplicaSets, the oldest first. */
  readonly sets: WorkingReplicaSet[]
  /** The ReplicaSet of the template that is asked for, once it is known. */
  next: WorkingReplicaSet | undefined
  readonly services: WorkingServices
  readonly traffic: WorkingTraffic
  readonly runs: WorkingAnalysisRuns
  readonly experiments: WorkingExperiments
  readonly stepPlugins: WorkingStepPlugins
  /** The status with which this round began: what policies judge by. */
  before: DeepReadonly<RolloutStatus>
  /** The status with which it ends: what policies change. */
  status: RolloutStatus
  pauses: PauseWishes = noWishes()
  /** Faults found while deciding, such as templates whose arguments do not fit together. */
  readonly faults: FieldError[] = []
  readonly finished: FinishedRelease[] = []
  wakeAt: number | undefined
  /** What a restart evicts. Each round decides it anew: it depends on what else goes. */
  evictions: Extract<Effect, { type: 'evictPods' }> | undefined
  /** What becomes of the Deployment that the Rollout refers to; decided anew by each round, by its phase. */
  workloadScale: Extract<Effect, { type: 'scaleWorkload' }> | undefined
  #rolloutPatch: { readonly patch: JsonObject; readonly why: string } | undefined
  readonly #questions = new Map<string, AskRouter>()
  readonly #deletedSets: Effect[] = []
  readonly #relabelled: Effect[] = []
  readonly #announcements: PendingAnnouncement[] = []
  #changes = 0

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot
    this.timestamp = toRfc3339(snapshot.now)
    this.sets = [...snapshot.replicaSets, ...snapshot.orphans]
      .map((object) => new WorkingReplicaSet(object))
      .sort((a, b) => a.createdAt - b.createdAt)
    this.services = new WorkingServices(snapshot)
    this.traffic = new WorkingTraffic(snapshot, (fault) => this.faults.push(fault))
    this.runs = new WorkingAnalysisRuns(snapshot)
    this.experiments = new WorkingExperiments(snapshot)
    this.stepPlugins = new WorkingStepPlugins(snapshot)
    this.before = snapshot.rollout.status ?? {}
    this.status = cloneJson(this.before) as RolloutStatus
  }

  /** The Rollout as the arithmetic sees it: by the status with which the round began. */
  get release(): Release {
    return { spec: this.snapshot.rollout.spec, status: this.before }
  }

  /** The ReplicaSet that was last promoted; may be the same as {@link next}. */
  get stable(): WorkingReplicaSet | undefined {
    const hash = this.before.stableRS ?? ''
    if (hash === '') return undefined
    return this.next?.hash === hash ? this.next : this.sets.find((set) => set.hash === hash)
  }

  /** ReplicaSets that are neither new nor stable, the oldest first. */
  get others(): readonly WorkingReplicaSet[] {
    const { next, stable } = this
    return this.sets.filter((set) => set !== next && set !== stable)
  }

  get releaseSets(): ReplicaSetsOfRelease {
    const { next, stable } = this
    return { next, stable: stable === next ? undefined : stable, older: this.others }
  }

  /** Revision number by the annotation of the new ReplicaSet, else of the Rollout. */
  get revision(): number {
    const annotated = this.snapshot.rollout.metadata.annotations?.[revisionAnnotation]
    return this.next?.revision ?? Number.parseInt(annotated ?? '0', 10)
  }

  /** Whether the release counts as aborted in this round. */
  get isAborted(): boolean {
    if (this.pauses.clearAbort) return false
    return this.pauses.abort !== undefined || this.before.abort === true
  }

  /** Grows with every change that the plan makes to an object. */
  get changes(): number {
    const own =
      this.#changes +
      this.services.changes +
      this.traffic.changes +
      this.runs.changes +
      this.experiments.changes +
      this.stepPlugins.changes
    return this.sets.reduce((sum, set) => sum + set.changes, own)
  }

  /** Begins a further round on what the last one decided. */
  beginRound(): void {
    this.before = this.status
    this.status = cloneJson(this.before) as RolloutStatus
    this.pauses = noWishes()
  }

  /**
   * Asks for a pass at this instant even if nothing changes; the earliest wish counts. A policy that can only go on when the
   * status of this very pass is stored asks for one now: the controller's own writes are no reason for a pass.
   */
  wake(atMs: number): void {
    this.wakeAt = Math.min(this.wakeAt ?? Number.POSITIVE_INFINITY, atMs)
  }

  /** Notes an event; with `needs`, it is true only if that effect is done. */
  announce(event: RolloutEvent, needs?: string): void {
    this.#announcements.push({ needs, event: () => event })
  }

  /** Sizes a ReplicaSet, and notes the wanted size of the whole Rollout on it. */
  scale(set: WorkingReplicaSet, replicas: number): void {
    set.annotate(desiredReplicasAnnotation, String(replicasWanted(this.release)))
    if (set.desired === replicas) return
    if (set.sizeWhenRead === set.desired) {
      this.#announcements.push({
        needs: set.key,
        event: () =>
          set.sizeWhenRead === set.desired
            ? undefined
            : scalingReplicaSet(set.name, set.revision, set.sizeWhenRead, set.desired),
      })
    }
    set.scaleTo(replicas)
  }

  /** Adds the ReplicaSet that the plan creates. */
  add(set: WorkingReplicaSet): void {
    this.sets.push(set)
    this.#changes++
  }

  /** Changes metadata or spec of the Rollout itself. */
  updateRollout(patch: JsonObject, why: string): void {
    const before = this.#rolloutPatch
    const metadata = { ...objectOr(before?.patch.metadata), ...objectOr(patch.metadata) }
    const annotations = { ...objectOr(objectOr(before?.patch.metadata).annotations), ...objectOr(metadata.annotations) }
    const reasons = before === undefined ? why : `${before.why}, ${why}`
    this.#rolloutPatch = { patch: { ...before?.patch, ...patch, metadata: { ...metadata, annotations } }, why: reasons }
    this.#changes++
  }

  /** Whether the plan numbers the Rollout: it does so once. */
  get numbersRollout(): boolean {
    return objectOr(objectOr(this.#rolloutPatch?.patch.metadata).annotations)[revisionAnnotation] !== undefined
  }

  deleteReplicaSet(set: WorkingReplicaSet, why: string): void {
    const { name, uid } = set.original.metadata
    this.sets.splice(this.sets.indexOf(set), 1)
    this.#deletedSets.push({ type: 'deleteReplicaSet', key: set.key, name, uid, why })
    this.#changes++
  }

  /** Asks beside the loop; each round may ask again. */
  ask(question: AskRouter): void {
    this.#questions.set(question.router, question)
  }

  relabelPods(effect: Extract<Effect, { type: 'relabelPods' }>): void {
    this.#relabelled.push(effect)
    this.#changes++
  }

  /** Events in order, worded. */
  get announcements(): readonly { event: RolloutEvent; needs?: string }[] {
    return this.#announcements.flatMap(({ event, needs }) => {
      const worded = event()
      if (worded === undefined) return []
      return [needs === undefined ? { event: worded } : { event: worded, needs }]
    })
  }

  /**
   * All writes in the order in which they are safe: pods come before traffic is sent to them, and go after it has left.
   * What creates or grows is first, what shrinks or deletes is last; a delay is noted after traffic has left, or a pass
   * that is cut off before that would shorten it.
   */
  get effects(): readonly Effect[] {
    const created = this.sets.filter((set) => set.isNew)
    const updated = this.sets.filter((set) => !set.isNew)
    const leaves = (set: WorkingReplicaSet): boolean => set.shrinksBy > 0 || set.beginsToLeave
    const grow = updated.filter((set) => !leaves(set)).flatMap(update)
    const shrink = updated.filter(leaves).flatMap(update)
    const services = this.services.effects
    const room = this.#roomForCreation()
    // Where pods make the split, those that grow wait for those that shrink, so that surge is kept at every moment.
    const measured = [...this.runs.effects, ...this.experiments.effects]
    const sizes = splitsByPods(this.release)
      ? [...services, ...measured, ...shrink, ...created.flatMap((set) => completion(set, room)), ...grow]
      : [...grow, ...services, ...this.traffic.effects, ...measured, ...shrink]
    return [
      ...created.map((set) => creation(set, room)),
      ...this.#rolloutUpdate(),
      ...this.#relabelled,
      ...this.traffic.leavingEffects,
      ...sizes,
      // A Service that selects any revision again must not find one that is only there to be looked at.
      ...this.services.releases,
      ...this.#deletedSets,
      ...this.runs.deletions,
      ...this.experiments.deletions,
      ...this.stepPlugins.effects,
      ...this.#questions.values(),
      ...[this.evictions, this.workloadScale].filter((effect) => effect !== undefined),
    ]
  }

  /** How many pods a new ReplicaSet may have before anything else shrinks. */
  #roomForCreation(): number {
    if (!splitsByPods(this.release)) return Number.POSITIVE_INFINITY
    const there = this.sets.reduce((sum, set) => sum + set.sizeWhenRead, 0)
    return Math.max(0, replicasWanted(this.release) + maxSurge(this.release) - there)
  }

  #rolloutUpdate(): readonly Effect[] {
    if (this.#rolloutPatch === undefined) return []
    const { patch, why } = this.#rolloutPatch
    const { resourceVersion } = this.snapshot.rollout.metadata
    const { metadata } = patch
    const guarded = { ...patch, metadata: { ...(metadata as JsonObject | undefined), resourceVersion } }
    return [{ type: 'updateRollout', key: 'rollout', patch: guarded, why }]
  }
}

const creation = (set: WorkingReplicaSet, room: number): Effect => {
  const replicas = Math.min(set.desired, room)
  const object = cloneJson({ ...set.object, spec: { ...set.object.spec, replicas } }) as unknown as JsonObject
  return { type: 'createReplicaSet', key: set.key, object, why: `create with ${replicas} pods` }
}

/** The pods of a new ReplicaSet for which there was no room when it was created. */
const completion = (set: WorkingReplicaSet, room: number): readonly Effect[] => {
  if (set.desired <= room) return []
  const patch = { spec: { replicas: set.desired } }
  return [{ type: 'updateReplicaSet', key: set.key, name: set.name, patch, why: `scale up to ${set.desired}` }]
}

const update = (set: WorkingReplicaSet): readonly Effect[] => {
  const { patch } = set
  return patch === undefined ? [] : [{ type: 'updateReplicaSet', key: set.key, name: set.name, patch, why: set.why }]
}

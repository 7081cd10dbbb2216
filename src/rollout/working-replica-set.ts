import type { EmbeddedMetadata, OwnerReference } from '../api/kubernetes/object-meta.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { podTemplateHashLabel, revisionAnnotation, scaleDownDeadlineAnnotation } from '../api/labels.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { cloneJson, isJsonObject } from '../lib/json-value.ts'
import { mergeDiff } from '../lib/merge-diff.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import type { ReplicaCounts } from './math/release.ts'

/**
 * A ReplicaSet as it will be when the plan is done: what the cluster reports about it, with what the plan changes in it.
 * All changes of one pass become one patch, or the object to create.
 */
export class WorkingReplicaSet implements ReplicaCounts {
  readonly original: DeepReadonly<ReplicaSet>
  /** Whether the plan creates it. */
  readonly isNew: boolean
  #changed: ReplicaSet | undefined
  readonly #reasons: string[] = []

  constructor(original: DeepReadonly<ReplicaSet>, isNew = false) {
    this.original = original
    this.isNew = isNew
  }

  /** The object with the changes so far. */
  get object(): DeepReadonly<ReplicaSet> {
    return (this.#changed as DeepReadonly<ReplicaSet> | undefined) ?? this.original
  }

  get name(): string {
    return this.original.metadata.name
  }

  /** Key of its effect in a plan. */
  get key(): string {
    return `replicaset/${this.name}`
  }

  get hash(): string {
    return this.original.metadata.labels?.[podTemplateHashLabel] ?? ''
  }

  /** Number of the revision; 0 when it carries none. */
  get revision(): number {
    const revision = Number.parseInt(this.annotation(revisionAnnotation) ?? '', 10)
    return Number.isNaN(revision) ? 0 : revision
  }

  /** `spec.replicas` with the changes so far. */
  get desired(): number {
    return this.object.spec.replicas ?? 1
  }

  get created(): number {
    return this.original.status?.replicas ?? 0
  }

  get ready(): number {
    return this.original.status?.readyReplicas ?? 0
  }

  get available(): number {
    return this.original.status?.availableReplicas ?? 0
  }

  /** Creation time in milliseconds; later than everything for one that is yet to be created. */
  get createdAt(): number {
    return fromRfc3339(this.original.metadata.creationTimestamp) ?? Number.POSITIVE_INFINITY
  }

  /** When it is to be scaled down, if that is set and readable. */
  get scaleDownAt(): number | undefined {
    return fromRfc3339(this.annotation(scaleDownDeadlineAnnotation))
  }

  /** Whether every pod it should have is available; one without pods never is. */
  get isFullyAvailable(): boolean {
    return this.desired > 0 && this.available >= this.desired
  }

  annotation(key: string): string | undefined {
    return this.object.metadata.annotations?.[key]
  }

  scaleTo(replicas: number): void {
    if (replicas === this.desired) return
    this.#change(`scale ${replicas > this.desired ? 'up' : 'down'} to ${replicas}`).spec.replicas = replicas
  }

  /** Sets an annotation, or removes it when `value` is absent. */
  annotate(key: string, value: string | undefined): void {
    if (this.annotation(key) === value) return
    const { metadata } = this.#change(`${value === undefined ? 'remove' : 'set'} ${key}`)
    const { [key]: _, ...others } = metadata.annotations ?? {}
    metadata.annotations = value === undefined ? others : { ...others, [key]: value }
  }

  setMinReadySeconds(seconds: number): void {
    if ((this.object.spec.minReadySeconds ?? 0) === seconds) return
    this.#change('follow minReadySeconds').spec.minReadySeconds = seconds
  }

  /** Replaces the affinity of its pod template; absent removes it. Pods that run keep theirs. */
  setAffinity(affinity: JsonObject | undefined): void {
    const { template } = this.#change('follow the anti-affinity').spec
    const { affinity: _, ...spec } = template.spec ?? { containers: [] }
    template.spec = affinity === undefined ? spec : { ...spec, affinity }
  }

  /** Replaces labels and annotations of its pod template. Pods that run keep theirs. */
  setPodMetadata(metadata: EmbeddedMetadata): void {
    this.#change('follow the metadata of its role').spec.template.metadata = metadata
  }

  /** Replaces the owners. */
  setOwners(owners: readonly OwnerReference[]): void {
    this.#change('adopt').metadata.ownerReferences = [...owners]
  }

  /** Why it changes, in order. */
  get why(): string {
    return this.#reasons.join(', ')
  }

  /** How often it was changed. */
  get changes(): number {
    return this.#reasons.length
  }

  /** `spec.replicas` before the changes; 0 for one that is yet to be created. */
  get sizeWhenRead(): number {
    return this.isNew ? 0 : (this.original.spec.replicas ?? 1)
  }

  /** How many pods it loses by the changes; negative when it grows. */
  get shrinksBy(): number {
    return this.sizeWhenRead - this.desired
  }

  /** Whether its delay until it is scaled down begins with the changes. */
  get beginsToLeave(): boolean {
    const deadline = this.annotation(scaleDownDeadlineAnnotation)
    return deadline !== undefined && deadline !== this.original.metadata.annotations?.[scaleDownDeadlineAnnotation]
  }

  /** The JSON merge patch of all changes; `undefined` when there are none. */
  get patch(): JsonObject | undefined {
    const patch = this.#changed && mergeDiff(this.original, this.#changed)
    return patch && withVersion(patch, this.original)
  }

  #change(why: string): ReplicaSet {
    this.#reasons.push(why)
    this.#changed ??= cloneJson(this.original) as ReplicaSet
    return this.#changed
  }
}

/** Guards a patch that replaces a list: it is refused when somebody wrote in between. */
const withVersion = (patch: JsonObject, { metadata }: DeepReadonly<ReplicaSet>): JsonObject => {
  const { metadata: changes } = patch
  if (!isJsonObject(changes) || !('ownerReferences' in changes)) return patch
  return { ...patch, metadata: { ...changes, uid: metadata.uid, resourceVersion: metadata.resourceVersion } }
}

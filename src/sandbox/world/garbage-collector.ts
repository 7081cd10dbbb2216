import type { Clock } from '../../lib/clock.ts'
import type { DeepReadonly, JsonObject } from '../../lib/json.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { Write } from '../api-server/core.ts'
import type { ResourceType } from '../api-server/resources/resource-type.ts'
import { metadataOf } from './keys.ts'

const user = 'system:serviceaccount:kube-system:generic-garbage-collector'

interface Dependent {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string
}

const finalizersOf = (object: DeepReadonly<JsonObject>): readonly string[] =>
  (metadataOf(object) as { finalizers?: readonly string[] }).finalizers ?? []

/**
 * Deletes what belongs to deleted objects, and serves the finalizers of foreground and orphaning deletions
 * (Kubernetes documentation, "Garbage Collection").
 */
export class GarbageCollector {
  readonly #server: ApiServer
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #stopListening: () => void
  /** Objects by the uid of each of their owners. */
  readonly #dependents = new Map<string, Map<string, Dependent>>()

  constructor(server: ApiServer, clock: Clock, latencyMs: number) {
    this.#server = server
    this.#clock = clock
    this.#latencyMs = latencyMs
    this.#stopListening = server.onWrite((write) => this.#follow(write))
  }

  /** Deletes nothing more. */
  stop(): void {
    this.#stopListening()
  }

  #follow({ type, change }: Write): void {
    if (change.before !== undefined) this.#forget(change.before)
    const { object } = change
    if (change.type !== 'DELETED') this.#remember(type, object)
    const isGone = change.type === 'DELETED'
    const waits = finalizersOf(object).some((name) => name === 'foregroundDeletion' || name === 'orphan')
    if (isGone && this.#dependentsOf(object).length > 0) this.#later(() => this.#removeDependents(object))
    if (!isGone && waits) this.#later(() => this.#serveFinalizers(type, object))
    if (isGone) this.#releaseOwners(object)
  }

  #later(action: () => void): void {
    this.#clock.setTimer(this.#latencyMs, action)
  }

  #remember(type: ResourceType, object: DeepReadonly<JsonObject>): void {
    const { namespace, name, uid, ownerReferences = [] } = metadataOf(object)
    for (const owner of ownerReferences) {
      const bucket = this.#dependents.get(owner.uid) ?? new Map<string, Dependent>()
      this.#dependents.set(owner.uid, bucket.set(uid, { type, namespace, name, uid }))
    }
  }

  #forget(object: DeepReadonly<JsonObject>): void {
    const { uid, ownerReferences = [] } = metadataOf(object)
    for (const owner of ownerReferences) this.#dependents.get(owner.uid)?.delete(uid)
  }

  #dependentsOf(object: DeepReadonly<JsonObject>): readonly Dependent[] {
    return [...(this.#dependents.get(metadataOf(object).uid)?.values() ?? [])]
  }

  #removeDependents(owner: DeepReadonly<JsonObject>): void {
    for (const { type, namespace, name } of this.#dependentsOf(owner)) {
      this.#server.objects.as(user).delete(type, namespace, name, { propagationPolicy: 'Background' })
    }
  }

  /** An owner that waits for its dependents may go when the last of them has gone. */
  #releaseOwners(object: DeepReadonly<JsonObject>): void {
    for (const { uid } of metadataOf(object).ownerReferences ?? []) {
      if ((this.#dependents.get(uid)?.size ?? 0) === 0) this.#dependents.delete(uid)
    }
    const { namespace, ownerReferences = [] } = metadataOf(object)
    for (const { kind, name } of ownerReferences) {
      const type = this.#server.types.find((candidate) => candidate.kind === kind)
      const owner = type === undefined ? undefined : this.#server.objects.get(type, namespace, name)
      if (type !== undefined && owner !== undefined && finalizersOf(owner).includes('foregroundDeletion')) {
        this.#later(() => this.#serveFinalizers(type, owner))
      }
    }
  }

  #serveFinalizers(type: ResourceType, object: DeepReadonly<JsonObject>): void {
    const { namespace, name, uid } = metadataOf(object)
    const current = this.#server.objects.get(type, namespace, name)
    if (current === undefined || metadataOf(current).uid !== uid) return
    if (finalizersOf(current).includes('orphan')) this.#orphan(current)
    else this.#removeDependents(current)
    if (this.#dependentsOf(current).length > 0) return
    this.#server.objects.as(user).update(type, namespace, name, (draft) => {
      draft.metadata.finalizers = finalizersOf(current).filter(
        (finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion',
      )
    })
  }

  #orphan(owner: DeepReadonly<JsonObject>): void {
    for (const { type, namespace, name } of this.#dependentsOf(owner)) {
      this.#server.objects.as(user).update(type, namespace, name, ({ metadata }) => {
        const others = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== metadataOf(owner).uid)
        metadata.ownerReferences = others
      })
    }
  }
}

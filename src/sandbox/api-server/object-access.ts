import type { Resource } from '../../kube/resource.ts'
import { apiVersionOf } from '../../kube/resource.ts'
import type { JsonObject } from '../../lib/json.ts'
import { cloneJson, equalJson } from '../../lib/json-value.ts'
import type { Caller, Core } from './core.ts'
import { createDraft } from './handlers/create.ts'
import type { DeleteOptions, Deletion } from './handlers/delete.ts'
import { deleteObject } from './handlers/delete.ts'
import { readDraft } from './handlers/draft.ts'
import { replaceObject, requireObject } from './handlers/update.ts'
import type { Change } from './objects/storage.ts'
import type { Draft, ReadonlyObject, StoredObject } from './objects/stored-object.ts'
import type { ResourceType } from './resources/resource-type.ts'

/** Where objects of a kind are: a {@link Resource} fits. */
export type ResourceRef = Pick<Resource, 'group' | 'version' | 'plural'>

/**
 * Reads and writes without waiting, for what lives inside the sandbox: simulated controllers, kubelets, scenarios. Writes
 * follow all rules of the server and are announced like any other, under the name of `actor`; they pass no interceptor and
 * are not counted.
 */
export class ObjectAccess {
  readonly #core: Core
  readonly #caller: Caller

  constructor(core: Core, actor: string) {
    this.#core = core
    this.#caller = {
      user: actor,
      fieldManager: '',
      dryRun: false,
      fieldValidation: 'Ignore',
      warn: () => {},
    }
  }

  /** The same access under another name. */
  as(actor: string): ObjectAccess {
    return new ObjectAccess(this.#core, actor)
  }

  get(resource: ResourceRef, namespace: string | undefined, name: string): ReadonlyObject | undefined {
    return this.#core.storage.collection(resource).get(namespace, name)
  }

  /** Objects by namespace and name; of all namespaces when none is given. */
  list(resource: ResourceRef, namespace?: string): readonly ReadonlyObject[] {
    return this.#core.storage.collection(resource).list(namespace)
  }

  /** Creates an object; unlike a client it may give a status along with it. Throws StatusError. */
  create(resource: ResourceRef, object: JsonObject): ReadonlyObject {
    const type = this.#core.registry.require(resource)
    const created = createDraft(this.#core, type, this.#draft(type, object), this.#caller)
    if (object.status === undefined || !type.status) return created
    const withStatus = { ...created, metadata: { ...created.metadata }, status: cloneJson(object.status) }
    return replaceObject(this.#core, type, created, withStatus, this.#caller, { verb: 'update', subresource: 'status' })
  }

  /**
   * Lets `change` edit a copy of an object and stores what came of it: first what is not status, then the status. Writes
   * nothing when nothing changed. Throws StatusError when there is no such object or the result is invalid.
   */
  update(
    resource: ResourceRef,
    namespace: string | undefined,
    name: string,
    change: (draft: Draft) => void,
  ): ReadonlyObject {
    const type = this.#core.registry.require(resource)
    const before = requireObject(this.#core, type, namespace, name)
    const draft = cloneJson(before)
    change(draft)
    const { status } = draft
    const after = this.#replace(type, before, draft)
    if (!type.status || equalJson(status, after.status)) return after
    const withStatus: StoredObject = cloneJson({ ...after, status })
    return this.#replace(type, after, withStatus, 'status')
  }

  /** Creates the object, or puts it in place of the one that is there (metadata of the stored one is kept where the new one is silent). */
  upsert(resource: ResourceRef, object: JsonObject): ReadonlyObject {
    const type = this.#core.registry.require(resource)
    const draft = this.#draft(type, object)
    const before = this.#core.storage.collection(type).get(draft.metadata.namespace, draft.metadata.name)
    if (before === undefined) return this.create(resource, object)
    return this.update(resource, before.metadata.namespace, before.metadata.name, (stored) => {
      const metadata = { ...stored.metadata, ...draft.metadata, resourceVersion: before.metadata.resourceVersion }
      for (const key of Object.keys(stored)) if (key !== 'status') delete stored[key]
      Object.assign(stored, cloneJson(draft), { metadata })
    })
  }

  /**
   * Puts an object in place as it was read from another cluster: uid, resourceVersion, times and status stay as they are,
   * and no rule is asked. For what is there before anybody watches; throws an Error for an object that was never stored.
   */
  restore(resource: ResourceRef, object: JsonObject): void {
    const type = this.#core.registry.require(resource)
    const { name, uid, resourceVersion, creationTimestamp } = metadataOf(object)
    const revision = Number(resourceVersion)
    const isWhole = [name, uid, creationTimestamp].every((value) => typeof value === 'string')
    if (!isWhole || !Number.isSafeInteger(revision)) {
      throw new Error(`restoring a ${type.kind}: it needs the name, uid, version and creation time it was stored with`)
    }
    const change: Change = { revision, type: 'ADDED', object: cloneJson(object) as StoredObject }
    this.#core.storage.revision = Math.max(this.#core.storage.revision, revision)
    this.#core.storage.collection(type).record(change)
    this.#core.announce({ user: this.#caller.user, verb: 'create', type, change })
  }

  /** Deletes an object as a client would; nothing happens when there is none. */
  delete(
    resource: ResourceRef,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
  ): Deletion | undefined {
    const type = this.#core.registry.require(resource)
    const object = this.#core.storage.collection(type).get(namespace, name)
    return object === undefined ? undefined : deleteObject(this.#core, type, object, options, this.#caller)
  }

  /** Calls `listener` at once after every change of a kind, whoever made it. Returns the way to stop. */
  onChange(resource: ResourceRef, listener: (change: Change) => void): () => void {
    const { listeners } = this.#core.storage.collection(resource)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  #draft(type: ResourceType, object: JsonObject): Draft {
    const namespace = type.namespaced ? (metadataOf(object).namespace ?? 'default') : undefined
    const whole = { ...object, apiVersion: apiVersionOf(type), kind: type.kind }
    return readDraft(type, typeof namespace === 'string' ? namespace : undefined, whole, this.#caller)
  }

  #replace(type: ResourceType, before: StoredObject, draft: StoredObject, subresource?: string): StoredObject {
    return replaceObject(this.#core, type, before, draft, this.#caller, {
      verb: 'update',
      ...(subresource === undefined ? {} : { subresource }),
    })
  }
}

const metadataOf = (object: JsonObject): JsonObject => (object.metadata ?? {}) as JsonObject

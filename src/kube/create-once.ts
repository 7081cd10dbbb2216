import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../lib/json-value.ts'
import type { KubeClient } from './client.ts'
import { isAlreadyExists } from './errors.ts'
import type { StoredObject } from './informer.ts'
import type { Resource } from './resource.ts'

/** The wanted object has the name of another one. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError'
  /** The object that has the name. */
  readonly there: StoredObject | undefined

  constructor(message: string, there?: StoredObject, options?: ErrorOptions) {
    super(message, options)
    this.there = there
  }
}

/** With what an object is created, and for whom. */
export interface CreateOnceContext {
  readonly client: Pick<KubeClient, 'create' | 'get'>
  readonly namespace: string | undefined
  /** Uid of the object that controls the created one. */
  readonly ownerUid: string
  readonly signal: AbortSignal
}

/** The object that controls another one, as its owner references say; read without trust in their shape. */
export const controllerReference = (object: DeepReadonly<JsonObject>): JsonObject | undefined =>
  listOr(objectOr(object.metadata).ownerReferences)
    .filter(isJsonObject)
    .find((owner) => owner.controller === true)

/**
 * Creates an object, or finds that an earlier pass has: the name, the owner and, by `isSame`, the content tell. Throws
 * {@link NameTakenError} when the name belongs to something else, and what the client throws.
 */
export const createOnce = async (
  { client, namespace, ownerUid, signal }: CreateOnceContext,
  resource: Resource,
  object: JsonObject,
  isSame: (there: StoredObject) => boolean,
): Promise<StoredObject> => {
  try {
    return await client.create(resource, object, { signal })
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    const name = String(objectOr(object.metadata).name)
    const there = await client.get(resource, { namespace, name }, { signal })
    if (controllerReference(there)?.uid === ownerUid && isSame(there)) return there
    throw new NameTakenError(`creating ${resource.kind} ${name}: another one has this name`, there, { cause: error })
  }
}

import type { JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, stringOr } from '../lib/json-value.ts'
import { KubeError } from './errors.ts'
import type { StoredObject } from './informer.ts'
import { apiVersionOf, pathOf, type Resource } from './resource.ts'
import { isStoredObject } from './stored-object.ts'
import type { KubeRequest, PatchType, Transport, Urgency } from './transport.ts'

/** One object by name. */
export interface ObjectName {
  readonly namespace?: string | undefined
  readonly name: string
}

/** What every call can be told. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for the whole call; the transport's default otherwise. */
  readonly timeoutMs?: number
  /** Whether it may wait for more important calls. */
  readonly urgency?: Urgency
}

/** What a write can be told. */
export interface WriteOptions extends CallOptions {
  readonly subresource?: string
  /** Let the server check and default the object without storing it. */
  readonly dryRun?: boolean
}

/** What a patch can be told. */
export interface PatchOptions extends WriteOptions {
  /**
   * Merge and strategic patches: refuse with a conflict when the object is not at this version any more. Needed wherever
   * others write the same fields, and wherever the patch replaces a list.
   */
  readonly resourceVersion?: string
}

/** Which objects a list returns. */
export interface ListOptions extends CallOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

/** How a delete is done. */
export interface DeleteOptions extends CallOptions {
  /** Delete only this very object, not a later one of the same name. */
  readonly uid?: string
  readonly resourceVersion?: string
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly gracePeriodSeconds?: number
}

/** One step of a JSON patch (RFC 6902). */
export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy'
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/** A call that has been answered, for metrics. `code` is 0 when no answer came. */
export interface CompletedCall {
  readonly verb: string
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly code: number
}

/** Settings of a {@link KubeClient}. */
export interface KubeClientOptions {
  readonly transport: Transport
  /** Under whose name the server notes what was written. */
  readonly fieldManager: string
  readonly onCall?: (call: CompletedCall) => void
}

interface Call {
  readonly verb: string
  readonly resource: Resource
  readonly at: { readonly namespace?: string | undefined; readonly name?: string | undefined }
}

/** Objects that one page of a list has. */
const pageSize = 500

/**
 * Reads and writes of single objects by resource, as raw JSON. There is no PUT: an object that somebody else may write is
 * patched. Every method throws KubeError for a refusal and NetworkError when the answer is unknown.
 */
export class KubeClient {
  readonly #options: KubeClientOptions

  constructor(options: KubeClientOptions) {
    this.#options = options
  }

  /** Under whose name the server notes what is written. */
  get fieldManager(): string {
    return this.#options.fieldManager
  }

  /** Reads past every cache. */
  async get(resource: Resource, at: ObjectName, options: CallOptions = {}): Promise<StoredObject> {
    return this.#object(
      { verb: 'get', resource, at },
      { method: 'GET', path: pathOf(resource, at), ...limits(options) },
    )
  }

  /** All objects, page by page. Built-in kinds get the `apiVersion` and `kind` that lists leave out. */
  async list(resource: Resource, options: ListOptions = {}): Promise<StoredObject[]> {
    const { namespace, labelSelector, fieldSelector } = options
    const query = {
      limit: String(pageSize),
      ...(labelSelector && { labelSelector }),
      ...(fieldSelector && { fieldSelector }),
    }
    const objects: StoredObject[] = []
    let token: string | undefined
    do {
      const page = await this.#send(
        { verb: 'list', resource, at: { namespace } },
        {
          method: 'GET',
          path: pathOf(resource, { namespace }),
          query: { ...query, ...(token && { continue: token }) },
          ...limits(options),
        },
      )
      for (const item of listOr(page.items)) {
        if (isStoredObject(item)) objects.push({ ...item, apiVersion: apiVersionOf(resource), kind: resource.kind })
      }
      token = isJsonObject(page.metadata) ? stringOr(page.metadata.continue) : undefined
    } while (token)
    return objects
  }

  /** Stores a new object in the namespace that its metadata names. */
  async create(resource: Resource, object: object, options: WriteOptions = {}): Promise<StoredObject> {
    const body: JsonObject = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }
    const metadata = isJsonObject(body.metadata) ? body.metadata : {}
    const at = { namespace: stringOr(metadata.namespace), name: stringOr(metadata.name) }
    return this.#object(
      { verb: 'create', resource, at },
      {
        method: 'POST',
        path: pathOf(resource, { namespace: at.namespace }),
        query: this.#writeQuery(options),
        body,
        ...limits(options),
      },
    )
  }

  /** Calls an action of an object, such as `eviction` of a pod. The answer is whatever that action answers. */
  async createSubresource(
    resource: Resource,
    at: ObjectName,
    subresource: string,
    body: object,
    options: CallOptions = {},
  ): Promise<JsonObject> {
    return this.#send(
      { verb: 'create', resource, at },
      { method: 'POST', path: pathOf(resource, { ...at, subresource }), body, ...limits(options) },
    )
  }

  /** RFC 7386: members that the patch names are set, those it sets to null are removed, lists are replaced whole. */
  async mergePatch(
    resource: Resource,
    at: ObjectName,
    patch: object,
    options: PatchOptions = {},
  ): Promise<StoredObject> {
    return this.#patch(resource, at, 'application/merge-patch+json', locked(patch, options.resourceVersion), options)
  }

  /** Kubernetes' own patch for built-in kinds, which merges lists by key. Custom resources refuse it. */
  async strategicPatch(
    resource: Resource,
    at: ObjectName,
    patch: object,
    options: PatchOptions = {},
  ): Promise<StoredObject> {
    const type = 'application/strategic-merge-patch+json'
    return this.#patch(resource, at, type, locked(patch, options.resourceVersion), options)
  }

  /** RFC 6902. A `test` operation that fails is KubeError 422. */
  async jsonPatch(
    resource: Resource,
    at: ObjectName,
    operations: readonly JsonPatchOperation[],
    options: WriteOptions = {},
  ): Promise<StoredObject> {
    return this.#patch(resource, at, 'application/json-patch+json', operations, options)
  }

  /** Deletes, by default letting the garbage collector remove what the object owns. The answer is the object or a Status. */
  async delete(resource: Resource, at: ObjectName, options: DeleteOptions = {}): Promise<JsonObject> {
    const { uid, resourceVersion, propagationPolicy = 'Background', gracePeriodSeconds } = options
    const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) }
    return this.#send(
      { verb: 'delete', resource, at },
      {
        method: 'DELETE',
        path: pathOf(resource, at),
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          propagationPolicy,
          ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
          ...(Object.keys(preconditions).length > 0 && { preconditions }),
        },
        ...limits(options),
      },
    )
  }

  #patch(
    resource: Resource,
    at: ObjectName,
    contentType: PatchType,
    body: unknown,
    options: WriteOptions,
  ): Promise<StoredObject> {
    const { subresource } = options
    return this.#object(
      { verb: 'patch', resource, at },
      {
        method: 'PATCH',
        path: pathOf(resource, { ...at, ...(subresource !== undefined && { subresource }) }),
        query: this.#writeQuery(options),
        body,
        contentType,
        ...limits(options),
      },
    )
  }

  #writeQuery({ dryRun }: WriteOptions): Record<string, string> {
    return { fieldManager: this.#options.fieldManager, ...(dryRun && { dryRun: 'All' }) }
  }

  async #object(call: Call, request: KubeRequest): Promise<StoredObject> {
    const answer = await this.#send(call, request)
    if (isStoredObject(answer)) return answer
    throw new KubeError({ code: 502, reason: 'UnexpectedAnswer', message: 'the answer is not an object' }, request)
  }

  async #send(call: Call, request: KubeRequest): Promise<JsonObject> {
    try {
      const answer = await this.#options.transport.request(request)
      this.#completed(call, call.verb === 'create' ? 201 : 200)
      return answer
    } catch (error) {
      this.#completed(call, error instanceof KubeError ? error.code : 0)
      throw error
    }
  }

  #completed({ verb, resource, at }: Call, code: number): void {
    this.#options.onCall?.({ verb, resource, namespace: at.namespace ?? '', name: at.name ?? '', code })
  }
}

const limits = ({
  signal,
  timeoutMs,
  urgency,
}: CallOptions): Pick<KubeRequest, 'signal' | 'timeoutMs' | 'urgency'> => ({
  ...(urgency && { urgency }),
  ...(signal && { signal }),
  ...(timeoutMs !== undefined && { timeoutMs }),
})

const locked = (patch: object, resourceVersion: string | undefined): object => {
  if (resourceVersion === undefined) return patch
  const metadata = 'metadata' in patch && isJsonObject(patch.metadata) ? patch.metadata : {}
  return { ...patch, metadata: { ...metadata, resourceVersion } }
}

import { KubeError } from '../../src/kube/errors.ts'
import type { Resource } from '../../src/kube/resource.ts'
import { apiVersionOf, pathOf } from '../../src/kube/resource.ts'
import type { PatchType, Transport, WatchEvent } from '../../src/kube/transport.ts'
import type { JsonObject } from '../../src/lib/json.ts'
import { listOr, objectOr } from '../../src/lib/json-value.ts'

type Query = Readonly<Record<string, string>>

/** What one case of the contract does with a server: calls in a namespace of its own. */
export class ContractClient {
  readonly transport: Transport
  readonly namespace: string

  constructor(transport: Transport, namespace: string) {
    this.transport = transport
    this.namespace = namespace
  }

  #path(resource: Resource, name?: string, subresource?: string): string {
    return pathOf(resource, {
      namespace: this.namespace,
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    })
  }

  get(resource: Resource, name: string, subresource?: string): Promise<JsonObject> {
    return this.transport.request({ method: 'GET', path: this.#path(resource, name, subresource) })
  }

  list(resource: Resource, query: Query = {}): Promise<JsonObject> {
    return this.transport.request({ method: 'GET', path: this.#path(resource), query })
  }

  create(resource: Resource, object: JsonObject, query: Query = {}): Promise<JsonObject> {
    const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }
    return this.transport.request({ method: 'POST', path: this.#path(resource), body, query })
  }

  put(resource: Resource, object: JsonObject, subresource?: string): Promise<JsonObject> {
    const name = nameOf(object)
    return this.transport.request({ method: 'PUT', path: this.#path(resource, name, subresource), body: object })
  }

  post(resource: Resource, name: string, subresource: string, body: JsonObject): Promise<JsonObject> {
    return this.transport.request({ method: 'POST', path: this.#path(resource, name, subresource), body })
  }

  patch(
    resource: Resource,
    name: string,
    body: unknown,
    how: { type?: PatchType; subresource?: string; query?: Query } = {},
  ): Promise<JsonObject> {
    return this.transport.request({
      method: 'PATCH',
      path: this.#path(resource, name, how.subresource),
      body,
      query: how.query ?? {},
      contentType: how.type ?? 'application/merge-patch+json',
    })
  }

  apply(resource: Resource, object: JsonObject, fieldManager: string, force = false): Promise<JsonObject> {
    const body = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object }
    const query = { fieldManager, ...(force ? { force: 'true' } : {}) }
    return this.patch(resource, nameOf(object), body, { type: 'application/apply-patch+yaml', query })
  }

  remove(resource: Resource, name: string, options: JsonObject = {}): Promise<JsonObject> {
    return this.transport.request({ method: 'DELETE', path: this.#path(resource, name), body: options })
  }

  /** Reads a watch until `count` events other than bookmarks have come, or it ends. */
  async watch(
    resource: Resource,
    query: Query,
    count: number,
    onOpen: () => void = () => {},
  ): Promise<readonly WatchEvent[]> {
    const controller = new AbortController()
    const path = this.#path(resource)
    const events: WatchEvent[] = []
    for await (const event of this.transport.watch({
      path,
      query,
      idleTimeoutMs: 20_000,
      signal: controller.signal,
      onOpen,
    })) {
      if (event.type !== 'BOOKMARK') events.push(event)
      if (events.length >= count) break
    }
    controller.abort()
    return events
  }
}

/** The name in an object's metadata. */
export const nameOf = (object: JsonObject): string => String(objectOr(object.metadata).name)

/** The resourceVersion in an object's or a list's metadata. */
export const versionOf = (object: JsonObject): string => String(objectOr(object.metadata).resourceVersion)

/** The items of a list by name. */
export const namesIn = (list: JsonObject): readonly string[] => listOr(list.items).map((item) => nameOf(objectOr(item)))

/** The refusal of a call; a call that succeeds fails the case. */
export const refusal = async (call: Promise<unknown>): Promise<KubeError> => {
  try {
    await call
  } catch (error) {
    if (error instanceof KubeError) return error
    throw error
  }
  throw new Error('the server accepted a call that the case expects it to refuse')
}

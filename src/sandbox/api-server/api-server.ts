import type { KubeRequest, Transport, WatchRequest } from '../../kube/transport.ts'
import type { Clock } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Caller, Core, Write } from './core.ts'
import type { Answer } from './handlers/dispatch.ts'
import { dispatch, targetOf } from './handlers/dispatch.ts'
import type { Watch, WatchSink } from './handlers/watch.ts'
import { startWatch } from './handlers/watch.ts'
import type { ServerSide } from './in-process-transport.ts'
import { inProcessTransport } from './in-process-transport.ts'
import type { Call, Interceptor } from './interceptor.ts'
import { followNamespaces } from './namespace-lifecycle.ts'
import { ObjectAccess } from './object-access.ts'
import { Storage } from './objects/storage.ts'
import { RequestCounts } from './request-counts.ts'
import { Registry } from './resources/registry.ts'
import type { ResourceType } from './resources/resource-type.ts'
import { groupResource } from './resources/resource-type.ts'
import { parseRoute } from './route.ts'
import { badRequest, type StatusError } from './status-error.ts'

const crdResource = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }
const namespaceResource = { group: '', version: 'v1', plural: 'namespaces' }

/** What a server is made of. */
export interface ApiServerOptions {
  readonly clock: Clock
  /** Numbers in [0, 1) for uids and suffixes of generated names; the same sequence gives the same names. */
  readonly random: () => number
  /** CustomResourceDefinitions that are there from the start; more may be created later like any object. */
  readonly crds?: readonly JsonObject[]
  /** Namespaces that are there from the start; by default those of a fresh cluster. */
  readonly namespaces?: readonly string[]
  /** How many changes of each kind a watch can catch up on at least; older ones are answered with 410. Default 1000. */
  readonly historyLimit?: number
}

/** A request with what only the HTTP front knows. */
export interface ServerRequest extends KubeRequest {
  /** Name of the client program, from which the field manager follows when the request does not name one. */
  readonly userAgent?: string
  readonly warn?: (sentence: string) => void
}

const verbs: Readonly<Record<KubeRequest['method'], string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

const verbOf = (request: KubeRequest | WatchRequest, name: string | undefined): string => {
  if (!('method' in request)) return 'watch'
  if (name === undefined && request.method === 'GET') return 'list'
  if (name === undefined && request.method === 'DELETE') return 'deletecollection'
  return verbs[request.method]
}

const fieldValidationOf = (value: string | undefined): Caller['fieldValidation'] => {
  if (value === undefined || value === '') return 'Warn'
  if (value === 'Ignore' || value === 'Warn' || value === 'Strict') return value
  throw badRequest(`Invalid value: "${value}": fieldValidation must be one of Ignore, Warn, Strict`)
}

const callerOf = (user: string, request: ServerRequest): Caller => {
  const query = request.query ?? {}
  return {
    user,
    fieldManager: query.fieldManager ?? request.userAgent?.split('/')[0] ?? user,
    dryRun: query.dryRun === 'All',
    fieldValidation: fieldValidationOf(query.fieldValidation),
    warn: request.warn ?? (() => {}),
  }
}

/** A Kubernetes API server in memory: the rules of the real one, a virtual clock, and nobody else on the machine. */
export class ApiServer implements ServerSide {
  readonly clock: Clock
  readonly requests = new RequestCounts()
  /** Synchronous reads and writes for what lives inside the sandbox; `objects.as(actor)` names who acts. */
  readonly objects: ObjectAccess
  readonly #core: Core
  readonly #interceptors: Interceptor[] = []
  readonly #writeListeners = new Set<(write: Write) => void>()
  readonly #watches = new Set<Watch>()
  readonly #held = new Map<string, PromiseWithResolvers<void>>()
  readonly #untold: Write[] = []
  #telling = false
  #calls = 0

  constructor(options: ApiServerOptions) {
    this.clock = options.clock
    this.#core = {
      clock: options.clock,
      random: options.random,
      storage: new Storage(options.historyLimit ?? 1000),
      registry: new Registry(),
      announce: (write) => this.#announce(write),
    }
    this.objects = new ObjectAccess(this.#core, 'system:apiserver')
    for (const name of options.namespaces ?? ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
      this.objects.create(namespaceResource, { metadata: { name } })
    }
    for (const crd of options.crds ?? []) this.objects.create(crdResource, crd)
  }

  get interceptors(): readonly Interceptor[] {
    return this.#interceptors
  }

  /** Kinds that are served at the moment. */
  get types(): readonly ResourceType[] {
    return this.#core.registry.types
  }

  /** Changes whenever the served kinds do. */
  get typesGeneration(): number {
    return this.#core.registry.generation
  }

  /** The resourceVersion that the next list would show. */
  get resourceVersion(): string {
    return String(this.#core.storage.revision)
  }

  /** Finds a kind by the `apiVersion` and `kind` of an object. */
  typeOf(apiVersion: string, kind: string): ResourceType | undefined {
    return this.#core.registry.byKind(apiVersion, kind)
  }

  /** The way of a user to this server. */
  asUser(user: string): Transport {
    return inProcessTransport(this, user)
  }

  /**
   * Tells every accepted write that changed something, at once and in order; dry runs and writes that changed nothing are
   * not told. A listener that throws makes the write's caller fail. Returns the way to stop.
   */
  onWrite(listener: (write: Write) => void): () => void {
    this.#writeListeners.add(listener)
    return () => this.#writeListeners.delete(listener)
  }

  /** Puts an interceptor behind those that are there. Returns the way to remove it. */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.push(interceptor)
    return () => {
      const index = this.#interceptors.indexOf(interceptor)
      if (index >= 0) this.#interceptors.splice(index, 1)
    }
  }

  /** Ends watches as a restarting server does, or with an in-stream error; all of them, or those that match. */
  closeWatches(match: { user?: string; plural?: string } = {}, error?: StatusError): void {
    for (const watch of [...this.#watches]) {
      if (match.user !== undefined && match.user !== watch.user) continue
      if (match.plural !== undefined && match.plural !== watch.type.plural) continue
      this.#watches.delete(watch)
      watch.close(error)
    }
  }

  /** Keeps back what the watches of a user would tell, so that its caches grow stale, until {@link releaseWatches}. */
  holdWatches(user: string): void {
    if (!this.#held.has(user)) this.#held.set(user, Promise.withResolvers<void>())
  }

  releaseWatches(user: string): void {
    this.#held.get(user)?.resolve()
    this.#held.delete(user)
  }

  /** Forgets the history: every watch or page from an earlier resourceVersion is answered with 410. */
  compact(): void {
    this.#core.storage.compact()
  }

  watchesOpen(user: string): Promise<void> | undefined {
    return this.#held.get(user)?.promise
  }

  admit(user: string, request: KubeRequest | WatchRequest): Call {
    const route = parseRoute(request.path)
    const type = route === undefined ? undefined : this.#core.registry.find(route)
    const resource = type === undefined ? '' : groupResource(type)
    const verb = verbOf(request, route?.name)
    const { subresource, namespace, name } = route ?? {}
    this.requests.add(user, verb, subresource === undefined ? resource : `${resource}/${subresource}`)
    this.#calls += 1
    return {
      number: this.#calls,
      user,
      verb,
      resource,
      request,
      ...(subresource === undefined ? {} : { subresource }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    }
  }

  /** Carries out a request at once. Throws {@link StatusError}. The answer is shared with the storage: copy before changing it. */
  handle(user: string, request: ServerRequest): Answer {
    return dispatch(this.#core, request, callerOf(user, request))
  }

  /** Starts a watch at once. Throws {@link StatusError} for one that cannot start. */
  watch(user: string, request: WatchRequest, sink: WatchSink): Watch {
    const { type, namespace, name } = targetOf(this.#core, request.path)
    const query = name === undefined ? request.query : { ...request.query, fieldSelector: `metadata.name=${name}` }
    let running = true
    const end: WatchSink['end'] = (error) => {
      running = false
      if (watch !== undefined) this.#watches.delete(watch)
      sink.end(error)
    }
    let watch: Watch | undefined
    const started = startWatch({ core: this.#core, type, namespace, query, sink: { event: sink.event, end } }, user)
    const stop = (): void => {
      if (watch !== undefined) this.#watches.delete(watch)
      started.stop()
    }
    watch = { ...started, stop }
    if (running) this.#watches.add(watch)
    return watch
  }

  /** Writes that listeners make while they are told of one are told after it, so that everybody hears them in order. */
  #announce(write: Write): void {
    if (write.type.kind === 'CustomResourceDefinition') this.#followCrd(write)
    this.#untold.push(write)
    if (this.#telling) return
    this.#telling = true
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) this.#tell(next)
    } finally {
      this.#telling = false
    }
  }

  #tell(write: Write): void {
    followNamespaces(this.#core, write)
    for (const listener of [...this.#writeListeners]) listener(write)
  }

  #followCrd({ change, subresource }: Write): void {
    const { name } = change.object.metadata
    if (change.type === 'DELETED') this.#core.registry.uninstall(name)
    else if (subresource !== 'status') this.#core.registry.install(name, change.object)
  }
}

import { istioResources, secrets } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import { isForbidden, KubeError, NetworkError, OtherClusterError } from '../kube/errors.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { KubeRequest, Transport, WatchEvent, WatchRequest } from '../kube/transport.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import type { Logger } from '../telemetry/logger.ts'
import { type ClusterSecret, clusterOf, firstByName, primarySecrets, primarySelector } from './primary-secret.ts'

/** A way to another cluster, which is closed when it is not needed any more. */
export interface OtherCluster extends Transport {
  close(): void
}

/** Opens the way to the cluster of a kubeconfig. Rejects when the kubeconfig cannot be used. */
export type OpenCluster = (kubeconfig: string) => Promise<OtherCluster>

/** Settings of a {@link PrimaryClusterTransport}. */
export interface PrimaryClusterOptions {
  /** The way to the controller's own cluster. */
  readonly own: Transport
  readonly open: OpenCluster
  /** Namespace of the Secret. */
  readonly namespace: string
  readonly log: Logger
  /** How Secrets are read; asked when the first Istio object is needed. */
  readonly look: () => { readonly informers: InformerFactory; readonly client: KubeClient }
}

/** Where Istio's objects are. */
interface Place {
  /** The Secret and what it holds: another one is another place. */
  readonly key: string
  /** Says in messages which cluster it is. */
  readonly title: string
  readonly transport: Promise<Transport>
  /** Aborted when the objects are somewhere else. */
  readonly left: AbortController
  close(): void
}

const istioPath = `/apis/${istioResources.v1.virtualServices.group}/`
const isCollection = (path: string): boolean =>
  Object.values(istioResources.v1).some(({ plural }) => path.endsWith(`/${plural}`))

const homeOf = (own: Transport): Place => ({
  key: '',
  title: '',
  transport: Promise.resolve(own),
  left: new AbortController(),
  close: () => {},
})

/** A version of a collection means something in the cluster only that it came from: the collection must be listed anew. */
const movedError = (method: string, path: string): KubeError =>
  new KubeError(
    { code: 410, reason: 'Expired', message: 'Istio’s objects are in another cluster now' },
    { method, path },
  )

/**
 * A way to the API server on which Istio's objects are those of the Istio primary cluster, where there is one besides the
 * controller's own: a Secret in its namespace with the label `istio.argoproj.io/primary-cluster` says so, as published. The
 * Secret is followed: a rotated kubeconfig counts at once, and without the Secret the objects are those of the own cluster.
 * While the primary cluster cannot be used, calls about Istio's objects throw OtherClusterError.
 */
export class PrimaryClusterTransport implements Transport {
  readonly #options: PrimaryClusterOptions
  #place: Place
  #looked: Promise<void> | undefined
  /** Then it is tried again from time to time. */
  #mayNotLook = false
  /** Where each collection was listed last. */
  readonly #listedIn = new Map<string, Place>()

  constructor(options: PrimaryClusterOptions) {
    this.#options = options
    this.#place = homeOf(options.own)
  }

  async request(request: KubeRequest): Promise<JsonObject> {
    const { own } = this.#options
    if (!request.path.startsWith(istioPath)) return own.request(request)
    const place = await this.#where()
    if (request.method === 'GET' && isCollection(request.path)) this.#noteList(request, place)
    return this.#inside(place, request.signal, (transport) => transport.request(request))
  }

  watch(request: WatchRequest): AsyncIterable<WatchEvent> {
    return request.path.startsWith(istioPath) ? this.#watchIstio(request) : this.#options.own.watch(request)
  }

  /** Closes the way to the primary cluster. */
  close(): void {
    this.#move(homeOf(this.#options.own))
  }

  async *#watchIstio(request: WatchRequest): AsyncGenerator<WatchEvent> {
    if (this.#mayNotLook) this.#looked = undefined
    const place = await this.#where()
    if (this.#listedIn.get(request.path) !== place) throw movedError('GET', request.path)
    const signal = AbortSignal.any([request.signal, place.left.signal])
    const events = await this.#inside(place, signal, async (transport) => transport.watch({ ...request, signal }))
    try {
      yield* events
    } catch (error) {
      throw this.#faultOf(place, error)
    }
  }

  #noteList({ path, query }: KubeRequest, place: Place): void {
    if (query?.continue === undefined) this.#listedIn.set(path, place)
    else if (this.#listedIn.get(path) !== place) throw movedError('GET', path)
  }

  async #inside<T>(place: Place, signal: AbortSignal | undefined, ask: (to: Transport) => Promise<T>): Promise<T> {
    try {
      return await ask(await place.transport)
    } catch (error) {
      throw signal?.aborted ? error : this.#faultOf(place, error)
    }
  }

  /** The answer of an API server about an object stays what it is; what is about the cluster as a whole says which. */
  #faultOf(place: Place, error: unknown): unknown {
    if (place.key === '' || error instanceof OtherClusterError) return error
    if (error instanceof KubeError && error.code !== 401 && error.code !== 403) return error
    const rights =
      'let the account of its kubeconfig get, list, watch and patch VirtualServices and DestinationRules there'
    const why = error instanceof KubeError ? `${error.serverMessage}; ${rights}` : reasonOf(error)
    return new OtherClusterError(`asking ${place.title}: ${why}`, { cause: error })
  }

  async #where(): Promise<Place> {
    this.#looked ??= this.#lookForSecret().catch((error: unknown) => {
      this.#looked = undefined
      throw error
    })
    await this.#looked
    return this.#place
  }

  /** Who may not look for the Secret has none: most installations need no such right. */
  async #lookForSecret(): Promise<void> {
    const { namespace, log, look } = this.#options
    const { informers, client } = look()
    try {
      await client.list(secrets, { namespace, labelSelector: primarySelector })
    } catch (error) {
      if (!isForbidden(error)) throw error
      if (!this.#mayNotLook)
        log.info('no Istio primary cluster is looked for: the controller may not list Secrets', { namespace })
      this.#mayNotLook = true
      return
    }
    this.#mayNotLook = false
    const cache = informers.informer(primarySecrets(namespace))
    await cache.whenSynced()
    cache.onChange(() => this.#follow(cache))
    this.#follow(cache)
  }

  #follow(cache: SharedInformer<ClusterSecret>): void {
    const { log } = this.#options
    const found = cache.store.list()
    const secret = firstByName(found)
    if (this.#place.key === (secret === undefined ? '' : keyOf(secret))) return
    if (secret === undefined) {
      log.info('Istio’s objects are those of the controller’s own cluster again')
      this.#move(homeOf(this.#options.own))
      return
    }
    if (found.length > 1)
      log.warn('several Secrets name an Istio primary cluster; the first one counts', { secret: nameOf(secret) })
    this.#move(this.#placeOf(secret))
  }

  #placeOf(secret: DeepReadonly<ClusterSecret>): Place {
    const { log, open } = this.#options
    const name = nameOf(secret)
    const entry = clusterOf(secret)
    const cluster = entry.fault === undefined ? entry.cluster : undefined
    const transport = entry.fault === undefined ? open(entry.kubeconfig) : Promise.reject(new Error(entry.fault))
    log.info('Istio’s objects are those of the primary cluster', { secret: name, cluster })
    transport.catch((error: unknown) =>
      log.warn('the Secret of the Istio primary cluster cannot be used', { secret: name, err: error }),
    )
    return {
      key: keyOf(secret),
      title: `the Istio primary cluster ${cluster === undefined ? '' : `"${cluster}" `}of the Secret ${name}`,
      transport,
      left: new AbortController(),
      // One that could not be opened need not be closed; it was told of.
      close: () => void transport.then((opened) => opened.close()).catch(() => {}),
    }
  }

  #move(place: Place): void {
    const former = this.#place
    this.#place = place
    former.left.abort(new Error('Istio’s objects are in another cluster now'))
    former.close()
  }
}

const nameOf = ({ namespace, name }: DeepReadonly<ClusterSecret>): string => `${namespace}/${name}`

const keyOf = (secret: DeepReadonly<ClusterSecret>): string => JSON.stringify(secret)

const reasonOf = (error: unknown): string => {
  const told = error instanceof NetworkError ? error.cause : error
  return told instanceof Error ? told.message : String(told)
}

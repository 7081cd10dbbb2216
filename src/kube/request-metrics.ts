import type { JsonObject } from '../lib/json.ts'
import { objectOr, stringOr } from '../lib/json-value.ts'
import type { Counter, Metrics } from '../telemetry/metrics.ts'
import { KubeError } from './errors.ts'
import type { KubeRequest, Transport, WatchEvent } from './transport.ts'

type RequestLabel = 'kind' | 'namespace' | 'name' | 'verb' | 'status_code'

/** What a request asks for, as the published metric names it. */
type Target = Readonly<Record<Exclude<RequestLabel, 'status_code'>, string>>

const unknown: Target = { kind: 'Unknown', namespace: 'Unknown', name: 'Unknown', verb: 'Unknown' }

/** Their names are made of hashes and times: a series for each would be a leak. As published, they are `N/A`. */
const namelessKinds: ReadonlySet<string> = new Set(['events', 'replicasets', 'pods', 'jobs', 'analysisruns'])
const nameless = 'N/A'

const verbs: Readonly<Record<KubeRequest['method'], string>> = {
  GET: 'Get',
  POST: 'Create',
  PUT: 'Update',
  PATCH: 'Patch',
  DELETE: 'Delete',
}

const pathPattern = /^\/(?:api|apis\/[^/]+)\/[^/]+(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?/

/** What a request to the API server is about, read from its path. */
export const targetOf = (method: KubeRequest['method'] | 'WATCH', path: string): Target => {
  const match = pathPattern.exec(path)
  if (match === null) return unknown
  const [, namespace = '', kind = '', name] = match
  const isCollection = name === undefined
  const verb = method === 'WATCH' ? 'Watch' : method === 'GET' && isCollection ? 'List' : verbs[method]
  const shown = isCollection || namelessKinds.has(kind) ? nameless : decodeURIComponent(name)
  return { kind, namespace: decodeURIComponent(namespace), name: shown, verb }
}

/** Published limit: none. Ours keeps what names of objects may cost. */
const maxSeries = 5000

/**
 * A way to the API server that counts what is asked on it, as `controller_clientset_k8s_request_total`. `status_code` is 0
 * where no answer came.
 */
export class CountedTransport implements Transport {
  readonly #transport: Transport
  readonly #requests: Counter<RequestLabel>

  constructor(transport: Transport, metrics: Metrics) {
    this.#transport = transport
    this.#requests = metrics.counter({
      name: 'controller_clientset_k8s_request_total',
      help: 'Requests to the API server.',
      labels: ['namespace', 'name', 'kind', 'verb', 'status_code'],
      maxSeries,
    })
  }

  async request(request: KubeRequest): Promise<JsonObject> {
    const target = targetOf(request.method, request.path)
    try {
      const answer = await this.#transport.request(request)
      this.#count(target, request.method === 'POST' ? 201 : 200)
      return answer
    } catch (error) {
      this.#count(target, codeOf(error))
      throw error
    }
  }

  async *watch(request: Parameters<Transport['watch']>[0]): AsyncGenerator<WatchEvent> {
    const target = targetOf('WATCH', request.path)
    let opened = false
    const onOpen = (): void => {
      opened = true
      this.#count(target, 200)
      request.onOpen?.()
    }
    try {
      for await (const event of this.#transport.watch({ ...request, onOpen })) {
        if (event.type === 'DELETED') this.#forget(event.object.metadata)
        yield event
      }
    } catch (error) {
      if (!opened) this.#count(target, codeOf(error))
      throw error
    }
  }

  /** Ends the series about an object that is gone. */
  #forget(metadata: unknown): void {
    const { namespace, name } = objectOr(metadata)
    this.#requests.remove({ namespace: stringOr(namespace) ?? '', name: stringOr(name) ?? '' })
  }

  #count(target: Target, code: number): void {
    this.#requests.inc({ ...target, status_code: String(code) })
  }
}

const codeOf = (error: unknown): number => (error instanceof KubeError ? error.code : 0)

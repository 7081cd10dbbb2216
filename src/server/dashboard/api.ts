import type { IncomingMessage, ServerResponse } from 'node:http'
import { rollouts } from '../../api/resources.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { InformerFactoryOptions } from '../../kube/informer-factory.ts'
import type { Clock } from '../../lib/clock.ts'
import { ExpiringCache } from '../../lib/expiring-cache.ts'
import type { JsonObject } from '../../lib/json.ts'
import { isJsonObject } from '../../lib/json-value.ts'
import { badRequest, grpcCodes, notFound, RequestError } from './api-error.ts'
import { EventStream } from './event-stream.ts'
import { FeedPool } from './feed-pool.ts'
import type { NamespaceInfo, RolloutInfo, VersionInfo } from './messages.ts'
import type { NamespaceFeed } from './namespace-feed.ts'
import { present } from './present.ts'
import { type Route, routeOf } from './route.ts'
import type { Viewer } from './topic.ts'

/** What the API needs. */
export interface DashboardApiOptions extends InformerFactoryOptions {
  readonly client: KubeClient
  /** The namespace that is shown first. */
  readonly namespace: string
  /** What is answered as the version, such as `v1.2.3`. */
  readonly version: string
}

type CommandRoute = Extract<Route, { kind: 'command' }>

/** Streams at once, of all viewers: a browser has six at most. */
const mostStreams = 200
/** The largest body is `{"full":true}` and some names. */
const longestBody = 65_536
const namespacesKeptMs = 10_000

const answerJson = (response: ServerResponse, body: unknown): void => {
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

const readText = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    const bytes = Buffer.from(part)
    length += bytes.length
    if (length > longestBody) throw new RequestError(413, grpcCodes.invalidArgument, 'the body is too long')
    parts.push(bytes)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** The body of a command: an object, or nothing at all. */
const readBody = async (request: IncomingMessage): Promise<JsonObject> => {
  const text = (await readText(request)).trim()
  if (text === '') return {}
  try {
    const body: unknown = JSON.parse(text)
    if (isJsonObject(body)) return body
  } catch {
    // Told below, like any other body that is no object.
  }
  throw badRequest('the body is not a JSON object')
}

const told = (feed: NamespaceFeed, name: string): RolloutInfo => {
  const info = feed.get(name)
  if (info === undefined) throw notFound(name)
  return info
}

const abortedWith = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController()
  response.once('close', () => gone.abort(new Error('the client has gone')))
  return gone.signal
}

/** Answers the requests of pages and other clients, with the rights of whoever started the dashboard. */
export class DashboardApi {
  readonly #options: DashboardApiOptions
  readonly #clock: Clock
  readonly #feeds: FeedPool
  readonly #namespaces = new ExpiringCache<readonly string[]>(1)
  #streams = 0

  constructor(options: DashboardApiOptions) {
    this.#options = options
    this.#clock = options.runtime.clock
    this.#feeds = new FeedPool(options)
  }

  /** Answers one request; `path` is what follows `api/`, decoded. Rejects with what is to be told as an error. */
  async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = routeOf(request.method ?? '', path)
    const gone = abortedWith(response)
    switch (route.kind) {
      case 'version':
        return answerJson(response, { rolloutsVersion: this.#options.version } satisfies VersionInfo)
      case 'namespaces':
        return answerJson(response, await this.#namespaceInfo())
      case 'list':
        return this.#feeds.use(route.namespace, gone, (feed) => answerJson(response, feed.list()))
      case 'get':
        return this.#feeds.use(route.namespace, gone, (feed) => answerJson(response, told(feed, route.name)))
      case 'watchList':
        return this.#stream(route.namespace, request, response, (feed) => (viewer) => feed.followAll(viewer))
      case 'watch':
        return this.#stream(route.namespace, request, response, (feed) => {
          told(feed, route.name)
          return (viewer) => feed.followOne(route.name, viewer)
        })
      case 'command':
        return answerJson(response, await this.#command(route, request))
    }
  }

  /** Ends all streams and watches. */
  close(): Promise<void> {
    return this.#feeds.close()
  }

  async #command({ namespace, name, words, command }: CommandRoute, request: IncomingMessage): Promise<StoredObject> {
    const body = await readBody(request)
    return command({ client: this.#options.client, namespace }, { name, words, body, now: this.#clock.now() })
  }

  /** @param followIn makes sure that there is something to follow, before the answer begins, and answers how to */
  async #stream(
    namespace: string,
    request: IncomingMessage,
    response: ServerResponse,
    followIn: (feed: NamespaceFeed) => (viewer: Viewer) => () => void,
  ): Promise<void> {
    if (this.#streams >= mostStreams) {
      const text = `${mostStreams} streams are open already: close some tabs`
      throw new RequestError(429, grpcCodes.resourceExhausted, text)
    }
    this.#streams++
    try {
      await this.#feeds.use(namespace, abortedWith(response), async (feed) => {
        const follow = followIn(feed)
        const form = request.headers.accept?.includes('text/event-stream') ? 'events' : 'lines'
        const stream = new EventStream(response, this.#clock, form)
        const leave = follow(stream)
        await stream.closed
        leave()
      })
    } finally {
      this.#streams--
    }
  }

  /** Who may not list the Rollouts of all namespaces is told the first one alone, as by the published dashboard. */
  async #namespaceInfo(): Promise<NamespaceInfo> {
    const { client, namespace } = this.#options
    const availableNamespaces = await this.#namespaces.get('', this.#clock, async () => {
      const all = await client.list(rollouts).catch(() => [])
      const value = [...new Set(all.map(({ metadata }) => metadata.namespace ?? ''))].sort()
      return { value, expiresAt: this.#clock.now() + namespacesKeptMs }
    })
    return { namespace, ...present({ availableNamespaces }) }
  }
}

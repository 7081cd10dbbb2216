import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { Readable } from 'node:stream'

import { z } from 'zod'

/** The API server refused a request, or answered something that the harness does not understand. */
export class ApiError extends Error {
  override name = 'ApiError' as const
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** How to reach an API server and as whom: PEM texts for TLS, or a bearer token. */
export interface ApiAccess {
  readonly server: string
  readonly authority: string
  readonly cert?: string
  readonly key?: string
  readonly token?: string
}

/**
 * The harness's own view of the cluster, independent of the product's client, so that a fault in that one cannot hide itself.
 * Answers are parsed with the schema of the fields that the caller reads.
 */
export interface ApiClient {
  /** @throws ApiError for every answer but a 2xx */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>
  /** The items of a list. @throws ApiError */
  list<T>(path: string, schema: z.ZodType<T>): Promise<readonly T[]>
  /** @throws ApiError */
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
  /** Replaces an object, as somebody who has read it before. @throws ApiError, 409 when it has changed since */
  put<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>
  /** A JSON merge patch, unless it is of another type. @throws ApiError */
  patch(path: string, body: unknown, contentType?: string): Promise<void>
  /** Deletes an object; `options` are those of the API, such as a grace period. @throws ApiError */
  remove(path: string, options?: object): Promise<void>
  /**
   * Tells every object that is there and each change of one, until `stop` is called or the server ends the stream.
   * @throws ApiError when the server does not answer with a stream
   */
  watch<T>(path: string, schema: z.ZodType<T>, tell: (change: Change<T>) => void): Promise<Watching>
  /** True when the path answers with a success. */
  ok(path: string): Promise<boolean>
  close(): void
}

/** What happened to an object. */
export interface Change<T> {
  readonly type: string
  readonly object: T
}

/** A stream of changes that goes on. */
export interface Watching {
  stop(): void
  /** Resolves when the stream is over, whoever ended it: a server does so to readers that are too slow for it. */
  readonly ended: Promise<void>
}

interface Call {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
}

interface Answer {
  readonly status: number
  readonly text: string
}

function send(access: ApiAccess, agent: Agent, call: Call): Promise<Answer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const headers = {
    accept: 'application/json',
    ...(access.token === undefined ? {} : { authorization: `Bearer ${access.token}` }),
    ...(body === undefined
      ? {}
      : // Node gives a DELETE no length of its own, and the rest of the connection would be misread.
        { 'content-type': call.contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) }),
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${access.server}${call.path}`,
      { method: call.method, agent, headers, timeout: 10_000 },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (part: string) => {
          text += part
        })
        incoming.once('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
        incoming.once('error', reject)
      },
    )
    outgoing.once('timeout', () => outgoing.destroy(new ApiError(0, `${call.method} ${call.path}: no answer in 10 s`)))
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}

const bookmark = z.object({ type: z.literal('BOOKMARK') })

/** Calls `tell` with each line of a stream, whose parts end anywhere. */
function readLines(stream: Readable, tell: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (part: string) => {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
  })
  // A server that is killed ends its streams in the middle; what was read until then stays read.
  stream.on('error', () => undefined)
}

function openStream(access: ApiAccess, path: string): Promise<{ stream: IncomingMessage; stop: () => void }> {
  const { server, authority: ca, cert, key, token } = access
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return new Promise((resolve, reject) => {
    // One connection for each stream, so that streams never wait for one another.
    const outgoing = request(
      `${server}${path}`,
      { ca, headers, agent: false, ...(cert && { cert }), ...(key && { key }) },
      (incoming) => {
        incoming.socket.unref()
        const { statusCode = 0 } = incoming
        if (statusCode !== 200) reject(new ApiError(statusCode, `watching ${path}: ${statusCode}`))
        resolve({ stream: incoming, stop: () => outgoing.destroy() })
      },
    )
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** A client with its own keep-alive connections. */
export function createApiClient(access: ApiAccess): ApiClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: access.authority,
    ...(access.cert === undefined ? {} : { cert: access.cert }),
    ...(access.key === undefined ? {} : { key: access.key }),
  })
  const call = async (wanted: Call): Promise<unknown> => {
    const answer = await send(access, agent, wanted)
    if (answer.status >= 200 && answer.status < 300) return JSON.parse(answer.text)
    throw new ApiError(answer.status, `${wanted.method} ${wanted.path}: ${answer.status} ${answer.text.slice(0, 500)}`)
  }
  return {
    get: async (path, schema) => schema.parse(await call({ method: 'GET', path })),
    list: async (path, schema) => z.object({ items: z.array(schema) }).parse(await call({ method: 'GET', path })).items,
    post: async (path, body, schema) => schema.parse(await call({ method: 'POST', path, body })),
    put: async (path, body, schema) => schema.parse(await call({ method: 'PUT', path, body })),
    async watch(path, schema, tell) {
      const { stream, stop } = await openStream(access, `${path}${path.includes('?') ? '&' : '?'}watch=true`)
      const change = z.object({ type: z.string(), object: schema })
      readLines(stream, (line) => {
        const json: unknown = JSON.parse(line)
        if (!bookmark.safeParse(json).success) tell(change.parse(json))
      })
      const ended = new Promise<void>((resolve) => stream.once('close', resolve))
      return { stop, ended }
    },
    async patch(path, body, contentType = 'application/merge-patch+json') {
      await call({ method: 'PATCH', path, body, contentType })
    },
    async remove(path, options = {}) {
      await call({ method: 'DELETE', path, body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options } })
    },
    async ok(path) {
      try {
        return (await send(access, agent, { method: 'GET', path })).status === 200
      } catch {
        return false
      }
    },
    close: () => agent.destroy(),
  }
}

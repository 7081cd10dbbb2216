import type http from 'node:http'
import type { Clock } from '../lib/clock.ts'
import { startDeadline } from '../lib/deadline.ts'
import type { JsonObject } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'
import { parseRetryAfter } from '../lib/retry-after.ts'
import { ConnectionPool, type Purpose } from './connection-pool.ts'
import type { Connection } from './credentials.ts'
import { errorFromStatus, isRefusedByBudget, KubeError, NetworkError } from './errors.ts'
import { openExchange, readBody, StaleSocketError } from './http-exchange.ts'
import { decodeLines } from './line-decoder.ts'
import { LoadLimiter, type LoadLimiterOptions } from './load-limiter.ts'
import type { KubeRequest, Transport, WatchEvent, WatchRequest } from './transport.ts'

/** Settings of an {@link HttpTransport}. */
export interface HttpTransportOptions {
  readonly connection: Connection
  readonly clock: Clock
  /** Who asks, for the server's audit log. */
  readonly userAgent: string
  /** A fixed rate limit besides the adaptive one; see {@link LoadLimiterOptions}. */
  readonly rate?: LoadLimiterOptions['rate']
  /** Whether answers may come compressed. Default: they may. */
  readonly compressed?: boolean
}

interface Answer {
  readonly code: number
  readonly retryAfterMs: number | undefined
  readonly text: string
}

const defaultTimeoutMs = 30_000
const leaseTimeoutMs = 5000
/** The head of a watch comes at once, or not at all. */
const watchHeadTimeoutMs = 30_000
const maxConcurrent = 16
const maxBodyBytes = 256 * 1024 * 1024
const maxLineBytes = 32 * 1024 * 1024
/** A refusal by overload was not carried out, so that every call can be sent again; but not for ever. */
const maxOverloadRetries = 5
const shownOfForeignBody = 200

/**
 * The real way to an API server: HTTP/1.1 over kept connections, one pool each for calls, watches and leases. Credentials
 * are read when they are a minute old and when the server refuses them; calls wait their turn when the server is overloaded.
 */
export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions
  readonly #pool: ConnectionPool
  readonly #limiter: LoadLimiter
  readonly #base: string

  constructor(options: HttpTransportOptions) {
    this.#options = options
    this.#pool = new ConnectionPool(options.connection)
    this.#limiter = new LoadLimiter({
      clock: options.clock,
      maxConcurrent,
      ...(options.rate && { rate: options.rate }),
    })
    this.#base = options.connection.server.replace(/\/$/, '')
  }

  /** Closes every connection. Calls under way fail. */
  close(): void {
    this.#pool.close()
  }

  async request(request: KubeRequest): Promise<JsonObject> {
    const timeoutMs = request.timeoutMs ?? (request.purpose === 'lease' ? leaseTimeoutMs : defaultTimeoutMs)
    const deadline = startDeadline(this.#options.clock, timeoutMs, request.signal, 'no answer')
    try {
      return decodeAnswer(await this.#persist(request, deadline.signal), request)
    } catch (error) {
      if (error instanceof KubeError) throw error
      // What ended the call is worth more than how the socket put it.
      throw new NetworkError(callOf(request), deadline.signal.aborted ? deadline.signal.reason : error)
    } finally {
      deadline.release()
    }
  }

  async *watch(request: WatchRequest): AsyncGenerator<WatchEvent> {
    const call = { method: 'WATCH', path: request.path }
    try {
      yield* this.#follow(request)
    } catch (error) {
      if (request.signal.aborted) return
      throw error instanceof KubeError ? error : new NetworkError(call, error)
    }
  }

  /** Sends again what was certainly not carried out: refused for old credentials, or for overload. */
  async #persist(request: KubeRequest, signal: AbortSignal): Promise<Answer> {
    let fresh = false
    for (let overloads = 0; ; ) {
      const answer = await this.#inTurn(request, fresh, signal)
      if (answer.code === 401 && !fresh) fresh = true
      else if (isOverload(request, answer) && request.purpose !== 'lease' && overloads < maxOverloadRetries) overloads++
      else return answer
    }
  }

  async #inTurn(request: KubeRequest, fresh: boolean, signal: AbortSignal): Promise<Answer> {
    // Leadership must not wait behind the very traffic that it is about.
    if (request.purpose === 'lease') return this.#exchange(request, fresh, signal)
    const leave = await this.#limiter.enter(signal, request.urgency)
    const began = this.#options.clock.monotonic()
    let answer: Answer | undefined
    try {
      answer = await this.#exchange(request, fresh, signal)
      return answer
    } finally {
      leave({
        code: answer === undefined ? 0 : answer.code === 429 && !isOverload(request, answer) ? 200 : answer.code,
        retryAfterMs: answer?.retryAfterMs,
        kind: request.query?.limit === undefined ? request.method : 'LIST',
        elapsedMs: this.#options.clock.monotonic() - began,
      })
    }
  }

  async #exchange(request: KubeRequest, fresh: boolean, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#send(request, fresh, signal)
    } catch (error) {
      // An idle connection may be closed by the server at the moment it is used. Reading again is safe; writing is not.
      if (error instanceof StaleSocketError && request.method === 'GET') return this.#send(request, fresh, signal)
      throw error
    }
  }

  async #send(request: KubeRequest, fresh: boolean, signal: AbortSignal): Promise<Answer> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body)
    const response = await this.#open(request.purpose ?? 'api', request, signal, {
      fresh,
      body,
      headers: {
        'accept-encoding': this.#options.compressed === false ? 'identity' : 'gzip',
        ...(body !== undefined && {
          'content-type': request.contentType ?? 'application/json',
          'content-length': Buffer.byteLength(body),
        }),
      },
    })
    return this.#read(response)
  }

  async #read(response: http.IncomingMessage): Promise<Answer> {
    return {
      code: response.statusCode ?? 0,
      retryAfterMs: parseRetryAfter(response.headers['retry-after'], this.#options.clock.now()),
      text: await readBody(response, maxBodyBytes),
    }
  }

  async #open(
    purpose: Purpose,
    target: Pick<KubeRequest, 'method' | 'path' | 'query'>,
    signal: AbortSignal,
    message: {
      readonly fresh: boolean
      readonly body?: string | undefined
      readonly headers?: http.OutgoingHttpHeaders
    },
  ): Promise<http.IncomingMessage> {
    const credentials = await this.#options.connection.authenticate(message.fresh)
    const url = new URL(`${this.#base}${target.path}`)
    for (const [key, value] of Object.entries(target.query ?? {})) url.searchParams.set(key, value)
    return openExchange({
      url,
      method: target.method,
      headers: {
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...message.headers,
        ...mutable(credentials.headers),
      },
      body: message.body,
      agent: this.#pool.agent(purpose, credentials.tls),
      signal,
    })
  }

  async *#follow(request: WatchRequest): AsyncGenerator<WatchEvent> {
    if (request.signal.aborted) return
    const { clock } = this.#options
    const silence = startDeadline(clock, request.idleTimeoutMs, request.signal, 'nothing was heard on the watch')
    let response: http.IncomingMessage | undefined
    try {
      const stream = await this.#openWatch(request, silence.signal)
      response = stream
      silence.signal.addEventListener('abort', () => stream.destroy(), { once: true })
      silence.renew()
      request.onOpen?.()
      for await (const line of decodeLines(heard(stream, silence.renew), maxLineBytes)) {
        yield decodeEvent(line, request.path)
      }
      silence.signal.throwIfAborted()
    } catch (error) {
      throw silence.signal.aborted ? silence.signal.reason : error
    } finally {
      silence.release()
      response?.destroy()
    }
  }

  async #openWatch(request: WatchRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    const target = { method: 'GET', path: request.path, query: { ...request.query, watch: 'true' } } as const
    for (let fresh = false; ; fresh = true) {
      const response = await this.#openWatchHead(target, fresh, signal)
      if (response.statusCode === 200) return response
      const answer = await this.#read(response)
      if (answer.code !== 401 || fresh) throw errorOf(answer, { method: 'WATCH', path: request.path })
    }
  }

  async #openWatchHead(target: KubeRequest, fresh: boolean, signal: AbortSignal): Promise<http.IncomingMessage> {
    const deadline = startDeadline(this.#options.clock, watchHeadTimeoutMs, signal, 'no answer')
    try {
      return await this.#open('watch', target, deadline.signal, { fresh })
    } finally {
      deadline.release()
    }
  }
}

/** An eviction that a disruption budget does not allow is answered with 429 too; that says nothing about the server. */
const isOverload = (request: KubeRequest, { code, text }: Answer): boolean => {
  if (code !== 429) return false
  const isEviction = request.method === 'POST' && request.path.endsWith('/eviction')
  return !isEviction || !isRefusedByBudget(errorFromStatus(code, parseObject(text), callOf(request)))
}

const callOf = ({ method, path }: KubeRequest) => ({ method, path })

const mutable = (headers: Readonly<Record<string, string | readonly string[]>>): http.OutgoingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )

async function* heard(response: http.IncomingMessage, onChunk: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of response) {
    onChunk()
    yield chunk
  }
}

const parseObject = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const errorOf = ({ code, text, retryAfterMs }: Answer, call: { method: string; path: string }): KubeError => {
  const body = parseObject(text)
  if (body?.kind === 'Status') return errorFromStatus(code, body, call, retryAfterMs)
  const shown = text.trim().slice(0, shownOfForeignBody)
  return new KubeError({ code, message: shown === '' ? `HTTP ${code}` : `HTTP ${code}: ${shown}`, retryAfterMs }, call)
}

const decodeAnswer = (answer: Answer, request: KubeRequest): JsonObject => {
  if (answer.code < 200 || answer.code > 299) throw errorOf(answer, callOf(request))
  const body = parseObject(answer.text)
  if (body === undefined) throw new Error('the answer is not a JSON object')
  return body
}

const watchTypes: ReadonlySet<string> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'])

const isWatchEvent = (value: JsonObject | undefined): value is JsonObject & WatchEvent =>
  typeof value?.type === 'string' && watchTypes.has(value.type) && isJsonObject(value.object)

const decodeEvent = (line: string, path: string): WatchEvent => {
  const event = parseObject(line)
  const call = { method: 'WATCH', path }
  if (isWatchEvent(event)) return event
  if (event?.type === 'ERROR' && isJsonObject(event.object)) throw errorFromStatus(500, event.object, call)
  throw new Error('the stream carries something that is no watch event')
}

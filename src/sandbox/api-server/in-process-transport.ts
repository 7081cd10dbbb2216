import { NetworkError } from '../../kube/errors.ts'
import type { KubeRequest, Transport, WatchEvent, WatchRequest } from '../../kube/transport.ts'
import type { Clock } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import { cloneJson } from '../../lib/json-value.ts'
import type { Watch, WatchSink } from './handlers/watch.ts'
import type { Call, Interceptor } from './interceptor.ts'
import { StatusError } from './status-error.ts'

/** What a transport needs of the server; everything here runs at once, without waiting. */
export interface ServerSide {
  readonly clock: Clock
  readonly interceptors: readonly Interceptor[]
  /** Counts the call and says what it is about. */
  admit(user: string, request: KubeRequest | WatchRequest, verb?: 'watch'): Call
  /** Throws {@link StatusError}. */
  handle(user: string, request: KubeRequest): { readonly body: JsonObject }
  watch(user: string, request: WatchRequest, sink: WatchSink): Watch
  /** Resolves when watches of the user may be told what happened; at once unless they are held. */
  watchesOpen(user: string): Promise<void> | undefined
}

const defaultTimeoutMs = 30_000

const describe = (request: KubeRequest | WatchRequest) => ({
  method: 'method' in request ? request.method : 'GET',
  path: request.path,
})

/** Ends by the caller's own limits: there is nobody who would answer. */
const hang = (clock: Clock, request: KubeRequest | WatchRequest): Promise<never> => {
  const limit = 'idleTimeoutMs' in request ? request.idleTimeoutMs : (request.timeoutMs ?? defaultTimeoutMs)
  return clock.sleep(limit, request.signal).then(() => {
    throw new NetworkError(describe(request), new Error(`no answer within ${limit} ms`))
  })
}

/** Asks the interceptors one after another; the first that does not let the call pass decides. */
const passInterceptors = async (server: ServerSide, call: Call): Promise<{ lost?: Error }> => {
  for (const interceptor of server.interceptors) {
    const verdict = interceptor.before?.(call) ?? { type: 'proceed' }
    if (verdict.type === 'fail') throw verdict.error
    if (verdict.type === 'loseResponse') return { lost: verdict.error }
    if (verdict.type === 'delay') await server.clock.sleep(verdict.ms, call.request.signal)
    if (verdict.type === 'hang') await hang(server.clock, call.request)
  }
  return {}
}

const tellAfter = (server: ServerSide, call: Call, outcome: { body?: JsonObject; error?: unknown }): void => {
  for (const interceptor of server.interceptors) interceptor.after?.(call, outcome)
}

const asKubeError = (error: unknown, request: KubeRequest | WatchRequest): unknown =>
  error instanceof StatusError ? error.toKubeError(describe(request)) : error

const carryOut = (server: ServerSide, user: string, request: KubeRequest, call: Call): JsonObject => {
  try {
    const { body } = server.handle(user, request)
    tellAfter(server, call, { body })
    return cloneJson(body)
  } catch (error) {
    const kubeError = asKubeError(error, request)
    if (error instanceof StatusError) tellAfter(server, call, { error: kubeError })
    throw kubeError
  }
}

/** Events that wait to be read, between a server that never waits and a reader that may. */
class WatchQueue implements WatchSink {
  readonly #events: WatchEvent[] = []
  #ended = false
  #error: unknown
  #wake: (() => void) | undefined

  event = (event: WatchEvent): void => {
    this.#events.push(event)
    this.#wake?.()
  }

  end = (error?: unknown): void => {
    this.#ended = true
    this.#error = error
    this.#wake?.()
  }

  /** Forgets what was not read. */
  drop(): void {
    this.#events.length = 0
    this.end()
  }

  async *read(
    gate: () => Promise<void> | undefined,
    mapError: (error: unknown) => unknown,
  ): AsyncGenerator<WatchEvent> {
    while (true) {
      await gate()
      const event = this.#events.shift()
      if (event !== undefined) yield event
      else if (this.#error !== undefined) throw mapError(this.#error)
      else if (this.#ended) return
      else await this.#next()
    }
  }

  async #next(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}

async function* readWatch(server: ServerSide, user: string, request: WatchRequest): AsyncGenerator<WatchEvent> {
  if (request.signal.aborted) return
  const call = server.admit(user, request, 'watch')
  const queue = new WatchQueue()
  let watch: Watch | undefined
  const onAbort = (): void => queue.drop()
  request.signal.addEventListener('abort', onAbort, { once: true })
  try {
    const { lost } = await passInterceptors(server, call)
    if (request.signal.aborted) return
    if (lost !== undefined) throw lost
    watch = server.watch(user, request, queue)
    tellAfter(server, call, {})
    request.onOpen?.()
    yield* queue.read(
      () => server.watchesOpen(user),
      (error) => asKubeError(error, request),
    )
  } catch (error) {
    if (!request.signal.aborted) throw asKubeError(error, request)
  } finally {
    request.signal.removeEventListener('abort', onAbort)
    watch?.stop()
  }
}

/**
 * The {@link Transport} of one user to a server in the same process. Between two timers of the clock all its work is
 * microtasks, so that a virtual clock can tell when nothing is left to do. Answers are copies: whoever gets one may change it.
 */
export const inProcessTransport = (server: ServerSide, user: string): Transport => ({
  async request(request) {
    request.signal?.throwIfAborted()
    const sent = { ...request, body: cloneJson(request.body) }
    const call = server.admit(user, sent)
    const { lost } = await passInterceptors(server, call)
    request.signal?.throwIfAborted()
    const body = carryOut(server, user, sent, call)
    if (lost !== undefined) throw lost
    return body
  },
  watch: (request) => readWatch(server, user, request),
})

import type * as z from 'zod'
import { BodyTooLargeError } from '../kube/http-exchange.ts'
import { type Net, NetFailure, type NetRequest, type NetResponse } from '../kube/net.ts'
import type { Clock } from '../lib/clock.ts'
import { TimeoutError } from '../lib/deadline.ts'
import { excerpt } from '../lib/excerpt.ts'
import { redactor } from '../lib/redact.ts'
import { parseRetryAfter } from '../lib/retry-after.ts'
import type { Plugin } from './configuration.ts'
import { refusal, shortMessage } from './contract/common.ts'
import type { ReadCredentials } from './credentials.ts'
import { PluginError } from './plugin-error.ts'

/** What requests are sent with. */
export interface ExchangePorts {
  readonly net: Net
  readonly clock: Clock
  readonly readCredentials: ReadCredentials
}

/** One request to a plugin. */
export interface PluginRequest<Answer extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: unknown
  readonly answer: Answer
  readonly signal: AbortSignal
}

/** Largest answer that is read. */
const maxBytes = 1024 * 1024
/** Waiting times before a request is sent again. */
const retryAfterMs: readonly number[] = [500, 2000]

/** Statuses that say: not now. A plugin that is being upgraded answers so, or something before it does. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504])

/** A plugin that restarts refuses connections or cuts them; one that is slow, or talks too much, has had its time. */
const isWorthAnother = (result: NetResponse | NetFailure): boolean => {
  if (!(result instanceof NetFailure)) return passing.has(result.status)
  return !(result.cause instanceof TimeoutError || result.cause instanceof BodyTooLargeError)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What to do about a refusal, to follow the words of a message. */
const adviceOn = ({ status, headers }: NetResponse, nowMs: number): string => {
  if (status === 401 || status === 403) return '; check what tokenFrom and headersFrom of the plugin name'
  const waitMs = parseRetryAfter(headers['retry-after'], nowMs)
  return waitMs === undefined ? '' : `; it asks to wait ${Math.ceil(waitMs / 1000)} s`
}

const refusedWith = (what: string, json: unknown, response: NetResponse, nowMs: number): PluginError => {
  const said = refusal.safeParse(json).data?.message ?? excerpt(response.text)
  const words = shortMessage(`${what} was answered with status ${response.status}${said === '' ? '' : `: ${said}`}`)
  return new PluginError(`${words}${adviceOn(response, nowMs)}`)
}

const answerOf = <Answer extends z.ZodType>(
  plugin: Plugin,
  { method, path, answer }: PluginRequest<Answer>,
  response: NetResponse,
  nowMs: number,
): z.infer<Answer> => {
  const what = `plugin ${plugin.name}: ${method} ${path}`
  const { status, text } = response
  const json = parseJson(text)
  if (status < 200 || status > 299) throw refusedWith(what, json, response, nowMs)
  if (json === undefined) {
    const said = text.trim() === '' ? '' : `: ${excerpt(text)}`
    throw new PluginError(
      `${what} was answered with something that is no JSON${said}; check that its location is the address of a plugin`,
    )
  }
  const parsed = answer.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the answer'}: ${issue.message}`)
  throw new PluginError(
    shortMessage(`${what} was answered with what the contract does not allow: ${faults.join('; ')}`),
  )
}

/** Sends requests to plugins: with limits on time and size, again where that can help, and secrets kept out of what is said. */
export class Exchange {
  readonly #ports: ExchangePorts

  constructor(ports: ExchangePorts) {
    this.#ports = ports
  }

  /** Throws {@link PluginError}. */
  async ask<Answer extends z.ZodType>(plugin: Plugin, request: PluginRequest<Answer>): Promise<z.infer<Answer>> {
    const { headers, secrets } = await this.#ports.readCredentials(plugin, request.signal)
    const redact = redactor(secrets)
    const response = await this.#send(plugin, this.#netRequest(plugin, request, headers), redact)
    return answerOf(plugin, request, { ...response, text: redact(response.text) }, this.#ports.clock.now())
  }

  #netRequest(
    { endpoint, timeoutMs, ca }: Plugin,
    { method, path, body, signal }: PluginRequest<z.ZodType>,
    headers: Readonly<Record<string, string>>,
  ): NetRequest {
    return {
      method,
      url: `${endpoint.baseUrl}${path}`,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      timeoutMs,
      maxBytes,
      signal,
      ...(ca !== undefined && { ca }),
      ...(endpoint.socketPath !== undefined && { socketPath: endpoint.socketPath }),
    }
  }

  async #send(plugin: Plugin, request: NetRequest, redact: (text: string) => string): Promise<NetResponse> {
    for (let tries = 0; ; tries++) {
      const result = await this.#ports.net.fetch(request).catch((error: unknown) => {
        if (error instanceof NetFailure) return error
        throw error
      })
      const waitMs = retryAfterMs[tries]
      if (waitMs === undefined || request.signal?.aborted || !isWorthAnother(result)) {
        if (!(result instanceof NetFailure)) return result
        throw new PluginError(`plugin ${plugin.name}: ${redact(result.message)}`, { cause: result })
      }
      await this.#ports.clock.sleep(waitMs, request.signal)
    }
  }
}

import { type Net, NetFailure, type NetRequest, type NetResponse } from '../../kube/net.ts'
import type { Clock } from '../../lib/clock.ts'
import { type MetricMoment, type MetricRule, type MetricValue, sampleOf, valueAt } from './metric-rule.ts'
import { answerAsPrometheus, isPrometheusRequest, queryOf } from './prometheus.ts'
import { responseOf, type WebRule, webAnswerAt } from './web-rule.ts'

/** A request of the controllers to something outside the cluster, for the output. */
export interface NetCall {
  readonly timeMs: number
  readonly request: Pick<NetRequest, 'method' | 'url'>
  /** Text of a Prometheus query. */
  readonly query?: string
  /** False when nothing in the scenario answers it: an empty vector, or a refused connection. */
  readonly matched: boolean
}

/** What the sandbox's outside world consists of. */
export interface SandboxNetOptions {
  readonly clock: Clock
  readonly seed: number
  /** Read at every call, so that a scenario may change them. */
  readonly metrics: readonly MetricRule[]
  readonly web: readonly WebRule[]
  /** Explains a query: who asks it, about which revision, at which weight. */
  readonly momentOf: (query: string, timeMs: number) => MetricMoment
  readonly onCall?: (call: NetCall) => void
}

/** A round trip within a cluster. */
const roundTripMs = 10

const hostOf = (url: string): string => new URL(url).host

/**
 * The network of the sandbox: a Prometheus at every address that is asked for `/api/v1/query`, and the web addresses of
 * the scenario. Nothing leaves the process.
 */
export class SandboxNet implements Net {
  readonly #options: SandboxNetOptions
  readonly #startMs: number

  constructor(options: SandboxNetOptions) {
    this.#options = options
    this.#startMs = options.clock.now()
  }

  async fetch(request: NetRequest): Promise<NetResponse> {
    if (!URL.canParse(request.url)) throw new NetFailure(`calling ${request.url}: this is no URL`)
    return isPrometheusRequest(request.url) ? this.#askPrometheus(request) : this.#askWeb(request)
  }

  async #askPrometheus(request: NetRequest): Promise<NetResponse> {
    const query = queryOf(request)
    const { clock, metrics, momentOf } = this.#options
    const value = valueAt(metrics, momentOf(query, clock.now()))
    this.#report(request, value !== undefined, query)
    await this.#wait(request, value?.fault === 'timeout' ? Number.POSITIVE_INFINITY : (value?.delayMs ?? roundTripMs))
    return answerAsPrometheus(request, (text, timeMs) => this.#answer(text, timeMs), clock.now())
  }

  #answer(
    query: string,
    timeMs: number,
  ): { samples: readonly number[]; fault?: Exclude<MetricValue['fault'], 'timeout'> & string } {
    const moment = this.#options.momentOf(query, timeMs)
    const value = valueAt(this.#options.metrics, moment)
    if (value === undefined) return { samples: [] }
    const { fault } = value
    const samples = sampleOf(value, moment, this.#options.seed)
    return fault === undefined || fault === 'timeout' ? { samples } : { samples, fault }
  }

  async #askWeb(request: NetRequest): Promise<NetResponse> {
    const answer = webAnswerAt(this.#options.web, request, this.#options.clock.now() - this.#startMs)
    this.#report(request, answer !== undefined)
    await this.#wait(request, answer?.fault === 'timeout' ? Number.POSITIVE_INFINITY : (answer?.delayMs ?? roundTripMs))
    if (answer === undefined || answer.fault === 'refused') {
      throw new NetFailure(
        `connecting to ${hostOf(request.url)}: connection refused (nothing in the sandbox answers there)`,
      )
    }
    return responseOf(answer)
  }

  #report(request: NetRequest, matched: boolean, query?: string): void {
    const { method, url } = request
    const call = { timeMs: this.#options.clock.now(), request: { method, url }, matched }
    this.#options.onCall?.(query === undefined ? call : { ...call, query })
  }

  async #wait(request: NetRequest, delayMs: number): Promise<void> {
    try {
      await this.#options.clock.sleep(Math.min(delayMs, request.timeoutMs), request.signal)
    } catch (cause) {
      throw new NetFailure(`calling ${hostOf(request.url)}: cancelled`, { cause })
    }
    if (delayMs >= request.timeoutMs) {
      throw new NetFailure(`calling ${hostOf(request.url)}: no answer within ${request.timeoutMs} ms`)
    }
  }
}

import http from 'node:http'
import https from 'node:https'
import { rootCertificates } from 'node:tls'
import type { Clock } from '../lib/clock.ts'
import { startDeadline } from '../lib/deadline.ts'
import { LruMap } from '../lib/lru-map.ts'
import { type TlsMaterial, tlsFingerprint } from './credentials.ts'
import { openExchange, readBody, StaleSocketError } from './http-exchange.ts'
import { type Net, NetFailure, type NetRequest, type NetResponse } from './net.ts'
import { followRedirect, type Hop } from './redirect.ts'

/** Settings of an {@link HttpNet}. */
export interface HttpNetOptions {
  readonly clock: Clock
  readonly userAgent: string
  /** Proxy settings under the names of the environment variables. */
  readonly proxyEnv: Readonly<Record<string, string | undefined>>
}

const defaultMaxBytes = 4 * 1024 * 1024
/** As many as Go's client follows. */
const maxRedirects = 10
/** Different trust settings (authorities, no verification) whose connections are kept. */
const keptAgents = 16
const socketsPerHost = 16
const idleSocketMs = 30_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The network of this machine: HTTP and HTTPS, with limits on time, size and redirects. */
export class HttpNet implements Net {
  readonly #options: HttpNetOptions
  readonly #agents = new LruMap<string, http.Agent>(keptAgents)

  constructor(options: HttpNetOptions) {
    this.#options = options
  }

  async fetch(request: NetRequest): Promise<NetResponse> {
    const hop = firstHop(request)
    const deadline = startDeadline(this.#options.clock, request.timeoutMs, request.signal, 'no whole answer')
    try {
      return await this.#follow(hop, request, deadline.signal)
    } catch (error) {
      throw error instanceof NetFailure
        ? error
        : new NetFailure(`${hop.url.host}: ${messageOf(error)}`, { cause: error })
    } finally {
      deadline.release()
    }
  }

  async #follow(first: Hop, request: NetRequest, signal: AbortSignal): Promise<NetResponse> {
    let hop = first
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const response = await this.#open(hop, request, signal)
      const next = followRedirect(hop, response.statusCode ?? 0, response.headers.location)
      if (next === undefined) return this.#read(response, request, signal)
      response.destroy()
      hop = next
    }
    throw new NetFailure(`${first.url.host}: more than ${maxRedirects} redirects`)
  }

  async #open(hop: Hop, request: NetRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    const exchange = {
      url: hop.url,
      method: hop.method,
      headers: this.#headers(hop),
      body: hop.body,
      agent: this.#agent(hop.url.protocol === 'https:', request),
      socketPath: request.socketPath,
      signal,
    }
    try {
      return await openExchange(exchange)
    } catch (error) {
      if (error instanceof StaleSocketError && hop.method === 'GET') return openExchange(exchange)
      throw error
    }
  }

  async #read(response: http.IncomingMessage, request: NetRequest, signal: AbortSignal): Promise<NetResponse> {
    const cut = (): void => void response.destroy()
    signal.addEventListener('abort', cut, { once: true })
    try {
      const text = await readBody(response, request.maxBytes ?? defaultMaxBytes)
      return { status: response.statusCode ?? 0, headers: flatten(response.headers), text }
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      signal.removeEventListener('abort', cut)
      response.destroy()
    }
  }

  #headers({ headers, body }: Hop): http.OutgoingHttpHeaders {
    return {
      'user-agent': this.#options.userAgent,
      'accept-encoding': 'gzip',
      ...headers,
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    }
  }

  #agent(secure: boolean, request: NetRequest): http.Agent {
    const tls: TlsMaterial = {
      ...(request.ca !== undefined && { ca: request.ca }),
      ...(request.insecure && { rejectUnauthorized: false }),
    }
    const key = `${secure} ${request.socketPath ?? ''} ${tlsFingerprint(tls)}`
    const known = this.#agents.get(key)
    if (known !== undefined) return known
    const agent = this.#createAgent(secure, request)
    this.#agents.set(key, agent)
    return agent
  }

  #createAgent(secure: boolean, { ca, insecure, socketPath }: NetRequest): http.Agent {
    const options = {
      keepAlive: true,
      maxSockets: socketsPerHost,
      timeout: idleSocketMs,
      // No proxy knows the sockets of this machine.
      ...(socketPath === undefined && { proxyEnv: { ...this.#options.proxyEnv } }),
    }
    if (!secure) return new http.Agent(options)
    return new https.Agent({
      ...options,
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
      ...(insecure && { rejectUnauthorized: false }),
    })
  }
}

const firstHop = ({ method, url, headers = {}, body }: NetRequest): Hop => {
  if (!URL.canParse(url)) throw new NetFailure('the address is not a URL; it must begin with http:// or https://')
  const target = new URL(url)
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new NetFailure(`${target.protocol}// is not supported; the address must begin with http:// or https://`)
  }
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { url: target, method: method.toUpperCase(), headers: Object.fromEntries(lower), body }
}

const flatten = (headers: http.IncomingHttpHeaders): Record<string, string> => {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

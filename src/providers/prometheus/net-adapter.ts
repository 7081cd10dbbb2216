import type { Net, NetResponse } from '../../kube/net.ts'
import type { Clock } from '../../lib/clock.ts'
import { readAnswer } from './answer.ts'

/** What the adapter reads of a request of prometheus-query's HTTP library, and gives back. */
interface LibraryRequest {
  readonly baseURL?: string | undefined
  readonly url?: string | undefined
  readonly data?: unknown
}

/** How to reach the server. */
export interface Connection {
  /** Knows the credentials. */
  readonly net: Net
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly clock: Clock
}

/** Servers and proxies that take no POST answer so; Prometheus' own client then asks by GET as well. */
const refusesPost = ({ status }: NetResponse): boolean => status === 405 || status === 501

const send = async (url: string, form: string, connection: Connection): Promise<NetResponse> => {
  const { net, timeoutMs, signal } = connection
  const common = { timeoutMs, signal }
  const posted = await net.fetch({
    ...common,
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: form,
  })
  if (!refusesPost(posted)) return posted
  return net.fetch({
    ...common,
    method: 'GET',
    url: `${url}?${form}`,
    headers: { accept: 'application/json' },
  })
}

/** The library reads samples with parseFloat, which knows `Infinity` and not `+Inf`. */
const asLibraryReads = (value: unknown): unknown => {
  if (value === '+Inf' || value === 'Inf') return 'Infinity'
  if (value === '-Inf') return '-Infinity'
  return Array.isArray(value) ? value.map(asLibraryReads) : value
}

const readableSamples = (result: readonly unknown[]): unknown[] =>
  result.map((item) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return asLibraryReads(item)
    return Object.fromEntries(
      Object.entries(item).map(([key, member]) => [key, key.startsWith('value') ? asLibraryReads(member) : member]),
    )
  })

/**
 * Sends prometheus-query's requests through {@link Net} instead of its own HTTP library: so that time-outs, certificates and the sandbox
 * apply, no proxy variable of the environment does, warnings are seen (the library looks for them in the wrong place) and infinities
 * survive. The promise rejects with PrometheusError or NetFailure.
 */
export const netAdapter =
  (connection: Connection, onWarnings: (warnings: readonly string[]) => void) =>
  async <Request extends LibraryRequest>(request: Request) => {
    const url = `${request.baseURL ?? ''}${request.url ?? ''}`
    const response = await send(url, String(request.data ?? ''), connection)
    const answer = readAnswer(response, connection.clock.now())
    onWarnings(answer.warnings ?? [])
    const data = { ...answer, data: { ...answer.data, result: readableSamples(answer.data.result) } }
    return { data, status: response.status, statusText: '', headers: {}, config: request }
  }

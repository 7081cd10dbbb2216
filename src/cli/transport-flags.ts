import type { KubeRequest, Transport } from '../kube/transport.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../telemetry/logger.ts'

/** A transport whose requests take no longer than this, unless the caller wants it shorter. Watches may last. */
export const boundedTransport = (transport: Transport, timeoutMs: number): Transport => ({
  request: (request) =>
    transport.request({ ...request, timeoutMs: Math.min(timeoutMs, request.timeoutMs ?? timeoutMs) }),
  watch: (request) => transport.watch(request),
})

const queryText = ({ query }: Pick<KubeRequest, 'query'>): string =>
  query === undefined || Object.keys(query).length === 0 ? '' : `?${new URLSearchParams(query)}`

/** A transport that tells every request, how it ended, and how long it took. Never bodies or headers: they hold secrets. */
export const toldTransport = (transport: Transport, clock: Clock, log: Logger): Transport => ({
  request: async (request) => {
    const began = clock.monotonic()
    const tell = (outcome: string): void =>
      log.info(`${request.method} ${request.path}${queryText(request)}`, {
        outcome,
        milliseconds: Math.round(clock.monotonic() - began),
      })
    try {
      const answer = await transport.request(request)
      tell('answered')
      return answer
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error))
      throw error
    }
  },
  watch: (request) => {
    log.info(`WATCH ${request.path}${queryText(request)}`)
    return transport.watch(request)
  },
})

import type { Net } from '../kube/net.ts'
import type { Transport, WatchEvent } from '../kube/transport.ts'

/** The two ways out of a process, and the means to cut them. */
export interface SeverablePorts {
  readonly transport: Transport
  readonly net: Net
  /** From now on nothing leaves and nothing arrives, as for a process that was killed. */
  sever(): void
}

/**
 * Ports that can be cut at once. What was asked and not answered by then never is: a killed process reads no answer.
 */
export const severable = (transport: Transport, net: Net): SeverablePorts => {
  let severed = false
  const never = new Promise<never>(() => {})
  const unlessSevered = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (severed) return never
    try {
      const answer = await ask()
      return severed ? await never : answer
    } catch (error) {
      if (severed) return never
      throw error
    }
  }
  async function* watched(events: AsyncIterable<WatchEvent>): AsyncGenerator<WatchEvent> {
    for await (const event of events) {
      if (severed) await never
      yield event
    }
    if (severed) await never
  }
  return {
    transport: {
      request: (request) => unlessSevered(() => transport.request(request)),
      watch: (request) => watched(transport.watch(request)),
    },
    net: { fetch: (request) => unlessSevered(() => net.fetch(request)) },
    sever: () => {
      severed = true
    },
  }
}

import { Agent, type IncomingMessage, request } from 'node:http'

import { createTally, type Outcome, type Tally, type Window } from './tally.ts'

/** Users who keep asking at a constant rate, whatever the answers are. */
export interface Requests {
  readonly tally: Tally
  /** Resolves when the window has had the outcomes of at least so many requests. */
  untilFinished(window: Window, requests: number): Promise<void>
  /** How many are under way. */
  pending(): number
  /** Sends no more, and resolves when all that were sent have their outcome. */
  stop(): Promise<void>
}

/** Whom to ask, and how. */
export interface RequestSettings {
  /** A port on loopback. */
  readonly port: number
  /** The host by which the proxy finds the route. */
  readonly host: string
  readonly perSecond: number
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: string
}

/** Longer than anybody waits: what takes so long is lost. */
const timeoutMs = 10_000

function outcomeOf(response: IncomingMessage): Outcome {
  const { statusCode = 0, headers } = response
  const version = headers['x-version']
  const by = typeof version === 'string' ? { version } : {}
  if (statusCode >= 200 && statusCode < 300) return by
  return { ...by, failure: `${statusCode} from ${typeof version === 'string' ? version : 'the proxy'}` }
}

/** Sends one GET and tells what became of it; every error is an outcome. */
export function ask(agent: Agent, { port, host, headers, path = '/' }: RequestSettings): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = { agent, host: '127.0.0.1', port, path, headers: { host, ...headers }, timeout: timeoutMs }
    const outgoing = request(options, (response) => {
      response.resume()
      response.once('end', () => resolve(outcomeOf(response)))
      response.once('error', (error) => resolve({ failure: `answer broke off: ${error.message}` }))
    })
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.once('error', (error) => resolve({ failure: error.message }))
    outgoing.end()
  })
}

/** Begins to ask. The first window is called `label`. */
export function startRequests(settings: RequestSettings, label: string): Requests {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const now = (): number => performance.now()
  const tally = createTally(label, now)
  const pending = new Set<Promise<void>>()
  const listeners = new Set<() => void>()
  const begin = now()
  let sent = 0
  const once = (): void => {
    const settle = tally.send()
    const answer = ask(agent, settings).then((outcome) => {
      settle(outcome)
      pending.delete(answer)
      for (const listener of listeners) listener()
    })
    pending.add(answer)
  }
  // A tick that comes late sends what the ones before it should have: the rate does not depend on the machine.
  const ticker = setInterval(() => {
    const due = Math.floor(((now() - begin) / 1000) * settings.perSecond)
    for (; sent < due; sent += 1) once()
  }, 10)
  return {
    tally,
    untilFinished: (window, requests) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (window.finished() < requests) return
          listeners.delete(look)
          resolve()
        }
        listeners.add(look)
        look()
      }),
    pending: () => pending.size,
    async stop() {
      clearInterval(ticker)
      await Promise.all(pending)
      agent.destroy()
    },
  }
}

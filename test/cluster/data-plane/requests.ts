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
  /** With a query, if there is one. */
  readonly path?: string
}

/** The outcome of a request, and what a browser keeps of its answer. */
export interface Answer extends Outcome {
  /** What the headers `Set-Cookie` say. */
  readonly cookies: readonly string[]
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
export function ask(agent: Agent, { port, host, headers, path = '/' }: RequestSettings): Promise<Answer> {
  return new Promise((resolve) => {
    const fail = (failure: string): void => resolve({ failure, cookies: [] })
    const options = { agent, host: '127.0.0.1', port, path, headers: { host, ...headers }, timeout: timeoutMs }
    const outgoing = request(options, (response) => {
      response.resume()
      const cookies = response.headers['set-cookie'] ?? []
      response.once('end', () => resolve({ ...outcomeOf(response), cookies }))
      response.once('error', (error) => fail(`answer broke off: ${error.message}`))
    })
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')))
    outgoing.once('error', (error) => fail(error.message))
    outgoing.end()
  })
}

/**
 * Does something at a constant rate until it is told to stop. A tick that comes late makes up for the ones before it: the
 * rate does not depend on the machine.
 */
export function atRate(perSecond: number, once: () => void): { stop(): void } {
  const begin = performance.now()
  let done = 0
  const ticker = setInterval(() => {
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond)
    for (; done < due; done += 1) once()
  }, 10)
  return { stop: () => clearInterval(ticker) }
}

/** Begins to ask. The first window is called `label`. */
export function startRequests(settings: RequestSettings, label: string): Requests {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const tally = createTally(label, () => performance.now())
  const pending = new Set<Promise<void>>()
  const listeners = new Set<() => void>()
  const once = (): void => {
    const settle = tally.send()
    const answer = ask(agent, settings).then((outcome) => {
      settle(outcome)
      pending.delete(answer)
      for (const listener of listeners) listener()
    })
    pending.add(answer)
  }
  const ticker = atRate(settings.perSecond, once)
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
      ticker.stop()
      await Promise.all(pending)
      agent.destroy()
    },
  }
}

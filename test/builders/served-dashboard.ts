import { setImmediate as nextTurn } from 'node:timers/promises'
import { KubeClient } from '../../src/kube/client.ts'
import type { Transport } from '../../src/kube/transport.ts'
import { type Clock, systemClock } from '../../src/lib/clock.ts'
import { type Dashboard, type DashboardOptions, serveDashboard } from '../../src/server/dashboard/serve.ts'
import { CollectingLogger } from './collecting-logger.ts'

const token = 'secret-of-the-test'

/** What is waited for to gather changes, or to look again, is over at once; longer limits are kept. */
const soonMs = 1000

/** The machine's clock, but for short waits, which take a turn of the event loop. */
const hastyClock: Clock = {
  ...systemClock,
  setTimer: (delayMs, callback) => {
    if (delayMs > soonMs) return systemClock.setTimer(delayMs, callback)
    const handle = setImmediate(callback)
    return { cancel: () => clearImmediate(handle) }
  },
  sleep: async () => {
    await nextTurn()
  },
}

/** What can be said of the server besides where its cluster is. */
export type ServedOptions = Partial<Omit<DashboardOptions, 'client' | 'transport' | 'runtime'>>

/** A dashboard on a free port of this machine, and requests that show its token. */
export class ServedDashboard {
  readonly #dashboard: Dashboard
  /** Where the page is. */
  readonly url: string
  readonly token = token

  private constructor(dashboard: Dashboard) {
    this.#dashboard = dashboard
    this.url = `http://127.0.0.1:${dashboard.port}${dashboard.path}`
  }

  /** Serves what a transport leads to. */
  static async start(transport: Transport, options: ServedOptions = {}): Promise<ServedDashboard> {
    const yieldToLoop = async (): Promise<void> => {
      await nextTurn()
    }
    const runtime = { clock: hastyClock, random: () => 0.5, yieldToLoop, log: new CollectingLogger() }
    const dashboard = await serveDashboard({
      transport,
      runtime,
      client: new KubeClient({ transport, fieldManager: 'test' }),
      namespace: 'default',
      version: 'v1.2.3',
      at: { host: '127.0.0.1', port: 0 },
      rootPath: 'rollouts',
      page: '<!doctype html><html><head><base href="/"></head><body></body></html>',
      token,
      hostNames: [],
      ...options,
    })
    return new ServedDashboard(dashboard)
  }

  /** The address that a person opens first. */
  get firstUrl(): string {
    return `${this.url}?token=${token}`
  }

  /** Sends a request to a path of the API, with the token unless headers say otherwise. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}api/v1/${path}`, { headers: { authorization: `Bearer ${token}` }, ...init })
  }

  /** The status and the JSON of an answer. */
  async json(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly body: unknown }> {
    const answer = await this.request(path, init)
    return { status: answer.status, body: await answer.json() }
  }

  /** The data of the events of a stream, one after another, until the caller leaves the loop or the server ends it. */
  async *events(path: string): AsyncGenerator<unknown> {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' }
    const { body } = await this.request(path, { headers })
    let rest = ''
    for await (const chunk of (body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      const parts = `${rest}${chunk}`.split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part.startsWith('data: ')) yield JSON.parse(part.slice('data: '.length))
    }
  }

  close(): Promise<void> {
    return this.#dashboard.close()
  }
}

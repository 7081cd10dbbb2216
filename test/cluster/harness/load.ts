import { Agent, get } from 'node:http'

import type { Application } from './application.ts'
import type { DataPlaneView } from './data-plane-view.ts'
import type { Pod } from './objects.ts'
import { createChooser, podsBehind, type TrafficRule } from './traffic.ts'

/** What became of the requests: by pod-template hash and answer, and those that met no Ready pod. */
export interface Tally {
  readonly byHash: ReadonlyMap<string, { readonly ok: number; readonly failed: number }>
  /** Requests that the weights sent to a Service without a Ready pod: what users would see as 503. */
  readonly unserved: number
}

/** Users of one application. */
export interface Load {
  /** Counts since the start or the last `reset`. */
  tally(): Tally
  reset(): void
  stop(): void
}

/** Whom to ask, by which rule, and how often. */
export interface LoadSettings {
  readonly view: DataPlaneView
  readonly application: Application
  readonly namespace: string
  readonly rule: TrafficRule
  /** Default 40. */
  readonly requestsPerSecond?: number
  /** Default `/`, as users ask. */
  readonly path?: string
}

/** More than this many requests at once are not sent: a slow machine makes the load lighter, not the queue longer. */
const maxInFlight = 20

/** The next pod by the weights in force, `unserved` when a chosen Service has none, undefined when nothing is configured. */
function createPodChooser({ view, namespace, rule }: LoadSettings): () => Pod | 'unserved' | undefined {
  const chooseService = createChooser()
  const choosePod = createChooser()
  return () => {
    const objects = view.current()
    const shares = new Map(rule(objects, namespace).map(({ service, weight }) => [service, weight]))
    const chosen = chooseService(shares)
    if (chosen === undefined) return undefined
    const pods = podsBehind(objects, namespace, chosen)
    const name = choosePod(new Map(pods.map((pod) => [pod.metadata.name, 1])))
    return pods.find((pod) => pod.metadata.name === name) ?? 'unserved'
  }
}

function ask(agent: Agent, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ agent, host: '127.0.0.1', port, path, timeout: 2000 }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode === 200))
      response.once('error', () => resolve(false))
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(false))
  })
}

/** Sends requests to the application, from loopback to loopback, until it is stopped. */
export function startLoad(settings: LoadSettings): Load {
  const choose = createPodChooser(settings)
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const byHash = new Map<string, { ok: number; failed: number }>()
  let unserved = 0
  let inFlight = 0
  const once = async (): Promise<void> => {
    const pod = choose()
    if (pod === 'unserved') unserved += 1
    if (pod === undefined || pod === 'unserved') return
    const port = settings.application.portOf(pod)
    if (port === undefined) return
    const hash = pod.metadata.labels['rollouts-pod-template-hash'] ?? ''
    const ok = await ask(agent, port, settings.path ?? '/')
    const counts = byHash.get(hash) ?? { ok: 0, failed: 0 }
    byHash.set(hash, ok ? { ...counts, ok: counts.ok + 1 } : { ...counts, failed: counts.failed + 1 })
  }
  const ticker = setInterval(
    () => {
      if (inFlight >= maxInFlight) return
      inFlight += 1
      void once().finally(() => {
        inFlight -= 1
      })
    },
    1000 / (settings.requestsPerSecond ?? 40),
  )
  ticker.unref()
  return {
    tally: () => ({ byHash: new Map(byHash), unserved }),
    reset: () => {
      byHash.clear()
      unserved = 0
    },
    stop: () => {
      clearInterval(ticker)
      agent.destroy()
    },
  }
}

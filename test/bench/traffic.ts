import { Agent } from 'node:http'

import { quantile } from '../cluster/bench/statistics.ts'
import { byHttpRoute } from '../cluster/data-plane/proxied.ts'
import { ask, type RequestSettings } from '../cluster/data-plane/requests.ts'
import { openStorefront, type Storefront } from '../cluster/data-plane/storefront.ts'
import { type HttpRoute, httpRouteSchema, type Rollout } from '../cluster/harness/objects.ts'
import { tellStory } from '../cluster/harness/story.ts'
import { openTrack, type Track } from '../cluster/harness/track.ts'
import type { Figure } from './measure.ts'

const changes = 20

/** All and nothing in turn: the first request on a new weight is then the first one that the other version answers. */
const weights = Array.from({ length: changes }, (_, index) => (index % 2 === 0 ? 100 : 0))

const strategy = {
  canary: {
    stableService: 'shop-stable',
    canaryService: 'shop-canary',
    scaleDownDelaySeconds: 5,
    trafficRouting: byHttpRoute.trafficRouting,
    steps: [
      { setCanaryScale: { replicas: 3 } },
      { pause: { duration: '3s' } },
      ...weights.flatMap((setWeight) => [{ setWeight }, { pause: { duration: '3s' } }]),
    ],
  },
}

const isRouted =
  (weight: number) =>
  ({ spec }: HttpRoute): boolean =>
    spec.rules.some(({ backendRefs }) => backendRefs.some((to) => to.name === 'shop-canary' && to.weight === weight))

const isTold =
  (weight: number) =>
  ({ status }: Rollout): boolean =>
    status.canary?.weights?.canary.weight === weight

/** Asks 200 times a second, and tells when a version other than the last one answers. */
function watchAnswers(users: RequestSettings): { next(version: string): Promise<number>; stop(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 })
  const waiting = new Map<string, (at: number) => void>()
  const ticker = setInterval(async () => {
    const { version } = await ask(agent, users)
    if (version === undefined) return
    waiting.get(version)?.(performance.now())
    waiting.delete(version)
  }, 5)
  return {
    next: (version) => new Promise((resolve) => waiting.set(version, resolve)),
    stop() {
      clearInterval(ticker)
      agent.destroy()
    },
  }
}

/** Milliseconds from two writes of one change of a weight until the first request that it sends elsewhere. */
interface Delay {
  readonly fromRoute: number
  readonly fromStatus: number
}

async function delays({ scene, users }: Storefront, routes: Track<HttpRoute>): Promise<readonly Delay[]> {
  const answers = watchAnswers(users)
  const now = (): number => performance.now()
  const found: Delay[] = []
  for (const weight of weights) {
    const [routed, told, answered] = await Promise.all([
      routes.next(isRouted(weight)).then(now),
      scene.chronicle.rollouts.next(isTold(weight)).then(now),
      answers.next(weight === 100 ? '1.1' : '1.0'),
    ])
    found.push({ fromRoute: answered - routed, fromStatus: answered - told })
  }
  answers.stop()
  return found
}

function figuresOf(what: string, values: readonly number[]): readonly Figure[] {
  return [
    ['p50', 0.5],
    ['p95', 0.95],
    ['longest', 1],
  ].map(([name, share]) => ({ what: `${what}, ${name}, ms`, value: quantile(values, Number(share)).toFixed(0) }))
}

/**
 * How long users wait for a weight on a real cluster with a real Traefik: from the moment in which a watch tells the new
 * weight, in the HTTPRoute and in the status of the Rollout, to the first answer by it.
 * @throws HarnessError where pods cannot have networks of their own, or a program is missing
 */
export async function timeToNewWeight(): Promise<readonly Figure[]> {
  const story = await tellStory('bench')
  await story.startController()
  const shop = await openStorefront(story, 'traffic', { proxied: byHttpRoute, strategy, perSecond: 10 })
  const routes = await openTrack(story.cluster.plane.api, shop.scene.listOf('HTTPRoute'), httpRouteSchema)
  await shop.release('1.1')
  const found = await delays(shop, routes)
  await shop.close()
  routes.close()
  await story.end()
  return [
    { what: 'changes of the weight', value: String(found.length) },
    ...figuresOf(
      'HTTPRoute written → first request',
      found.map(({ fromRoute }) => fromRoute),
    ),
    ...figuresOf(
      'status written → first request',
      found.map(({ fromStatus }) => fromStatus),
    ),
  ]
}

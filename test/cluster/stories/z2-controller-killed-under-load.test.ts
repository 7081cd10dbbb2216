import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute } from '../data-plane/proxied.ts'
import { expectNothingLost, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { hashLabel } from '../harness/chronicle.ts'
import { type HttpRoute, httpRouteSchema } from '../harness/objects.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { openTrack } from '../harness/track.ts'

const pause = { pause: { duration: '2s' } }

const strategyWith = (last: object) => ({
  canary: {
    stableService: 'shop-stable',
    canaryService: 'shop-canary',
    scaleDownDelaySeconds: 5,
    abortScaleDownDelaySeconds: 5,
    trafficRouting: byHttpRoute.trafficRouting,
    steps: [{ setWeight: 20 }, pause, { setWeight: 50 }, pause, { setWeight: 80 }, last],
  },
})

const hasWeight =
  (weight: number) =>
  ({ spec }: HttpRoute): boolean =>
    spec.rules.some(({ backendRefs }) =>
      backendRefs.some(({ name, weight: there }) => name === 'shop-canary' && there === weight),
    )

/** A moment of a release, to be met with SIGKILL. */
interface Moment {
  readonly name: string
  readonly come: () => Promise<unknown>
}

describe('(z2) the controller is killed under load, and no request is lost', {
  concurrency: 3,
  skip: whyNoPodNetworks() ?? false,
}, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z2')
  })

  after(() => story.end())

  const start = (name: string): Promise<void> =>
    story.startController(name, ['--leader-elect=false', '--namespaced', `--namespace=story-z2-${name}`])

  /** Kills the controller at each moment in its turn; the data plane is alone for a while before the next one starts. */
  const killAt = async (shop: Storefront, name: string, moments: readonly Moment[]): Promise<void> => {
    for (const moment of moments) {
      await moment.come()
      shop.note(`killed when ${moment.name}`)
      await story.killController(name)
      await delay(1500)
      await start(name)
    }
  }

  const momentsOf = async ({ scene }: Storefront) => {
    const routes = await openTrack(story.cluster.plane.api, scene.listOf('HTTPRoute'), httpRouteSchema)
    const { services, replicaSets } = scene.chronicle
    const stable = (await scene.rollout()).status.stableRS
    const selected = (service: string, isNew: boolean): Promise<unknown> =>
      services.first(({ metadata, spec }) => {
        const hash = spec.selector[hashLabel]
        return metadata.name === service && hash !== undefined && (hash !== stable) === isNew
      })
    return {
      created: {
        name: 'the ReplicaSet was made',
        come: () => replicaSets.first(({ metadata }) => metadata.labels[hashLabel] !== stable),
      },
      canarySelected: { name: 'the canary Service was switched', come: () => selected('shop-canary', true) },
      stableSelected: { name: 'the stable Service was switched', come: () => selected('shop-stable', true) },
      weightIs: (weight: number) => ({ name: `${weight} % was written`, come: () => routes.first(hasWeight(weight)) }),
      weightBecomes: (weight: number) => {
        const written = routes.next(hasWeight(weight))
        return { name: `${weight} % was written`, come: () => written }
      },
    }
  }

  it('at six moments of a release that is promoted', async () => {
    await start('promoted')
    const shop = await openStorefront(story, 'promoted', { proxied: byHttpRoute, strategy: strategyWith(pause) })
    const { created, canarySelected, stableSelected, weightIs } = await momentsOf(shop)
    await shop.release('1.1')
    await killAt(shop, 'promoted', [created, canarySelected, weightIs(20), weightIs(80), weightIs(100), stableSelected])
    await shop.scene.untilPhase('Healthy')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })

  it('at three moments of a release that is aborted', async () => {
    await start('aborted')
    const shop = await openStorefront(story, 'aborted', { proxied: byHttpRoute, strategy: strategyWith({ pause: {} }) })
    const { weightIs, weightBecomes } = await momentsOf(shop)
    await shop.release('1.1')
    await killAt(shop, 'aborted', [weightIs(20), weightIs(50)])
    const returned = weightBecomes(0)
    await shop.abort()
    await killAt(shop, 'aborted', [returned])
    await shop.scene.untilPhase('Degraded')
    await shop.scene.untilSizes({ 'shop:1.0': 3 })
    await shop.expectAll('1.0')
    expectNothingLost(await shop.close())
  })
})

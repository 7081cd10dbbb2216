import { after, before, describe, it } from 'node:test'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, byTraefikService, type Proxied } from '../data-plane/proxied.ts'
import { expectNothingLost, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'

const byHand = (proxied: Proxied) => ({
  proxied,
  strategy: {
    canary: {
      stableService: 'shop-stable',
      canaryService: 'shop-canary',
      scaleDownDelaySeconds: 5,
      abortScaleDownDelaySeconds: 5,
      trafficRouting: proxied.trafficRouting,
      steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: {} }, { setWeight: 80 }, { pause: {} }],
    },
  },
})

const skip = whyNoPodNetworks() ?? false

describe('(z1) real requests go where the status says, and none is lost', { concurrency: 3, skip }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z1')
    await story.startController()
  })

  after(() => story.end())

  const reach = async (shop: Storefront, tag: string, step: number, weight: number): Promise<void> => {
    await shop.untilPausedAt(step, weight)
    await shop.untilRouted(weight)
    await shop.expectShare(tag, weight)
  }

  /** Everything is with this version, and pods of others have gone. */
  const settle = async (shop: Storefront, tag: string): Promise<void> => {
    await shop.scene.untilSizes({ [`shop:${tag}`]: 3 })
    await shop.expectAll(tag)
    expectNothingLost(await shop.close())
  }

  for (const proxied of [byHttpRoute, byTraefikService]) {
    it(`a release that is promoted: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `promoted-${proxied.name}`, byHand(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.promote()
      await reach(shop, '1.1', 3, 50)
      await shop.promote()
      await reach(shop, '1.1', 5, 80)
      await shop.promote()
      await shop.scene.untilPhase('Healthy')
      await settle(shop, '1.1')
    })

    it(`a release that is aborted: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `aborted-${proxied.name}`, byHand(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.promote()
      await reach(shop, '1.1', 3, 50)
      await shop.abort()
      await shop.scene.untilPhase('Degraded')
      await settle(shop, '1.0')
    })

    it(`a rollback in the middle of a release: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `rollback-${proxied.name}`, byHand(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.release('1.0')
      await shop.scene.untilPhase('Healthy')
      await settle(shop, '1.0')
    })

    it(`a revision that interrupts a release: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `interrupted-${proxied.name}`, byHand(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.promote()
      await reach(shop, '1.1', 3, 50)
      await shop.release('1.2')
      await reach(shop, '1.2', 1, 20)
      await shop.promote()
      await reach(shop, '1.2', 3, 50)
      await shop.promote()
      await reach(shop, '1.2', 5, 80)
      await shop.promote()
      await shop.scene.untilPhase('Healthy')
      await settle(shop, '1.2')
    })
  }
})

import { after, before, describe, it } from 'node:test'

import { aRoute } from '../data-plane/manifest.ts'
import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, type Proxied } from '../data-plane/proxied.ts'
import { expectNothingLost, openStorefront, type Storefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'

/** Users are behind the active Service; nothing in the route ever changes. */
const byActiveService: Proxied = {
  ...byHttpRoute,
  name: 'active-service',
  trafficRouting: {},
  objects: (host) => [aRoute(host, { services: ['shop-active'] })],
}

const strategy = {
  blueGreen: {
    activeService: 'shop-active',
    previewService: 'shop-preview',
    autoPromotionEnabled: false,
    scaleDownDelaySeconds: 5,
  },
}

describe('(z6) blue/green under load: no request is lost', {
  concurrency: 3,
  skip: whyNoPodNetworks() ?? false,
}, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z6')
    await story.startController()
  })

  after(() => story.end())

  const switchTo = async (shop: Storefront, tag: string): Promise<void> => {
    await shop.release(tag)
    await shop.scene.untilPhase('Paused', 'BlueGreenPause')
    await shop.promote()
    await shop.scene.untilPhase('Healthy')
  }

  it('by its switch, and by the end of the old pods', async () => {
    const shop = await openStorefront(story, 'switch', { proxied: byActiveService, strategy })
    await switchTo(shop, '1.1')
    await shop.scene.untilSizes({ 'shop:1.1': 3 })
    await shop.expectAll('1.1')
    expectNothingLost(await shop.close())
  })

  it('by a switch back while the old pods still run', async () => {
    const blueGreen = { ...strategy.blueGreen, scaleDownDelaySeconds: 60 }
    const shop = await openStorefront(story, 'back', { proxied: byActiveService, strategy: { blueGreen } })
    await switchTo(shop, '1.1')
    await shop.untilAnsweredBy('1.1')
    await shop.expectAll('1.1')
    // Pods that wait for their end are enough to go back at once: nobody is asked.
    await shop.release('1.0')
    await shop.scene.untilPhase('Healthy')
    await shop.untilAnsweredBy('1.0')
    await shop.expectAll('1.0')
    expectNothingLost(await shop.close())
  })
})

import { after, before, describe, it } from 'node:test'

import { whyNoPodNetworks } from '../data-plane/network.ts'
import { byHttpRoute, byTraefikService } from '../data-plane/proxied.ts'
import { abortHalfway, goThroughSteps, reach, settle, stepByStep } from '../data-plane/releases.ts'
import { openStorefront } from '../data-plane/storefront.ts'
import { type Story, tellStory } from '../harness/story.ts'

const skip = whyNoPodNetworks() ?? false

describe('(z1) real requests go where the status says, and none is lost', { concurrency: 3, skip }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('z1')
    await story.startController()
  })

  after(() => story.end())

  for (const proxied of [byHttpRoute, byTraefikService]) {
    it(`a release that is promoted: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `promoted-${proxied.name}`, stepByStep(proxied))
      await shop.release('1.1')
      await goThroughSteps(shop, '1.1')
    })

    it(`a release that is aborted: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `aborted-${proxied.name}`, stepByStep(proxied))
      await shop.release('1.1')
      await abortHalfway(shop, '1.1')
    })

    it(`a rollback in the middle of a release: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `rollback-${proxied.name}`, stepByStep(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.release('1.0')
      await shop.scene.untilPhase('Healthy')
      await settle(shop, '1.0')
    })

    it(`a revision that interrupts a release: ${proxied.name}`, async () => {
      const shop = await openStorefront(story, `interrupted-${proxied.name}`, stepByStep(proxied))
      await shop.release('1.1')
      await reach(shop, '1.1', 1, 20)
      await shop.promote()
      await reach(shop, '1.1', 3, 50)
      await shop.release('1.2')
      await goThroughSteps(shop, '1.2')
    })
  }
})

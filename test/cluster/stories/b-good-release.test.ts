import { after, before, describe, it } from 'node:test'

import { expectDeployed, expectPromoted } from '../harness/expectations.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { judged } from '../harness/variants.ts'

describe('(b) a good release is promoted by its analysis', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('b')
    await story.startController()
  })

  after(() => story.end())

  for (const variant of judged) {
    it(variant.name, async () => {
      const shop = await story.openShop(variant)
      await expectDeployed(shop, 'shop:1.0')
      await shop.setImage('shop:1.1-good')
      await expectPromoted(shop, 'shop:1.1-good')
    })
  }
})

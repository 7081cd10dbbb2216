import { after, before, describe, it } from 'node:test'

import { expectDeployed, expectRolledBack } from '../harness/expectations.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { judged } from '../harness/variants.ts'

describe('(c) a bad release is aborted by its analysis and the stable version restored', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('c')
    await story.startController()
  })

  after(() => story.end())

  for (const variant of judged) {
    it(variant.name, async () => {
      const shop = await story.openShop(variant)
      await expectDeployed(shop, 'shop:1.0')
      await shop.setImage('shop:1.1-bad')
      await expectRolledBack(shop, 'shop:1.0', 'shop:1.1-bad')
    })
  }
})

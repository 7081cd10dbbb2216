import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { expectDeployed, expectPromoted, expectRolledBack } from '../harness/expectations.ts'
import { createRandom } from '../harness/random.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { judged } from '../harness/variants.ts'

const kills = 5

describe('(e) the controller is killed at random moments of good and bad releases', { concurrency: true }, () => {
  let story: Story
  let killing = Promise.resolve()
  const random = createRandom()

  /** Six releases are under way in different places, so that few kills meet many moments. */
  const killAndRestart = async (): Promise<void> => {
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(1000 + random.upTo(5000))
      await story.killController()
      await delay(random.upTo(2000))
      await story.startController()
    }
  }

  before(async () => {
    console.log(`# random moments by seed ${random.seed}: CROSSFADE_SEED=${random.seed} repeats them`)
    story = await tellStory('e')
    await story.startController()
    killing = killAndRestart()
    // Told by `after`; until then it must not end the process.
    killing.catch(() => undefined)
  })

  after(async () => {
    await killing
    await story.end()
  })

  for (const variant of judged) {
    it(`a good release is promoted all the same: ${variant.name}`, async () => {
      const shop = await story.openShop(variant, 'good')
      await expectDeployed(shop, 'shop:1.0')
      await shop.setImage('shop:1.1-good')
      await expectPromoted(shop, 'shop:1.1-good')
    })

    it(`a bad release is rolled back all the same: ${variant.name}`, async () => {
      const shop = await story.openShop(variant, 'bad')
      await expectDeployed(shop, 'shop:1.0')
      await shop.setImage('shop:1.1-bad')
      await expectRolledBack(shop, 'shop:1.0', 'shop:1.1-bad')
    })
  }
})

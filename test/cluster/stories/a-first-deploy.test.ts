import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { expectDeployed } from '../harness/expectations.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { judged } from '../harness/variants.ts'
import { throughout } from '../harness/wait.ts'

describe('(a) a first deploy', () => {
  let story: Story

  before(async () => {
    story = await tellStory('a')
    await story.startController()
  })

  after(() => story.end())

  for (const variant of judged) {
    it(`goes live at once, without steps: ${variant.name}`, async () => {
      const shop = await story.openShop(variant)
      await expectDeployed(shop, 'shop:1.0')
      assert.deepEqual(await shop.analysisRuns(), [])
    })
  }

  it('is left alone once it is Healthy', async () => {
    const since = await story.cluster.plane.audit.mark()
    await throughout(3000, async () => {
      const requests = await story.installation.requests(since)
      assert.deepEqual(
        requests.map((entry) => `${entry.verb} ${entry.requestURI}`),
        [],
      )
    })
  })
})

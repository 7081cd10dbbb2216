import { after, before, describe, it } from 'node:test'

import { expectDeployed, expectPromoted, expectRolledBack, untilShare } from '../harness/expectations.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byGateway, byNginx } from '../harness/variants.ts'

describe('(g) the API server is killed and started again in the middle of releases', () => {
  let story: Story

  before(async () => {
    story = await tellStory('g')
    await story.startController()
  })

  after(() => story.end())

  it('they end as if nothing had been', async () => {
    const good = await story.openShop(byGateway, 'good')
    const bad = await story.openShop(byNginx, 'bad')
    await Promise.all([expectDeployed(good, 'shop:1.0'), expectDeployed(bad, 'shop:1.0')])
    await Promise.all([good.setImage('shop:1.1-good'), bad.setImage('shop:1.1-bad')])
    await untilShare(good, 'shop:1.1-good', 0.2)
    await story.cluster.plane.restartApiServer(4000)
    await Promise.all([expectPromoted(good, 'shop:1.1-good'), expectRolledBack(bad, 'shop:1.0', 'shop:1.1-bad')])
  })
})

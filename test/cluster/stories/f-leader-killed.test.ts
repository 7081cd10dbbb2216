import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { expectDeployed, expectPromoted, untilShare } from '../harness/expectations.ts'
import { leaseHolder } from '../harness/lease.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byGateway } from '../harness/variants.ts'
import { eventually } from '../harness/wait.ts'

describe('(f) of two controllers the leader is killed in the middle of a release', () => {
  let story: Story

  before(async () => {
    story = await tellStory('f')
  })

  after(() => story.end())

  it('the other takes over and brings it to its end', async () => {
    const holder = () => leaseHolder(story.cluster.plane.api, 'crossfade', 'argo-rollouts-controller-lock')
    const untilHeld = (by: (identity: string) => boolean): Promise<string> =>
      eventually('the lease has its holder', async () => {
        const identity = await holder()
        return identity !== '' && by(identity)
          ? { found: identity }
          : { missing: `held by ${JSON.stringify(identity)}` }
      })

    await story.startController('leader', ['--leader-elect'])
    const first = await untilHeld(() => true)
    await story.startController('standby', ['--leader-elect'])
    const shop = await story.openShop(byGateway)
    await expectDeployed(shop, 'shop:1.0')
    await shop.setImage('shop:1.1-good')
    await untilShare(shop, 'shop:1.1-good', 0.2)
    assert.equal(await holder(), first)

    await story.killController('leader')
    await untilHeld((identity) => identity !== first)
    await expectPromoted(shop, 'shop:1.1-good')
  })
})

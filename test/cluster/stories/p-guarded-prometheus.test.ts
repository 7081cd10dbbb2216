import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { expectDeployed, expectPromoted, expectRolledBack, untilPhase } from '../harness/expectations.ts'
import { type GuardedPrometheus, startGuardedPrometheus, storeCredentials } from '../harness/guarded-prometheus.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byHttpRoute } from '../harness/traffic.ts'
import type { Variant } from '../harness/variants.ts'

const guarded: Variant = { name: 'guarded', manifest: 'guarded.yaml', rule: byHttpRoute('shop'), isRouted: true }

describe('(p) a Prometheus behind TLS and a password judges a release throughout', { concurrency: true }, () => {
  let story: Story
  let prometheus: GuardedPrometheus

  before(async () => {
    story = await tellStory('p')
    prometheus = await startGuardedPrometheus(story.cluster)
    await story.startController()
  })

  after(async () => {
    await story.end()
    await prometheus.stop()
  })

  const openShop = async (detail: string, password = prometheus.password): Promise<Shop> => {
    const shop = await story.openShop(guarded, detail)
    await storeCredentials(story.cluster, shop.namespace, prometheus, password)
    await expectDeployed(shop, 'shop:1.0')
    return shop
  }

  const messagesOf = async (shop: Shop): Promise<string> => JSON.stringify(await shop.analysisRuns())

  it('promotes a good one', async () => {
    const shop = await openShop('good')
    await shop.setImage('shop:1.1-good')
    await expectPromoted(shop, 'shop:1.1-good')
    assert.ok(!(await messagesOf(shop)).includes(prometheus.password), 'the password is shown')
  })

  it('aborts a bad one', async () => {
    const shop = await openShop('bad')
    await shop.setImage('shop:1.1-bad')
    await expectRolledBack(shop, 'shop:1.0', 'shop:1.1-bad')
  })

  it('aborts when the password is wrong, says what to check, and shows neither of the two', async () => {
    const shop = await openShop('refused', 'not the password')
    await shop.setImage('shop:1.1-good')
    await untilPhase(shop, 'Degraded')
    const told = await messagesOf(shop)
    assert.match(told, /client error: 401.*check authentication and headers of the metric/)
    assert.ok(!told.includes('not the password') && !told.includes(prometheus.password), 'a password is shown')
  })
})

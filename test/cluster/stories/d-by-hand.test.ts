import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { expectDeployed, untilPhase, untilShare, untilSizes } from '../harness/expectations.ts'
import { installPlugin, type Plugin } from '../harness/plugin.ts'
import type { Shop } from '../harness/release.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byHand } from '../harness/variants.ts'

describe('(d) releases by hand, with the plugin', () => {
  let story: Story
  let shop: Shop
  let plugin: Plugin

  before(async () => {
    story = await tellStory('d')
    await story.startController()
    plugin = await installPlugin(story.cluster.plane)
    shop = await story.openShop(byHand)
    await expectDeployed(shop, 'shop:1.0')
  })

  after(() => story.end())

  const says = async (wanted: string | RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await plugin(...args, '-n', shop.namespace)
    assert.equal(code, 0, stderr)
    if (typeof wanted === 'string') assert.equal(stdout.trim(), wanted)
    else assert.match(stdout, wanted)
  }

  it('promote leads out of a pause without an end', async () => {
    await shop.setImage('shop:1.1')
    const paused = await untilPhase(shop, 'Paused')
    assert.equal(paused.status.message, 'CanaryPauseStep')
    await untilShare(shop, 'shop:1.1', 0.2)
    await says(/Status:\s+॥ Paused[\s\S]*SetWeight:\s+20[\s\S]*⧉ shop-/, 'get', 'rollout', 'shop', '--no-color')
    await says("rollout 'shop' promoted", 'promote', 'shop')
    await says(/^Healthy$/m, 'status', 'shop', '--timeout', '60s')
    await expectDeployed(shop, 'shop:1.1')
  })

  it('abort gives everything back to the stable version, and status says so with exit code 1', async () => {
    await shop.setImage('shop:1.2')
    await untilPhase(shop, 'Paused')
    await says("rollout 'shop' aborted", 'abort', 'shop')
    const aborted = await untilPhase(shop, 'Degraded')
    assert.equal(aborted.status.message, 'RolloutAborted: Rollout aborted update to revision 3')
    await untilShare(shop, 'shop:1.1', 1)
    await untilSizes(shop, { 'shop:1.1': 5 })
    const { code, stderr } = await plugin('status', 'shop', '-n', shop.namespace)
    assert.equal(code, 1)
    assert.match(stderr, /The rollout is in a degraded state with message: RolloutAborted/)
  })

  it('retry begins the same release again', async () => {
    await says("rollout 'shop' retried", 'retry', 'rollout', 'shop')
    await untilPhase(shop, 'Paused')
    await untilShare(shop, 'shop:1.2', 0.2)
  })

  it('promote --full skips what is left', async () => {
    await says("rollout 'shop' fully promoted", 'promote', 'shop', '--full')
    await expectDeployed(shop, 'shop:1.2')
  })

  it('undo goes back to the version before', async () => {
    await says("rollout 'shop' undo", 'undo', 'shop')
    await untilPhase(shop, 'Paused')
    await says("rollout 'shop' fully promoted", 'promote', 'shop', '--full')
    await expectDeployed(shop, 'shop:1.1')
  })
})

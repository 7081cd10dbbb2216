import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { hashLabel } from '../harness/chronicle.ts'
import { expectDeployed } from '../harness/expectations.ts'
import { startLoad } from '../harness/load.ts'
import type { Shop } from '../harness/release.ts'
import type { Scene } from '../harness/scene.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { byService } from '../harness/traffic.ts'
import { byBlueGreen } from '../harness/variants.ts'
import { throughout } from '../harness/wait.ts'

const failure = 'Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)'

describe('(l) blue/green is judged before and after the switch', { concurrency: true }, () => {
  let story: Story
  const testers: { stop(): void }[] = []

  before(async () => {
    story = await tellStory('l')
    await story.startController()
  })

  after(async () => {
    for (const each of testers) each.stop()
    await story.end()
  })

  /** Version 1.0 serves, and testers ask behind the preview Service at an address of their own. */
  const open = async (detail: string): Promise<{ shop: Shop; scene: Scene }> => {
    const shop = await story.openShop(byBlueGreen, detail)
    const { view, application } = story.cluster
    const { namespace } = shop
    testers.push(startLoad({ view, application, namespace, rule: byService('shop-preview'), path: '/preview' }))
    const scene = await story.sceneOf(shop)
    await expectDeployed(shop, 'shop:1.0')
    return { shop, scene }
  }

  /** `AnalysisRun` events of the release: which kind came to which end. */
  const verdicts = (scene: Scene): readonly string[] =>
    scene.chronicle.events().flatMap((text) => {
      const [, verdict, kind] = /^AnalysisRun(\w+): (\w+) Analysis Run/.exec(text) ?? []
      return verdict === undefined ? [] : [`${kind} ${verdict}`]
    })

  it('a good version serves, and the old one is kept for the delay', async () => {
    const { shop, scene } = await open('good')
    const { chronicle } = scene
    await shop.setImage('shop:1.1')
    await scene.untilPhase('Progressing', 'active service cutover pending')
    await scene.untilPhase('Progressing', 'waiting for analysis to complete')
    const { status } = await scene.untilPhase('Healthy')
    assert.deepEqual(chronicle.phases().slice(-3), [
      'Progressing (active service cutover pending)',
      'Progressing (waiting for analysis to complete)',
      'Healthy',
    ])
    assert.deepEqual(verdicts(scene), [
      'PrePromotion Running',
      'PrePromotion Successful',
      'PostPromotion Running',
      'PostPromotion Successful',
    ])
    const { prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus } = status.blueGreen ?? {}
    assert.deepEqual(
      [prePromotionAnalysisRunStatus, postPromotionAnalysisRunStatus].map((run) => chronicle.named(run?.name ?? '')),
      ['shop-<1.1>-2-pre', 'shop-<1.1>-2-post'],
    )
    await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.1': 3 })
    const told = chronicle.reasons().filter((reason) => !reason.startsWith('AnalysisRun'))
    assert.deepEqual(told.slice(told.lastIndexOf('RolloutUpdated')), [
      'RolloutUpdated',
      'NewReplicaSetCreated',
      'SwitchService',
      'RolloutNotCompleted',
      'ScalingReplicaSet',
      'SwitchService',
      'RolloutCompleted',
    ])

    // The old version still runs, so a return to it needs neither pods nor another verdict.
    const old = new Set((await scene.pods()).map(({ metadata }) => metadata.uid))
    await shop.setImage('shop:1.0')
    await chronicle.services.first(
      ({ metadata, spec }) => metadata.name === 'shop-active' && spec.selector[hashLabel] === status.stableRS,
    )
    await scene.untilRollout('1.0 is stable again', (rollout) => rollout.status.stableRS !== status.stableRS)
    await scene.untilPhase('Healthy')
    assert.deepEqual(chronicle.selectors('shop-active').slice(-3), ['1.0', '1.1', '1.0'])
    assert.ok((await scene.pods()).every(({ metadata }) => old.has(metadata.uid)))
    assert.equal(verdicts(scene).length, 4)
    const { byHash, unserved } = shop.load.tally()
    const failed = [...byHash.values()].reduce((sum, counts) => sum + counts.failed, 0)
    assert.deepEqual({ unserved, failed }, { unserved: 0, failed: 0 })
  })

  it('a version that testers find bad never serves users', async () => {
    const { shop, scene } = await open('bad-before')
    const { chronicle } = scene
    await shop.setImage('shop:1.1-bad')
    const text = `Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed: ${failure}`
    await scene.untilPhase('Degraded', `RolloutAborted: ${text}`)
    await scene.untilSizes({ 'shop:1.0': 3 })
    assert.deepEqual(chronicle.selectors('shop-active').slice(-1), ['1.0'])
    assert.ok(!chronicle.selectors('shop-active').includes('1.1-bad'))
    assert.deepEqual(chronicle.selectors('shop-preview').slice(-2), ['1.0', '1.1-bad'])
    assert.deepEqual(chronicle.sizes('1.0'), [3])
    assert.deepEqual(verdicts(scene), ['PrePromotion Running', 'PrePromotion Failed'])
    const rollout = await scene.rollout()
    assert.deepEqual(chronicle.conditions(rollout).slice(-1), [`Progressing False RolloutAborted: ${text}`])
    assert.equal(rollout.status.blueGreen?.prePromotionAnalysisRunStatus?.status, 'Failed')
    assert.equal(rollout.status.availableReplicas, 3)
    const failed = [...shop.load.tally().byHash.values()].reduce((sum, counts) => sum + counts.failed, 0)
    assert.deepEqual([failed, shop.load.tally().unserved], [0, 0])
  })

  it('a version that users find bad gives way to the old one, which still runs', async () => {
    const { shop, scene } = await open('bad-after')
    const { chronicle } = scene
    await shop.setImage('shop:1.1-bad-live')
    const text = `Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed: ${failure}`
    await scene.untilPhase('Degraded', `RolloutAborted: ${text}`)
    assert.deepEqual(chronicle.selectors('shop-active').slice(-3), ['1.0', '1.1-bad-live', '1.0'])
    assert.deepEqual(chronicle.sizes('1.0'), [3])
    assert.deepEqual(verdicts(scene), [
      'PrePromotion Running',
      'PrePromotion Successful',
      'PostPromotion Running',
      'PostPromotion Failed',
    ])
    await scene.untilSizes({ 'shop:1.0': 3 })
    assert.deepEqual(chronicle.sizes('1.1-bad-live'), [3, 0])
    const rollout = await scene.rollout()
    // Until the switch back it was whole.
    assert.deepEqual(chronicle.conditions(rollout).slice(-2), [
      `Progressing False RolloutAborted: ${text}`,
      'Healthy False RolloutHealthy: Rollout is not healthy',
    ])
    assert.equal(rollout.status.blueGreen?.activeSelector, rollout.status.stableRS)
    shop.load.reset()
    await throughout(1000, async () => {
      assert.ok([...shop.load.tally().byHash.values()].every(({ failed }) => failed === 0))
    })
    assert.equal(shop.load.tally().unserved, 0)
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { hashLabel } from '../harness/chronicle.ts'
import { aRollout, aService, toVersion } from '../harness/manifest.ts'
import { serviceSchema } from '../harness/objects.ts'
import type { Scene } from '../harness/scene.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually } from '../harness/wait.ts'

const canary = {
  canaryService: 'shop-canary',
  stableService: 'shop-stable',
  steps: [{ setWeight: 34 }, { pause: {} }],
}
const blueGreen = {
  activeService: 'shop-active',
  previewService: 'shop-preview',
  autoPromotionEnabled: false,
  scaleDownDelaySeconds: 2,
}
const managedBy = 'argo-rollouts.argoproj.io/managed-by-rollouts'

describe('(m) a live Rollout changes its strategy', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('m')
    await story.startController()
  })

  after(() => story.end())

  const deploy = async (detail: string): Promise<Scene> => {
    const scene = await story.openScene(detail)
    const services = ['active', 'preview', 'stable', 'canary'].map((role) => aService(`shop-${role}`))
    await scene.create(...services, aRollout({ canary }))
    await scene.untilPhase('Healthy')
    return scene
  }

  const toBlueGreen = (scene: Scene): Promise<void> =>
    scene.patch('Rollout', 'shop', { spec: { strategy: { canary: null, blueGreen } } })

  const toCanary = (scene: Scene): Promise<void> =>
    scene.patch('Rollout', 'shop', { spec: { strategy: { blueGreen: null, canary } } })

  const promote = (scene: Scene): Promise<void> =>
    scene.patch('Rollout', 'shop', { status: { pauseConditions: null } }, 'status')

  const podsOf = async (scene: Scene): Promise<readonly string[]> =>
    (await scene.pods()).map(({ metadata }) => metadata.uid).sort()

  /** Waits until each Service selects this version, and is marked as the Rollout's when it selects one. */
  const untilSelected = (scene: Scene, wanted: Readonly<Record<string, string>>): Promise<void> =>
    eventually(`${scene.namespace}: Services select ${JSON.stringify(wanted)}`, async () => {
      const found: Record<string, string> = {}
      for (const role of Object.keys(wanted)) {
        const path = scene.pathOf('Service', `shop-${role}`)
        const { metadata, spec } = await story.cluster.plane.api.get(path, serviceSchema)
        const hash = spec.selector[hashLabel] ?? ''
        const isManaged = metadata.annotations[managedBy] === 'shop'
        const told = scene.chronicle.named(hash).replace(/[<>]/g, '')
        found[role] = isManaged === (hash !== '') ? told : `${told}, managed: ${isManaged}`
      }
      const fits = JSON.stringify(found) === JSON.stringify(wanted)
      return fits ? { found: undefined } : { missing: JSON.stringify(found) }
    })

  it('between releases: no pod is touched, and the Services change hands', async () => {
    const scene = await deploy('settled')
    const first = await podsOf(scene)
    await untilSelected(scene, { stable: '1.0', canary: '1.0' })
    await toBlueGreen(scene)
    const coloured = await scene.untilPhase('Healthy')
    await untilSelected(scene, { active: '1.0', preview: '1.0', stable: '', canary: '' })
    assert.deepEqual(await podsOf(scene), first)
    assert.equal(coloured.status.currentStepIndex, undefined)

    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await scene.untilPhase('Paused', 'BlueGreenPause')
    await promote(scene)
    await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 3 })
    const second = await podsOf(scene)
    await untilSelected(scene, { active: '1.1', preview: '1.1' })

    await toCanary(scene)
    const back = await scene.untilPhase('Healthy')
    await untilSelected(scene, { active: '', preview: '', stable: '1.1', canary: '1.1' })
    assert.deepEqual(await podsOf(scene), second)
    assert.deepEqual(back.status.blueGreen, {})
    assert.equal(back.status.selector, 'app=shop')
    assert.equal(back.status.currentStepIndex, 2)
    assert.equal((await scene.replicaSets()).length, 2)

    await scene.patch('Rollout', 'shop', toVersion('1.2'))
    await scene.untilPhase('Paused', 'CanaryPauseStep')
    await scene.untilSizes({ 'shop:1.1': 2, 'shop:1.2': 1 })
  })

  it('in the middle of a release: both versions keep their pods, and users stay where they are', async () => {
    const scene = await deploy('in-between')
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await scene.untilPhase('Paused', 'CanaryPauseStep')
    await scene.untilSizes({ 'shop:1.0': 2, 'shop:1.1': 1 })
    const before = await podsOf(scene)
    await toBlueGreen(scene)
    await scene.untilPhase('Paused', 'BlueGreenPause')
    await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.1': 3 })
    await untilSelected(scene, { active: '1.0', preview: '1.1', stable: '', canary: '' })
    const both = await podsOf(scene)
    assert.ok(before.every((uid) => both.includes(uid)))

    await toCanary(scene)
    await scene.untilPhase('Paused', 'CanaryPauseStep')
    await scene.untilSizes({ 'shop:1.0': 2, 'shop:1.1': 1 })
    await untilSelected(scene, { active: '', preview: '', stable: '1.0', canary: '1.1' })
    assert.ok((await podsOf(scene)).every((uid) => both.includes(uid)))
    assert.ok(!scene.chronicle.selectors('shop-active').includes('1.1'))
    await promote(scene)
    await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 3 })
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { z } from 'zod'

import { type Demand, startDemand } from '../harness/demand.ts'
import { anAutoscaler, anIngress, aRollout, aService, toVersion } from '../harness/manifest.ts'
import type { Scene } from '../harness/scene.ts'
import { type Story, tellStory } from '../harness/story.ts'
import { eventually, throughout } from '../harness/wait.ts'

const autoscalerSchema = z.object({
  status: z.object({
    currentReplicas: z.number().default(0),
    desiredReplicas: z.number().default(0),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).default([]),
  }),
})

const scaleSchema = z.object({
  spec: z.object({ replicas: z.number() }),
  status: z.object({ replicas: z.number(), selector: z.string() }),
})

const steps = [{ setWeight: 50 }, { pause: {} }, { setWeight: 75 }, { pause: {} }]
const byPods = { maxSurge: 1, maxUnavailable: 0, steps }
const byNginx = {
  canaryService: 'shop-canary',
  stableService: 'shop-stable',
  scaleDownDelaySeconds: 1,
  abortScaleDownDelaySeconds: 1,
  trafficRouting: { nginx: { stableIngress: 'shop' } },
  steps,
}
const byColour = { activeService: 'shop-stable', previewService: 'shop-canary', autoPromotionEnabled: false }

describe('(h) the real autoscaler scales a Rollout up and down in the middle of a release', {
  concurrency: true,
}, () => {
  let story: Story
  let demand: Demand

  before(async () => {
    story = await tellStory('h')
    demand = await startDemand(story.cluster.plane)
    await story.startController()
  })

  after(async () => {
    demand.stop()
    await story.end()
  })

  const autoscaler = (scene: Scene) =>
    story.cluster.plane.api.get(scene.pathOf('HorizontalPodAutoscaler', 'shop'), autoscalerSchema)

  /** Version 1.0 with four pods; the autoscaler looks on. */
  const deploy = async (detail: string, strategy: object): Promise<Scene> => {
    const scene = await story.openScene(detail)
    demand.set(scene.namespace, 4)
    const services = [aService('shop-stable'), aService('shop-canary'), anIngress('shop-stable')]
    await scene.create(...services, aRollout(strategy, { replicas: 4 }))
    await scene.untilPhase('Healthy')
    await scene.create(anAutoscaler())
    // Its controller forgets only twice a minute which kinds there were.
    await eventually(
      `${scene.namespace}: the autoscaler reads the Rollout`,
      async () => {
        const { conditions, currentReplicas } = (await autoscaler(scene)).status
        return currentReplicas === 4 ? { found: undefined } : { missing: JSON.stringify(conditions) }
      },
      { timeout: 60_000 },
    )
    return scene
  }

  const command = (scene: Scene, status: object): Promise<void> => scene.patch('Rollout', 'shop', { status }, 'status')

  /** What the autoscaler sees of the Rollout: its own wish, and pods that a release does not make more. */
  const untilSettledAt = async (scene: Scene, size: number): Promise<void> => {
    await scene.untilRollout(`spec.replicas is ${size}`, ({ spec }) => spec.replicas === size)
    await scene.untilRollout(
      'HPAReplicas followed',
      ({ status }) => status.HPAReplicas === size && status.availableReplicas >= size,
    )
    const scale = await story.cluster.plane.api.get(`${scene.pathOf('Rollout', 'shop')}/scale`, scaleSchema)
    assert.deepEqual([scale.spec.replicas, scale.status.replicas], [size, size])
  }

  /** Sizes that spec.replicas had, one after the other: nobody but the autoscaler changes them. */
  const sizesAsked = ({ chronicle }: Scene): readonly number[] =>
    chronicle.rollouts
      .states()
      .map(({ spec }) => spec.replicas)
      .filter((size, index, all) => size !== all[index - 1])

  const untilDemandIsMet = async (scene: Scene, size: number): Promise<void> => {
    demand.set(scene.namespace, size)
    await untilSettledAt(scene, size)
  }

  it('of a canary by pods: in a pause, between steps, and while it is aborted', async () => {
    const scene = await deploy('pods', { canary: byPods })
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await scene.untilPhase('Paused')
    await scene.untilSizes({ 'shop:1.0': 2, 'shop:1.1': 2 })
    await untilDemandIsMet(scene, 8)
    await scene.untilSizes({ 'shop:1.0': 4, 'shop:1.1': 4 })
    assert.equal((await scene.rollout()).status.phase, 'Paused')
    await untilDemandIsMet(scene, 6)
    await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.1': 3 })

    await command(scene, { pauseConditions: null })
    await untilDemandIsMet(scene, 8)
    await scene.untilSizes({ 'shop:1.0': 2, 'shop:1.1': 6 })
    await command(scene, { abort: true })
    await untilDemandIsMet(scene, 5)
    await scene.untilSizes({ 'shop:1.0': 5, 'shop:1.1': 0 })
    await scene.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
    assert.deepEqual(sizesAsked(scene), [4, 8, 6, 8, 5])

    await command(scene, { abort: false })
    await scene.untilPhase('Paused')
    await command(scene, { promoteFull: true })
    await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 5 })
  })

  it('of a canary by weights: stable follows in full, the canary by its weight', async () => {
    const scene = await deploy('nginx', { canary: byNginx })
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await scene.untilPhase('Paused')
    await scene.untilSizes({ 'shop:1.0': 4, 'shop:1.1': 2 })
    // Six pods run, and the autoscaler counts four: a release is no reason to scale.
    await throughout(2000, async () => {
      const { status } = await autoscaler(scene)
      assert.deepEqual([status.currentReplicas, status.desiredReplicas], [4, 4], JSON.stringify(status.conditions))
    })
    await untilDemandIsMet(scene, 8)
    await scene.untilSizes({ 'shop:1.0': 8, 'shop:1.1': 4 })
    await untilDemandIsMet(scene, 2)
    await scene.untilSizes({ 'shop:1.0': 2, 'shop:1.1': 1 })
    assert.equal((await scene.rollout()).status.phase, 'Paused')

    await command(scene, { pauseConditions: null })
    await untilDemandIsMet(scene, 6)
    await scene.untilSizes({ 'shop:1.0': 6, 'shop:1.1': 5 })
    await command(scene, { abort: true })
    await untilDemandIsMet(scene, 4)
    await scene.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
    await scene.untilSizes({ 'shop:1.0': 4 })
    assert.deepEqual(sizesAsked(scene), [4, 8, 2, 6, 4])
    assert.equal(
      scene.chronicle.annotations('shop-shop-canary', 'nginx.ingress.kubernetes.io/canary-weight').at(-1),
      '0',
    )

    await command(scene, { abort: false })
    await scene.untilPhase('Paused')
    await command(scene, { promoteFull: true })
    await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 4 })
  })

  it('of blue/green: both colours follow, and the autoscaler counts the active one', async () => {
    const scene = await deploy('colours', { blueGreen: { ...byColour, scaleDownDelaySeconds: 1 } })
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await scene.untilPhase('Paused')
    await untilDemandIsMet(scene, 7)
    await scene.untilSizes({ 'shop:1.0': 7, 'shop:1.1': 7 })
    await untilDemandIsMet(scene, 3)
    await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.1': 3 })
    await command(scene, { pauseConditions: null })
    const { status } = await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 3 })
    assert.equal(status.HPAReplicas, 3)
    assert.deepEqual(sizesAsked(scene), [4, 7, 3])
  })
})

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

import { hashLabel } from '../harness/chronicle.ts'
import { anIngress, aRollout, aService, toVersion } from '../harness/manifest.ts'
import type { Scene } from '../harness/scene.ts'
import { type Story, tellStory } from '../harness/story.ts'

const weightAnnotation = 'nginx.ingress.kubernetes.io/canary-weight'

const byNginx = {
  canaryService: 'shop-canary',
  stableService: 'shop-stable',
  scaleDownDelaySeconds: 1,
  abortScaleDownDelaySeconds: 1,
  trafficRouting: { nginx: { stableIngress: 'shop' } },
}

describe('(k) the controller is killed in the middle of one thing, and started again', { concurrency: true }, () => {
  let story: Story

  before(async () => {
    story = await tellStory('k')
  })

  after(() => story.end())

  /** A namespace with a controller of its own, which is named as the namespace. */
  const deploy = async (name: string, strategy: object): Promise<Scene> => {
    const scene = await story.openScene(name)
    await start(scene, name)
    const services = ['active', 'preview', 'stable', 'canary'].map((role) => aService(`shop-${role}`))
    await scene.create(...services, anIngress('shop-stable'), aRollout(strategy))
    await scene.untilPhase('Healthy')
    return scene
  }

  const start = ({ namespace }: Scene, name: string): Promise<void> =>
    story.startController(name, ['--leader-elect=false', '--namespaced', `--namespace=${namespace}`])

  const podsOf = async (scene: Scene, hash: string): Promise<ReadonlySet<string>> => {
    const pods = await scene.pods()
    return new Set(
      pods.filter(({ metadata }) => metadata.labels[hashLabel] === hash).map(({ metadata }) => metadata.uid),
    )
  }

  const untilSelected = ({ chronicle }: Scene, service: string, fits: (hash: string) => boolean): Promise<unknown> =>
    chronicle.services.first(({ metadata, spec }) => {
      const hash = spec.selector[hashLabel]
      return metadata.name === service && hash !== undefined && fits(hash)
    })

  const untilWeight = ({ chronicle }: Scene, weight: string): Promise<unknown> =>
    chronicle.ingresses.first(({ metadata }) => metadata.annotations[weightAnnotation] === weight)

  it('blue/green between its switch and the end of the old pods', async () => {
    const blueGreen = { activeService: 'shop-active', previewService: 'shop-preview', scaleDownDelaySeconds: 2 }
    const scene = await deploy('switch', { blueGreen })
    const { chronicle } = scene
    const first = (await scene.rollout()).status.stableRS
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await untilSelected(scene, 'shop-active', (hash) => hash !== first)
    await story.killController('switch')
    const { currentPodHash } = (await scene.rollout()).status
    const serving = await podsOf(scene, currentPodHash)
    await delay(2500)
    await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.1': 3 })
    await start(scene, 'switch')
    const { status } = await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 3 })
    assert.equal(status.stableRS, currentPodHash)
    assert.deepEqual(await podsOf(scene, currentPodHash), serving)
    assert.deepEqual(chronicle.selectors('shop-active'), ['', '1.0', '1.1'])
    assert.deepEqual([chronicle.sizes('1.0'), chronicle.sizes('1.1')], [[3, 0], [3]])
  })

  it('a canary when a weight was written and nobody was told', async () => {
    const steps = [{ setWeight: 20 }, { pause: { duration: 1 } }, { setWeight: 60 }, { pause: { duration: 1 } }]
    const scene = await deploy('weight', { canary: { ...byNginx, steps } })
    const { chronicle } = scene
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    await untilWeight(scene, '60')
    await story.killController('weight')
    await start(scene, 'weight')
    await scene.untilPhase('Healthy')
    await scene.untilSizes({ 'shop:1.1': 3 })
    assert.deepEqual(chronicle.annotations('shop-shop-canary', weightAnnotation), ['0', '20', '60', '100', '0'])
    assert.deepEqual(
      [chronicle.sizes('1.0'), chronicle.sizes('1.1')],
      [
        [3, 0],
        [1, 2, 3],
      ],
    )
    const done = chronicle.events().filter((text) => text.startsWith('RolloutCompleted'))
    assert.equal(done.length, 2)
  })

  it('an abort when the traffic had begun to return', async () => {
    const scene = await deploy('abort', { canary: { ...byNginx, steps: [{ setWeight: 40 }, { pause: {} }] } })
    const { chronicle } = scene
    await scene.patch('Rollout', 'shop', toVersion('1.1'))
    const { status } = await scene.untilPhase('Paused')
    await untilSelected(scene, 'shop-canary', (hash) => hash === status.currentPodHash)
    const stablePods = await podsOf(scene, status.stableRS)
    const returned = chronicle.services.next(
      ({ metadata, spec }) => metadata.name === 'shop-canary' && spec.selector[hashLabel] === status.stableRS,
    )
    await scene.patch('Rollout', 'shop', { status: { abort: true } }, 'status')
    await returned
    await story.killController('abort')
    await start(scene, 'abort')
    await scene.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
    await scene.untilSizes({ 'shop:1.0': 3 })
    assert.deepEqual(chronicle.annotations('shop-shop-canary', weightAnnotation), ['0', '40', '0'])
    assert.deepEqual(chronicle.selectors('shop-canary'), ['', '1.0', '1.1', '1.0'])
    assert.deepEqual(await podsOf(scene, status.stableRS), stablePods)
    assert.deepEqual(chronicle.sizes('1.0'), [3])
  })
})

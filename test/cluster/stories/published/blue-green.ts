import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  available,
  complete,
  healthy,
  incomplete,
  isPaused,
  progressed,
  unhealthy,
  waiting,
} from '../../harness/condition-texts.ts'
import {
  aborted,
  added,
  completed,
  created,
  paused,
  resumed,
  scaled,
  begun as started,
  switched,
  updated,
} from '../../harness/event-texts.ts'
import { aRollout, aService, toVersion } from '../../harness/manifest.ts'
import { installPlugin } from '../../harness/plugin.ts'
import type { Scene } from '../../harness/scene.ts'
import type { Story } from '../../harness/story.ts'

const blueGreen = { activeService: 'shop-active', previewService: 'shop-preview', scaleDownDelaySeconds: 2 }

const firstDeploy = (namespace: string): readonly string[] => [
  added(namespace),
  updated(1),
  created('1.0', 1),
  switched('shop-preview', '', '1.0'),
  scaled('1.0', 1, 0, 3),
  completed('1.0', 1, 'Initial deploy'),
  switched('shop-active', '', '1.0'),
]

const begun = [updated(2), created('1.1', 2), switched('shop-preview', '1.0', '1.1'), started('1.1', 2)]
const held = paused('BlueGreenPause')

const promoted = [
  switched('shop-active', '1.0', '1.1'),
  completed('1.1', 2, 'Completed blue-green update'),
  scaled('1.0', 1, 3, 0),
]

/** What is written about blue/green. `story` is there when the tests run. */
export function tellOfBlueGreen(story: () => Story): void {
  describe('blue/green', { concurrency: true }, () => {
    const deploy = async (detail: string, strategy: object): Promise<Scene> => {
      const scene = await story().openScene(detail)
      await scene.create(
        aService('shop-active'),
        aService('shop-preview'),
        aRollout({ blueGreen: { ...blueGreen, ...strategy } }),
      )
      await scene.untilPhase('Healthy')
      await scene.chronicle.untilEvents(0, firstDeploy(scene.namespace))
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      return scene
    }

    it('that promotes itself', async () => {
      const scene = await deploy('auto', {})
      const { chronicle } = scene
      await scene.untilPhase('Progressing', 'active service cutover pending')
      const { status } = await scene.untilPhase('Healthy')
      assert.equal(chronicle.named(status.selector), 'app=shop,rollouts-pod-template-hash=<1.1>')
      assert.deepEqual([status.availableReplicas, status.readyReplicas, status.HPAReplicas], [3, 3, 3])
      const deadlines = chronicle.replicaSets
        .states()
        .map(({ metadata }) => metadata.annotations['scale-down-deadline'])
      await scene.untilSizes({ 'shop:1.1': 3 })
      assert.ok(deadlines.some((deadline) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(deadline ?? '')))
      await chronicle.untilEvents(7, [...begun, scaled('1.1', 2, 0, 3), ...promoted])
      assert.deepEqual(chronicle.conditions(await scene.rollout()), [available, healthy, progressed('1.1'), complete])
    })

    it('that waits for the plugin', async () => {
      const scene = await deploy('manual', { autoPromotionEnabled: false })
      const { chronicle, namespace } = scene
      const { status } = await scene.untilPhase('Paused', 'BlueGreenPause')
      const { pauseConditions, controllerPause, blueGreen: told } = status
      assert.deepEqual([pauseConditions, controllerPause], [[{ reason: 'BlueGreenPause' }], true])
      assert.deepEqual(
        [told?.activeSelector, told?.previewSelector].map((hash) => chronicle.named(hash ?? '')),
        ['<1.0>', '<1.1>'],
      )
      const plugin = await installPlugin(story().cluster.plane)
      const promotion = await plugin('promote', 'shop', '-n', namespace)
      assert.equal(promotion.stdout.trim(), "rollout 'shop' promoted", promotion.stderr)
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(7, [...begun, scaled('1.1', 2, 0, 3), held, ...promoted])
      assert.deepEqual(chronicle.selectors('shop-active'), ['', '1.0', '1.1'])
    })

    it('with a small preview that promotes itself after some seconds', async () => {
      const scene = await deploy('seconds', { previewReplicaCount: 1, autoPromotionSeconds: 2 })
      const { chronicle } = scene
      const found = await scene.untilPhase('Paused', 'BlueGreenPause')
      assert.deepEqual([found.status.updatedReplicas, found.status.availableReplicas], [1, 3])
      assert.deepEqual(chronicle.conditions(found), [available, unhealthy, incomplete, waiting, isPaused])
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(7, [
        ...begun,
        scaled('1.1', 2, 0, 1),
        held,
        resumed,
        scaled('1.1', 2, 1, 3),
        ...promoted,
      ])
    })

    it('aborted while it waits, and begun again', async () => {
      const scene = await deploy('abort', { autoPromotionEnabled: false, abortScaleDownDelaySeconds: 2 })
      const { chronicle } = scene
      await scene.untilPhase('Paused', 'BlueGreenPause')
      await scene.patch('Rollout', 'shop', { status: { abort: true } }, 'status')
      await scene.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
      await scene.untilSizes({ 'shop:1.0': 3 })
      assert.deepEqual(chronicle.sizes('1.1'), [3, 0])
      await scene.patch('Rollout', 'shop', { status: { abort: false } }, 'status')
      await scene.untilPhase('Paused', 'BlueGreenPause')
      await scene.patch('Rollout', 'shop', { status: { promoteFull: true } }, 'status')
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(7, [
        ...begun,
        scaled('1.1', 2, 0, 3),
        held,
        aborted(2),
        scaled('1.1', 2, 3, 0),
        scaled('1.1', 2, 0, 3),
        held,
        switched('shop-active', '1.0', '1.1'),
        completed('1.1', 2, 'Full promotion requested'),
        resumed,
        scaled('1.0', 1, 3, 0),
      ])
      assert.deepEqual(chronicle.selectors('shop-active'), ['', '1.0', '1.1'])
    })
  })
}

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  available,
  complete,
  healthy,
  noLongerPaused,
  progressed,
  timedOut,
  unavailable,
} from '../../harness/condition-texts.ts'
import {
  begun,
  completed,
  created,
  firstDeployOfCanary,
  paused,
  resumed,
  scaled,
  stepDone,
  switched,
  updated,
  weightedByIngress,
} from '../../harness/event-texts.ts'
import { anIngress, aRollout, aService, podTemplate, toVersion } from '../../harness/manifest.ts'
import type { Scene } from '../../harness/scene.ts'
import type { Story } from '../../harness/story.ts'

const services = ['active', 'stable', 'canary'].map((role) => aService(`shop-${role}`))
const steps = [{ setWeight: 50 }, { pause: {} }]
const byNginx = {
  canaryService: 'shop-canary',
  stableService: 'shop-stable',
  scaleDownDelaySeconds: 1,
  trafficRouting: { nginx: { stableIngress: 'shop' } },
  steps,
}
const revision = 'rollout.argoproj.io/revision'

/** What is written about returns, refusals and first deploys that fail. `story` is there when the tests run. */
export function tellOfReturns(story: () => Story): void {
  describe('returns, refusals and first deploys that fail', { concurrency: true }, () => {
    const open = async (detail: string, strategy: object, spec: object = {}): Promise<Scene> => {
      const scene = await story().openScene(detail)
      await scene.create(...services, anIngress('shop-stable'), aRollout(strategy, spec))
      return scene
    }

    it('in the middle of a release back to the stable version', async () => {
      const scene = await open('undone', { canary: byNginx })
      await scene.untilPhase('Healthy')
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused')
      await scene.patch('Rollout', 'shop', toVersion('1.0'))
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.0': 3 })
      await scene.chronicle.untilEvents(10, [
        updated(2),
        created('1.1', 2),
        begun('1.1', 2),
        scaled('1.1', 2, 0, 2),
        switched('shop-canary', '1.0', '1.1'),
        ...weightedByIngress('from 0 to 50'),
        stepDone('1/2 completed (setWeight: 50)'),
        paused('CanaryPauseStep'),
        updated(3),
        'SkipSteps: Rollback to stable ReplicaSets',
        resumed,
        // Nobody is sent to the canary Service any more when it changes hands.
        ...weightedByIngress('from 50 to 0'),
        switched('shop-canary', '1.1', '1.0'),
        scaled('1.1', 2, 2, 0),
      ])
      const rollout = await scene.untilRollout('the others are gone', ({ status }) => status.replicas === 3)
      assert.deepEqual(scene.chronicle.conditions(rollout), [
        available,
        complete,
        noLongerPaused,
        healthy,
        progressed('1.0'),
      ])
      const { currentStepIndex, duration } = rollout.status
      assert.deepEqual([currentStepIndex, duration?.completionStatus], [2, 'FastRolledBack'])
      assert.deepEqual(scene.chronicle.sizes('1.0'), [3])
    })

    it('after a release back to the version before: its ReplicaSet gets another number', async () => {
      const scene = await open('back', { canary: { maxSurge: 3, maxUnavailable: 0 } })
      await scene.untilPhase('Healthy')
      for (const tag of ['1.1', '1.0']) {
        await scene.patch('Rollout', 'shop', toVersion(tag))
        await scene.untilPhase('Healthy')
        await scene.untilSizes({ [`shop:${tag}`]: 3 })
      }
      const numbers = new Map(
        (await scene.replicaSets()).map(({ spec, metadata: { annotations } }) => [
          spec.template.spec.containers[0]?.image,
          [annotations[revision], annotations[`${revision}-history`]],
        ]),
      )
      assert.deepEqual(Object.fromEntries(numbers), { 'shop:1.0': ['3', '1'], 'shop:1.1': ['2', undefined] })
      assert.equal((await scene.rollout()).metadata.annotations[revision], '3')
      const told = scene.chronicle.events()
      assert.deepEqual(
        told.filter((text) => /^(RolloutUpdated|RolloutCompleted|NewReplicaSetCreated)/.test(text)).slice(-3),
        [
          completed('1.1', 2, 'Completed all 0 canary steps'),
          updated(3),
          completed('1.0', 3, 'Completed all 0 canary steps'),
        ],
      )
    })

    it('in the middle of a release on to another version', async () => {
      const scene = await open('onward', { canary: byNginx })
      await scene.untilPhase('Healthy')
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused')
      await scene.patch('Rollout', 'shop', toVersion('1.2'))
      await scene.untilPhase('Paused')
      await scene.untilSizes({ 'shop:1.0': 3, 'shop:1.2': 2 })
      // Its pods go when no request is sent to them, whatever else happens meanwhile.
      const gone = scaled('1.1', 2, 2, 0)
      const told = scene.chronicle.events().slice(19)
      assert.deepEqual(
        told.filter((text) => text !== gone),
        [
          updated(3),
          created('1.2', 3),
          resumed,
          ...weightedByIngress('from 50 to 0'),
          scaled('1.2', 3, 0, 2),
          switched('shop-canary', '1.1', '1.2'),
          ...weightedByIngress('from 0 to 50'),
          stepDone('1/2 completed (setWeight: 50)'),
          paused('CanaryPauseStep'),
        ],
      )
      assert.ok(told.indexOf(gone) > told.lastIndexOf(weightedByIngress('from 50 to 0')[1] ?? ''))
    })

    it('a first deploy whose pods never become ready', async () => {
      const spec = { progressDeadlineSeconds: 3, template: podTemplate('1.0-unready') }
      const scene = await open('stuck', { canary: { steps } }, spec)
      const { chronicle, namespace } = scene
      const degraded = await scene.untilPhase('Degraded', /^ProgressDeadlineExceeded: /)
      assert.deepEqual(chronicle.conditions(degraded), [unavailable, complete, timedOut('1.0-unready')])
      assert.equal(chronicle.phases()[0], 'Progressing (updated replicas are still becoming available)')
      assert.equal(
        chronicle.phases().at(-1),
        'Degraded (ProgressDeadlineExceeded: ReplicaSet "shop-<1.0-unready>" has timed out progressing.)',
      )
      await chronicle.untilEvents(0, firstDeployOfCanary(namespace, '1.0-unready'))
      // There is nothing to go back to.
      await scene.patch('Rollout', 'shop', { status: { abort: true } }, 'status')
      await scene.untilRollout('the abort is taken back', ({ status }) => !status.abort)
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused')
      assert.ok(!chronicle.reasons().includes('RolloutAborted'))
    })

    it('a Rollout that names a Service that is not there, and one Service twice', async () => {
      const scene = await open('refused', { blueGreen: { activeService: 'shop-active', previewService: 'nowhere' } })
      const title = 'InvalidSpec: The Rollout "shop" is invalid: spec.strategy'
      await scene.untilPhase(
        'Degraded',
        `${title}.blueGreen.previewService: Invalid value: "nowhere": service "nowhere" not found`,
      )
      const preview = (previewService: string) => ({ spec: { strategy: { blueGreen: { previewService } } } })
      await scene.patch('Rollout', 'shop', preview('shop-active'))
      await scene.untilPhase(
        'Degraded',
        `${title}.activeService: Invalid value: "shop-active": This rollout uses the same service for the active and preview services, but two different services are required.`,
      )
      assert.deepEqual(scene.chronicle.reasons(), ['RolloutAddedToInformer'])
      assert.deepEqual(await scene.replicaSets(), [])
      await scene.patch('Rollout', 'shop', preview('shop-stable'))
      const mended = await scene.untilPhase('Healthy')
      assert.deepEqual(scene.chronicle.conditions(mended), [complete, healthy, progressed('1.0'), available])
    })
  })
}

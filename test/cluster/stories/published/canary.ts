import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import {
  available,
  complete,
  healthy,
  incomplete,
  isPaused,
  noLongerPaused,
  progressed,
  timedOut,
  unhealthy,
  waiting,
} from '../../harness/condition-texts.ts'
import {
  aborted,
  completed,
  created,
  firstDeployOfCanary,
  paused,
  resumed,
  scaled,
  begun as started,
  stepDone,
  switched,
  updated,
  weightedByIngress,
} from '../../harness/event-texts.ts'
import { anIngress, aRollout, aService, toVersion } from '../../harness/manifest.ts'
import type { Scene } from '../../harness/scene.ts'
import type { Story } from '../../harness/story.ts'
import { eventually } from '../../harness/wait.ts'

const services = { canaryService: 'shop-canary', stableService: 'shop-stable' }
const manyServices = [aService('shop-stable'), aService('shop-canary')]
const byNginx = { ...services, trafficRouting: { nginx: { stableIngress: 'shop' } } }
const canaryIngress = 'shop-shop-canary'
const weight = 'nginx.ingress.kubernetes.io/canary-weight'

const begun = [updated(2), created('1.1', 2), started('1.1', 2)]
const held = paused('CanaryPauseStep')

/** What is written about canaries. `story` is there when the tests run. */
export function tellOfCanary(story: () => Story): void {
  describe('a canary', { concurrency: true }, () => {
    const deploy = async (detail: string, strategy: object, spec: object = {}): Promise<Scene> => {
      const scene = await story().openScene(detail)
      await scene.create(...manyServices, anIngress('shop-stable'), aRollout({ canary: strategy }, spec))
      await scene.untilPhase('Healthy')
      return scene
    }

    const command = (scene: Scene, status: object): Promise<void> =>
      scene.patch('Rollout', 'shop', { status }, 'status')

    it('without steps: a rolling update', async () => {
      const scene = await deploy('rolling', { maxSurge: 1, maxUnavailable: 0 })
      const { chronicle, namespace } = scene
      await chronicle.untilEvents(0, firstDeployOfCanary(namespace))
      assert.deepEqual(chronicle.phases(), ['Progressing (updated replicas are still becoming available)', 'Healthy'])
      assert.deepEqual(chronicle.conditions(await scene.rollout()), [complete, healthy, progressed('1.0'), available])

      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      const { status, metadata } = await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(6, [
        ...begun,
        scaled('1.1', 2, 0, 1),
        scaled('1.0', 1, 3, 2),
        scaled('1.1', 2, 1, 2),
        scaled('1.0', 1, 2, 1),
        scaled('1.1', 2, 2, 3),
        scaled('1.0', 1, 1, 0),
        completed('1.1', 2, 'Completed all 0 canary steps'),
      ])
      assert.deepEqual(chronicle.phases().slice(2), ['Progressing (old replicas are pending termination)', 'Healthy'])
      assert.deepEqual(chronicle.conditions(await scene.rollout()), [available, complete, healthy, progressed('1.1')])
      assert.deepEqual([status.stableRS, status.selector], [status.currentPodHash, 'app=shop'])
      assert.equal(metadata.annotations['rollout.argoproj.io/revision'], '2')
      const annotations = (await scene.replicaSets()).map((set) => set.metadata.annotations)
      assert.deepEqual(new Set(annotations.map((each) => each['rollout.argoproj.io/revision'])), new Set(['1', '2']))
      assert.ok(annotations.every((each) => each['rollout.argoproj.io/desired-replicas'] === '3'))
    })

    it('with steps and Services, and a pause that a person ends', async () => {
      const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: 1 } }]
      const scene = await deploy('steps', { ...services, steps })
      const { chronicle, namespace } = scene
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused', 'CanaryPauseStep')
      const counted = await scene.untilRollout('the canary pod counts', ({ status }) => status.availableReplicas === 4)
      const { replicas, updatedReplicas, readyReplicas, currentStepIndex, controllerPause, pauseConditions } =
        counted.status
      assert.deepEqual(
        { replicas, updatedReplicas, readyReplicas, currentStepIndex, controllerPause },
        { replicas: 4, updatedReplicas: 1, readyReplicas: 4, currentStepIndex: 1, controllerPause: true },
      )
      assert.deepEqual(pauseConditions, [{ reason: 'CanaryPauseStep' }])
      await eventually('the conditions tell of the pause', async () => {
        const found = chronicle.conditions(await scene.rollout())
        const wanted = [available, unhealthy, incomplete, waiting, isPaused]
        return found.join() === wanted.join() ? { found } : { missing: found.join('\n') }
      })

      await command(scene, { pauseConditions: null })
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(0, [
        ...firstDeployOfCanary(namespace),
        switched('shop-stable', '', '1.0'),
        switched('shop-canary', '', '1.0'),
        ...begun,
        scaled('1.1', 2, 0, 1),
        switched('shop-canary', '1.0', '1.1'),
        stepDone('1/4 completed (setWeight: 20)'),
        held,
        stepDone('2/4 completed (pause)'),
        scaled('1.0', 1, 3, 2),
        scaled('1.1', 2, 1, 2),
        scaled('1.0', 1, 2, 1),
        stepDone('3/4 completed (setWeight: 60)'),
        held,
        stepDone('4/4 completed (pause: 1)'),
        resumed,
        scaled('1.1', 2, 2, 3),
        scaled('1.0', 1, 1, 0),
        completed('1.1', 2, 'Completed all 4 canary steps'),
        switched('shop-stable', '1.0', '1.1'),
      ])
      const after = await scene.rollout()
      assert.deepEqual(chronicle.conditions(after), [available, noLongerPaused, complete, healthy, progressed('1.1')])
      assert.equal(after.status.duration?.completionStatus, 'Promoted')
    })

    it('with NGINX: weights, aborted and released again', async () => {
      const steps = [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }, { pause: { duration: 1 } }]
      const scene = await deploy('nginx', {
        ...byNginx,
        steps,
        scaleDownDelaySeconds: 2,
        abortScaleDownDelaySeconds: 1,
      })
      const { chronicle, namespace } = scene
      await chronicle.untilEvents(0, [
        ...firstDeployOfCanary(namespace),
        switched('shop-stable', '', '1.0'),
        switched('shop-canary', '', '1.0'),
        ...weightedByIngress('to 0'),
      ])

      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused', 'CanaryPauseStep')
      await command(scene, { abort: true })
      await scene.untilPhase('Degraded', 'RolloutAborted: Rollout aborted update to revision 2')
      await scene.untilSizes({ 'shop:1.0': 3 })
      const after = await scene.untilRollout('only stable pods count', ({ status }) => status.replicas === 3)
      assert.deepEqual(chronicle.conditions(after), [
        available,
        unhealthy,
        incomplete,
        isPaused,
        'Progressing False RolloutAborted: Rollout aborted update to revision 2',
      ])
      assert.deepEqual(
        [after.status.abort, after.status.currentStepIndex, after.status.duration?.completionStatus],
        [true, 0, 'Aborted'],
      )
      const release = [
        switched('shop-canary', '1.0', '1.1'),
        ...weightedByIngress('from 0 to 20'),
        stepDone('1/4 completed (setWeight: 20)'),
        held,
      ]
      await chronicle.untilEvents(10, [
        ...begun,
        scaled('1.1', 2, 0, 1),
        ...release,
        switched('shop-canary', '1.1', '1.0'),
        ...weightedByIngress('from 20 to 0'),
        aborted(2),
        scaled('1.1', 2, 1, 0),
      ])

      const told = chronicle.events().length
      await command(scene, { abort: false })
      await scene.untilPhase('Paused', 'CanaryPauseStep')
      await command(scene, { pauseConditions: null })
      await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      await chronicle.untilEvents(told, [
        scaled('1.1', 2, 0, 1),
        ...release,
        stepDone('2/4 completed (pause)'),
        scaled('1.1', 2, 1, 2),
        ...weightedByIngress('from 20 to 60'),
        stepDone('3/4 completed (setWeight: 60)'),
        held,
        stepDone('4/4 completed (pause: 1)'),
        resumed,
        scaled('1.1', 2, 2, 3),
        ...weightedByIngress('from 60 to 100'),
        completed('1.1', 2, 'Completed all 4 canary steps'),
        switched('shop-stable', '1.0', '1.1'),
        ...weightedByIngress('from 100 to 0'),
        scaled('1.0', 1, 3, 0),
      ])
      assert.deepEqual(chronicle.annotations(canaryIngress, weight), ['0', '20', '0', '20', '60', '100', '0'])
      assert.deepEqual(chronicle.selectors('shop-stable'), ['', '1.0', '1.1'])
      assert.deepEqual(chronicle.selectors('shop-canary'), ['', '1.0', '1.1', '1.0', '1.1'])
      assert.deepEqual(chronicle.sizes('1.0'), [3, 0])
    })

    it('promoted in full from a pause', async () => {
      const scene = await deploy('full', { steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 60 }] })
      const { chronicle } = scene
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      await scene.untilPhase('Paused')
      const told = chronicle.events().length
      await command(scene, { promoteFull: true })
      const { status } = await scene.untilPhase('Healthy')
      await scene.untilSizes({ 'shop:1.1': 3 })
      assert.equal(status.duration?.completionStatus, 'FastPromoted')
      assert.equal(status.currentStepIndex, 3)
      await chronicle.untilEvents(told, [
        scaled('1.0', 1, 3, 2),
        resumed,
        scaled('1.1', 2, 1, 2),
        scaled('1.0', 1, 2, 1),
        scaled('1.1', 2, 2, 3),
        scaled('1.0', 1, 1, 0),
        completed('1.1', 2, 'Full promotion requested'),
      ])
      assert.deepEqual(chronicle.conditions(await scene.rollout()), [
        available,
        noLongerPaused,
        complete,
        healthy,
        progressed('1.1'),
      ])
    })

    it('that makes no progress', async () => {
      const scene = await deploy('deadline', { maxSurge: 1, maxUnavailable: 0 }, { progressDeadlineSeconds: 3 })
      const { chronicle } = scene
      const message = 'ReplicaSet "shop-<1.1-unready>" has timed out progressing.'
      await scene.patch('Rollout', 'shop', toVersion('1.1-unready'))
      await scene.untilPhase('Degraded', /^ProgressDeadlineExceeded: /)
      assert.deepEqual(chronicle.phases().slice(-1), [`Degraded (ProgressDeadlineExceeded: ${message})`])
      assert.deepEqual(chronicle.conditions(await scene.rollout()), [
        available,
        unhealthy,
        incomplete,
        timedOut('1.1-unready'),
      ])
      assert.ok(chronicle.reasons().every((reason) => reason !== 'RolloutAborted'))
      await scene.untilSizesWanted({ 'shop:1.0': 3, 'shop:1.1-unready': 1 })

      await scene.patch('Rollout', 'shop', { spec: { progressDeadlineAbort: true } })
      await scene.untilPhase('Degraded', /^RolloutAborted: /)
      await scene.untilSizes({ 'shop:1.0': 3 })
      const text = `Rollout aborted update to revision 2: ${message}`
      assert.deepEqual(chronicle.phases().slice(-1), [`Degraded (RolloutAborted: ${text})`])
      await chronicle.untilEvents(6, [
        updated(2),
        created('1.1-unready', 2),
        started('1.1-unready', 2),
        scaled('1.1-unready', 2, 0, 1),
        `RolloutAborted: ${message}`,
        aborted(2, message),
        scaled('1.1-unready', 2, 1, 0),
      ])
    })

    it('that is paused by its spec, and refused for its spec', async () => {
      const steps = [{ setWeight: 50 }, { pause: { duration: 1 } }]
      const scene = await deploy('spec', { steps })
      const { chronicle } = scene
      await scene.patch('Rollout', 'shop', { spec: { paused: true } })
      await scene.untilPhase('Paused', 'manually paused')
      await scene.patch('Rollout', 'shop', toVersion('1.1'))
      const { status } = await scene.untilPhase('Paused', 'manually paused')
      assert.equal(status.currentStepIndex, 0)
      await scene.untilSizesWanted({ 'shop:1.0': 3 })
      await chronicle.untilEvents(6, begun)
      const told = new Set(chronicle.conditions(await scene.rollout()))
      assert.ok(told.has(waiting) && told.has(isPaused), [...told].join('\n'))

      await scene.patch('Rollout', 'shop', { spec: { paused: false } })
      await scene.untilPhase('Healthy')
      await scene.patch('Rollout', 'shop', { spec: { strategy: { canary: { steps: [{ setWeight: 101 }] } } } })
      const text =
        'The Rollout "shop" is invalid: spec.strategy.steps[0].setWeight: Invalid value: 101: SetWeight needs to be between 0 and 100'
      const refused = await scene.untilPhase('Degraded', `InvalidSpec: ${text}`)
      assert.deepEqual(chronicle.conditions(refused).slice(-1), [`InvalidSpec True InvalidSpec: ${text}`])
      await scene.patch('Rollout', 'shop', { spec: { strategy: { canary: { steps } } } })
      const mended = await scene.untilPhase('Healthy')
      assert.ok(mended.status.conditions.every(({ type }) => type !== 'InvalidSpec'))
    })
  })
}

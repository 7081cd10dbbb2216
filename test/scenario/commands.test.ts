import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, rollout, sizes, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(4)
  .withSteps(setWeight(25), pause(), setWeight(50), pause(), setWeight(75), pause())

/** A release of the second version that waits at its first pause. */
const pausedRelease = async (told: Story, builder = web): Promise<void> => {
  await told.begin(builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'))
}

describe('promote', () => {
  story('goes on to the next step', {}, async (told) => {
    await pausedRelease(told)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    expectSizes(told, 'web', { 1: 2, 2: 2 })
  })

  story('--full skips what is left', {}, async (told) => {
    await pausedRelease(told)
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
    expectSizes(told, 'web', { 2: 4 })
    expectEvents(told, 'web', ['RolloutCompleted: Rollout completed update to revision 2'])
    assert.equal(theRollout(told.sandbox, 'web').status?.promoteFull ?? false, false)
  })

  story('is not lost when it comes while the controller is down', {}, async (told) => {
    await pausedRelease(told)
    told.controller.crash()
    told.act({ promote: { rollout: 'web' } })
    await told.pass('1m')
    told.expect(rollout('web').isAtStep(1))
    await told.startController()
    await told.until(rollout('web').isAtStep(3), '1m')
  })

  story('given twice is given once, when both are the same patch', {}, async (told) => {
    await pausedRelease(told)
    const resume = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', subresource: 'status' as const }
    told.act({ patch: { ...resume, patch: { status: { pauseConditions: null } } } })
    told.act({ patch: { ...resume, patch: { status: { pauseConditions: null } } } })
    await told.until(rollout('web').isAtStep(3), '1m')
    await told.pass('10m')
    told.expect(rollout('web').isAtStep(3))
  })
})

describe('abort', () => {
  story('returns to the stable version and stays there', {}, async (told) => {
    await pausedRelease(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded('RolloutAborted: Rollout aborted update to revision 2'), '1m')
    await told.until(sizes('web', { 1: 4 }), '1m')
    await told.pass('1h')
    told.expect(rollout('web').isDegraded())
    expectEvents(told, 'web', ['RolloutAborted: Rollout aborted update to revision 2'])
    assert.notEqual(theRollout(told.sandbox, 'web').status?.abortedAt, undefined)
  })

  story('can be followed by a retry, which begins at the first step', {}, async (told) => {
    await pausedRelease(told)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(sizes('web', { 1: 4 }), '1m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.expect(rollout('web').isAtStep(1))
    expectSizes(told, 'web', { 1: 3, 2: 1 })
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
  })

  story('is over when another version is asked for', {}, async (told) => {
    await pausedRelease(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    expectSizes(told, 'web', { 1: 3, 3: 1 })
  })

  story('works while the Rollout is paused by hand', {}, async (told) => {
    await pausedRelease(told)
    told.act({ pause: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('manually paused'), '1m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/^RolloutAborted/), '1m')
  })
})

describe('pause', () => {
  story('holds a release where it is until promoted', {}, async (told) => {
    const short = web.withSteps(setWeight(25), pause('30s'), setWeight(50), pause('30s'))
    await pausedRelease(told, short)
    told.act({ pause: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('manually paused'), '1m')
    await told.pass('1h')
    expectSizes(told, 'web', { 1: 3, 2: 1 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    expectSizes(told, 'web', { 2: 4 })
  })
})

describe('going back to the stable version in the middle of a release', () => {
  story('skips all steps', {}, async (told) => {
    await pausedRelease(told)
    told.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await told.until(rollout('web').isHealthy(), '1m')
    expectSizes(told, 'web', { 3: 4 })
    expectEvents(told, 'web', ['SkipSteps: Rollback to stable ReplicaSets'])
    assert.equal(told.sandbox.cluster.list('ReplicaSet', 'default').length, 2)
  })
})

describe('a newer version in the middle of a release', () => {
  story('begins at the first step and takes the place of the one before', {}, async (told) => {
    await pausedRelease(told)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.expect(rollout('web').isAtStep(1))
    await told.until(sizes('web', { 1: 3, 3: 1 }), '1m')
  })
})

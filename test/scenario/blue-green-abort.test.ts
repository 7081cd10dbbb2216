import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import type { RolloutBuilder } from '../builders/rollout-builder.ts'
import { ask, deploy, manual, patchSpec, pods, previews, serves, web } from './blue-green-story.ts'
import { expectEvents, expectTraffic, rollout, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

/** The second version waits for a person. */
const paused = async (told: Story, builder: RolloutBuilder = manual): Promise<void> => {
  await deploy(told, builder)
  ask(told, 2)
  await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
}

const slow = anAnalysisTemplate('check', aMetric('check', { interval: '10m' }))
const watched = web.withBlueGreen({ postPromotionAnalysis: { templates: [{ templateName: 'check' }] } })
const metrics = [{ metric: 'check', cases: [{ values: [1] }] }]

/** The second version serves, and is still being measured. */
const switched = async (told: Story, builder: RolloutBuilder = watched): Promise<void> => {
  await deploy(told, builder, slow)
  ask(told, 2)
  await told.until(serves(2), '1m')
  await told.pass('1m')
}

const aborted = rollout('web').isDegraded('RolloutAborted: Rollout aborted update to revision 2')

describe('an abort before the switch', () => {
  story('leaves users where they are, and scales the preview down after the delay', {}, async (told) => {
    await paused(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    told.expect(serves(1))
    told.expect(previews(2))
    await told.pass('25s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 1: 3 }), '10s')
    await told.pass('1h')
    told.expect(aborted)
    assert.equal(theRollout(told.sandbox, 'web').status?.duration?.completionStatus, 'Aborted')
    expectEvents(told, 'web', [
      'RolloutAborted: Rollout aborted update to revision 2',
      'ScalingReplicaSet: Scaled down',
    ])
  })

  story('keeps the preview for good where that is asked for', {}, async (told) => {
    await paused(told, manual.withBlueGreen({ abortScaleDownDelaySeconds: 0 }))
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    await told.pass('1h')
    told.expect(pods({ 1: 3, 2: 3 }))
  })

  story('waits as long as it is told to, however long', {}, async (told) => {
    await paused(told, manual.withBlueGreen({ abortScaleDownDelaySeconds: 7200 }))
    told.act({ abort: { rollout: 'web' } })
    await told.pass('119m')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 1: 3 }), '2m')
  })

  story('works while the Rollout is paused by hand', {}, async (told) => {
    await paused(told)
    told.act({ pause: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('manually paused'), '1s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/^RolloutAborted/), '1s')
    await told.until(pods({ 1: 3 }), '1m')
  })

  story('can be followed by a retry, with the preview’s size and a pause again', {}, async (told) => {
    await paused(told, manual.withBlueGreen({ previewReplicaCount: 1 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(pods({ 1: 3, 2: 3 }), '1s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    await told.pass('10s')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(serves(1))
    told.expect(pods({ 1: 3, 2: 1 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
  })

  story('is over when it is promoted in full all the same', {}, async (told) => {
    await paused(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(pods({ 1: 3 }), '1m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(serves(2))
  })

  story(
    'wins over an earlier full promotion that waits for pods',
    {
      pods: [{ image: 'web:2', behavior: { readyAfterMs: 60_000 } }],
    },
    async (told) => {
      await deploy(told, manual)
      ask(told, 2)
      await told.until(previews(2), '5s')
      told.act({ promote: { rollout: 'web', full: true } })
      await told.pass('10s')
      told.act({ abort: { rollout: 'web' } })
      await told.until(aborted, '1s')
      await told.pass('5m')
      told.expect(serves(1))
    },
  )

  story('leaves no way around the pause, however soon the version is asked for again', {}, async (told) => {
    await paused(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '5s')
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '5s')
    told.expect(serves(1))
    await told.pass('1h')
    told.expect(serves(1))
  })

  story('leaves the version before at hand for a rollback', {}, async (told) => {
    await paused(told)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    ask(told, 3)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '10s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1s')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '1s')
    told.expect(serves(1))
    assert.equal(theRollout(told.sandbox, 'web').status?.duration?.completionStatus, 'FastRolledBack')
  })

  story('is over when another version is asked for', {}, async (told) => {
    await paused(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    ask(told, 3)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(previews(3))
    await told.until(pods({ 1: 3, 3: 3 }), '1m')
  })
})

describe('an abort after the switch', () => {
  story('leaves no way around the analysis, however soon the version is asked for again', { metrics }, async (told) => {
    await switched(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '5s')
    ask(told, 2)
    await told.until(rollout('web').isProgressing('waiting for analysis to complete'), '5s')
    await told.pass('5m')
    told.expect(rollout('web').isStableAt(3))
    told.expect(pods({ 1: 3, 2: 3 }))
  })

  story('brings users back at once, and the delay begins then', { metrics }, async (told) => {
    await switched(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
    expectTraffic(told, 'web', { 1: 100 })
    await told.until(aborted, '1s')
    await told.pass('25s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 1: 3 }), '10s')
  })

  story('brings users back while the Rollout is paused by hand', { metrics }, async (told) => {
    await switched(told)
    told.act({ pause: { rollout: 'web' } })
    await told.pass('1s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
  })

  const crash = { image: 'web:2', fromMs: 30_000, behavior: { neverReady: true, unreadyAfterMs: 1 } }

  story('brings users back although the new version has lost its pods', { metrics, pods: [crash] }, async (told) => {
    await switched(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
    expectTraffic(told, 'web', { 1: 100 })
    await told.until(pods({ 1: 3 }), '1m')
  })

  story('finds the old version whole, also after spec.replicas has changed', { metrics }, async (told) => {
    await switched(told)
    told.act({ scale: { rollout: 'web', replicas: 5 } })
    await told.until(pods({ 1: 5, 2: 5 }), '5s')
    await told.pass('10s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
    await told.until(pods({ 1: 5 }), '1m')
  })

  story('can be followed by a newer version', { metrics }, async (told) => {
    await switched(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(aborted, '1s')
    patchSpec(told, { strategy: { blueGreen: { postPromotionAnalysis: null } } })
    ask(told, 3)
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(serves(3))
    await told.until(pods({ 3: 3 }), '1m')
  })

  story('after an interruption brings back the version that was stable', { metrics }, async (told) => {
    await switched(told)
    ask(told, 3)
    await told.pass('500ms')
    told.expect(serves(2))
    told.act({ abort: { rollout: 'web' } })
    await told.until(serves(1), '1s')
    await told.until(pods({ 1: 3 }), '1m')
  })
})

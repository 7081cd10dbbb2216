import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { scaleDownDeadlineAnnotation } from '../../src/api/labels.ts'
import { ask, deploy, manual, patchSpec, pods, previews, replicaSetOf, serves, web } from './blue-green-story.ts'
import { eventsOf, expectEvents, rollout, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const deadlineOf = (told: Story, version: number): string | undefined =>
  replicaSetOf(told, version).metadata.annotations?.[scaleDownDeadlineAnnotation]

const durationOf = (told: Story) => theRollout(told.sandbox, 'web').status?.duration

describe('going back to the version before', () => {
  story('is immediate while that has not been scaled down', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('10s')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '1s')
    told.expect(serves(1))
    told.expect(pods({ 1: 3, 2: 3 }))
    assert.equal(deadlineOf(told, 1), undefined)
    assert.equal(durationOf(told)?.completionStatus, 'FastRolledBack')
    expectEvents(told, 'web', ['RolloutCompleted: Rollout completed update to revision 3'])
    await told.until(pods({ 1: 3 }), '1m')
  })

  story('needs a preview again once it has been scaled down', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(pods({ 2: 3 }), '1m')
    ask(told, 1)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(serves(2))
  })

  story('keeps the full size of the old version, however small previews are', {}, async (told) => {
    await deploy(told, web.withBlueGreen({ previewReplicaCount: 1 }))
    ask(told, 2)
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('10s')
    ask(told, 1)
    await told.until(serves(1), '1s')
    told.expect(pods({ 1: 3, 2: 3 }))
  })

  story('in the middle of a release ends it', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '1s')
    told.expect(previews(1))
    await told.until(pods({ 1: 3 }), '1m')
  })

  story('and on again skips no pause of a version that never served', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '1s')
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1s')
    await told.pass('10m')
    told.expect(serves(1))
  })

  story('and on again is immediate where both have served', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    for (const version of [1, 2, 1]) {
      ask(told, version)
      await told.until(rollout('web').isHealthy(), '1s')
      told.expect(serves(version))
    }
  })

  story('skips the pause inside the rollback window', {}, async (told) => {
    const windowed = manual.withBlueGreen({ scaleDownDelaySeconds: 0 })
    await deploy(told, windowed.withSpec({ rollbackWindow: { revisions: 2 } }))
    for (const version of [2, 3]) {
      ask(told, version)
      await told.until(rollout('web').isPaused(), '1m')
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isHealthy(), '1m')
    }
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '30s')
    told.expect(serves(1))
    expectEvents(told, 'web', ['RolloutCompleted: Rollout completed update to revision 4'])
    assert.ok(eventsOf(told, 'Rollout default/web').some((text) => text.endsWith(': Rollback within window')))
  })
})

describe('a newer version in the middle of a release', () => {
  story('takes the place of the one before, which is scaled down after the delay', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    ask(told, 3)
    await told.until(previews(3), '1s')
    await told.until(rollout('web').isPaused(), '1m')
    told.expect(pods({ 1: 3, 2: 3, 3: 3 }))
    await told.until(pods({ 1: 3, 3: 3 }), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(serves(3))
    await told.until(pods({ 3: 3 }), '1m')
  })
})

describe('old versions that wait to be scaled down', () => {
  const kept = web.withBlueGreen({ scaleDownDelaySeconds: 86_400 })

  story('are kept for the delay, as many as the limit says', {}, async (told) => {
    await deploy(told, kept.withBlueGreen({ scaleDownDelayRevisionLimit: 2 }))
    for (const version of [2, 3, 4]) {
      ask(told, version)
      await told.until(rollout('web').isHealthy(), '1m')
    }
    await told.until(pods({ 2: 3, 3: 3, 4: 3 }), '5s')
    patchSpec(told, { strategy: { blueGreen: { scaleDownDelayRevisionLimit: 1 } } })
    await told.until(pods({ 3: 3, 4: 3 }), '5s')
    await told.until(pods({ 4: 3 }), '25h')
  })

  story('follow spec.replicas, so that a rollback to them is a whole one', {}, async (told) => {
    await deploy(told, kept)
    ask(told, 2)
    await told.until(rollout('web').isHealthy(), '1m')
    told.act({ scale: { rollout: 'web', replicas: 5 } })
    await told.until(pods({ 1: 5, 2: 5 }), '5s')
  })

  story('go at once where there is no delay, but not before the switch is read back', {}, async (told) => {
    await deploy(told, web.withBlueGreen({ scaleDownDelaySeconds: 0 }))
    ask(told, 2)
    await told.until(pods({ 2: 3 }), '30s')
    told.expect(serves(2))
  })
})

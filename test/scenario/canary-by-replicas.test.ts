import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aService } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, expectTraffic, rollout, sizes, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause('60s'), setWeight(60), pause())

/** A Rollout whose first version runs, and whose second was just asked for. */
const release = async (told: Story, builder = web): Promise<void> => {
  await told.begin(aService('web'), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

describe('a canary without a traffic router', () => {
  story('splits pods by weight, waits at its pauses and ends healthy', {}, async (told) => {
    await release(told)
    await told.until(rollout('web').isPaused('CanaryPauseStep'))
    told.expect(rollout('web').isAtStep(1))
    expectSizes(told, 'web', { 1: 4, 2: 1 })
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    await told.pass('50s')
    told.expect(rollout('web').isAtStep(1))
    await told.until(rollout('web').isAtStep(3), '30s')
    await told.until(sizes('web', { 1: 2, 2: 3 }), '30s')
    await told.pass('1h')
    told.expect(rollout('web').isPaused('CanaryPauseStep'))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 2: 5 })
    expectTraffic(told, 'web', { 2: 100 })
    expectEvents(told, 'web', [
      'RolloutUpdated: Rollout updated to revision 2',
      'NewReplicaSetCreated',
      'RolloutStepCompleted: Rollout step 1/4 completed (setWeight: 20)',
      'RolloutPaused',
      'RolloutStepCompleted: Rollout step 2/4 completed (pause: 60s)',
      'RolloutResumed',
      'RolloutStepCompleted: Rollout step 3/4 completed (setWeight: 60)',
      'RolloutPaused',
      'RolloutStepCompleted: Rollout step 4/4 completed (pause)',
      'RolloutCompleted: Rollout completed update to revision 2',
    ])
  })

  story('never has more or fewer pods than surge and unavailability allow', {}, async (told) => {
    const bounded = web
      .withReplicas(8)
      .withSteps(setWeight(50))
      .withCanary({ maxSurge: 1, maxUnavailable: 0, steps: [setWeight(50)] })
    await release(told, bounded)
    let [most, fewest] = [0, 8]
    await told.until({
      describe: 'revision 2 is complete',
      holds: (sandbox) => {
        const pods = sandbox.cluster.list('Pod', 'default')
        const ready = pods.filter(({ status }) =>
          status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True'),
        )
        const asked = sandbox.cluster.list('ReplicaSet', 'default').map(({ spec }) => spec.replicas ?? 1)
        most = Math.max(
          most,
          asked.reduce((sum, size) => sum + size, 0),
        )
        fewest = Math.min(fewest, ready.length)
        return rollout('web').isHealthy().holds(sandbox)
      },
    })
    assert.deepEqual([most, fewest], [9, 8])
  })

  story('switches the Services of the strategy to the versions they stand for', {}, async (told) => {
    const served = web.withCanary({
      steps: [setWeight(20), pause()],
      stableService: 'web-stable',
      canaryService: 'web-canary',
    })
    told.apply(aService('web-stable', 'web'), aService('web-canary', 'web'))
    await release(told, served)
    await told.until(rollout('web').isPaused())
    const { status } = theRollout(told.sandbox, 'web')
    const selected = (name: string) =>
      told.sandbox.cluster.get('Service', { namespace: 'default', name })?.spec.selector?.['rollouts-pod-template-hash']
    assert.equal(selected('web-stable'), status?.stableRS)
    assert.equal(selected('web-canary'), status?.currentPodHash)
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    assert.equal(selected('web-stable'), theRollout(told.sandbox, 'web').status?.currentPodHash)
  })

  story('follows a new number of replicas in the middle of a release', {}, async (told) => {
    await release(told)
    await told.until(rollout('web').isPaused())
    told.act({ scale: { rollout: 'web', replicas: 10 } })
    await told.until(sizes('web', { 1: 8, 2: 2 }), '1m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    expectSizes(told, 'web', { 2: 10 })
  })

  story('keeps as many old ReplicaSets as the history limit says', {}, async (told) => {
    const short = web.withSteps(setWeight(50)).withSpec({ revisionHistoryLimit: 2 })
    await release(told, short)
    for (const version of [3, 4, 5, 6]) {
      await told.until(rollout('web').isHealthy(), '3m')
      told.act({ setImage: { rollout: 'web', image: `web:${version}` } })
    }
    await told.until(rollout('web').isHealthy(), '3m')
    await told.pass('1m')
    assert.equal(told.sandbox.cluster.list('ReplicaSet', 'default').length, 3)
  })
})

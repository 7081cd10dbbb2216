import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, expectTraffic, rollout, sizes, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause(), setWeight(50), pause('10s'))
const routed = web.routedByHttpRoute('web')
const objects = [...servicePair('web'), anHttpRoute('web')]

/** The second version waits at its first pause. */
const waiting = async (told: Story, builder = routed): Promise<void> => {
  await told.begin(...objects, builder.build())
  await told.until(rollout('web').isStableAt(1), '10m')
  await told.until(rollout('web').isHealthy(), '10m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
}

const writesOf = (told: Story): { count: number } => {
  const seen = { count: 0 }
  told.sandbox.server.intercept({
    after: ({ user, verb, resource }) => {
      const isRead = verb === 'get' || verb === 'list' || verb === 'watch'
      if (user === controllerUser && !isRead && resource !== 'leases.coordination.k8s.io') seen.count += 1
    },
  })
  return seen
}

describe('a stable version that has lost its pods', () => {
  const broken = [{ image: 'web:1', behavior: { unreadyAfterMs: 120_000 } }]

  story('does not keep the version that mends it from its release', { pods: broken }, async (told) => {
    await told.begin(...objects, routed.build())
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('5m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isStableAt(2), '10m')
    await told.until(rollout('web').isHealthy(), '5m')
    expectTraffic(told, 'web', { 2: 100 })
  })

  story('is replaced at once by a full promotion', { pods: broken }, async (told) => {
    await told.begin(...objects, routed.build())
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('5m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('5s')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
    expectTraffic(told, 'web', { 2: 100 })
  })
})

describe('minPodsPerReplicaSet above the number of replicas', () => {
  story('causes no writes without end', {}, async (told) => {
    const small = routed.withReplicas(1).withCanary({ minPodsPerReplicaSet: 3 })
    await waiting(told, small)
    await told.pass('1m')
    const writes = writesOf(told)
    await told.pass('6h')
    assert.equal(writes.count, 0)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '10m')
  })
})

describe('an abort after a full promotion', () => {
  const slow = [{ image: 'web:2', behavior: { readyAfterMs: 300_000 } }]

  story('wins while that waits for pods', { pods: slow }, async (told) => {
    await told.begin(...objects, routed.build())
    await told.until(rollout('web').isHealthy(), '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.pass('5s')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.pass('5s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/^RolloutAborted/), '5s')
    await told.pass('10m')
    told.expect(rollout('web').isDegraded(/^RolloutAborted/))
    expectTraffic(told, 'web', { 1: 100 })
    expectSizes(told, 'web', { 1: 4 })
  })
})

describe('a full promotion of a Rollout that is paused by hand', () => {
  story('waits until the pause is over, and is not forgotten', {}, async (told) => {
    await waiting(told)
    told.act({ pause: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('manually paused'), '5s')
    // Somebody's own script: `promote --full` would end the pause too.
    const name = 'web'
    const ofStatus = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name, subresource: 'status' as const }
    told.act({ patch: { ...ofStatus, patch: { status: { promoteFull: true } } } })
    await told.pass('10m')
    told.expect(rollout('web').isPaused('manually paused'))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(rollout('web').isStableAt(2))
  })
})

describe('a resume in the moment in which an autoscaler scales', () => {
  /** The controller sees both at once. */
  const both = async (told: Story): Promise<void> => {
    told.controller.crash()
    const name = 'web'
    const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name } as const
    told.act({ patch: { ...object, patch: { spec: { replicas: 8 } } } })
    told.act({ patch: { ...object, subresource: 'status', patch: { status: { pauseConditions: null } } } })
    await told.startController()
  }

  story('of a canary is not lost', {}, async (told) => {
    await waiting(told)
    await both(told)
    await told.until(rollout('web').isAtStep(3), '1m')
    expectSizes(told, 'web', { 1: 8, 2: 4 })
  })

  story('of blue/green is not lost', {}, async (told) => {
    const blueGreen = { activeService: 'web-stable', previewService: 'web-canary', autoPromotionEnabled: false }
    await told.begin(...servicePair('web'), aRollout('web').withReplicas(4).withBlueGreen(blueGreen).build())
    await told.until(rollout('web').isHealthy(), '1m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('BlueGreenPause'), '2m')
    await both(told)
    await told.until(rollout('web').isStableAt(2), '1m')
    await told.until(sizes('web', { 2: 8 }), '5m')
  })
})

describe('a ReplicaSet whose labels somebody changed', () => {
  story('stays with its Rollout, as its owner reference says', {}, async (told) => {
    await waiting(told)
    const name = `web-${theRollout(told.sandbox, 'web').status?.stableRS}`
    const patch = { metadata: { labels: { app: null } } }
    told.act({ patch: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, patch } })
    await told.pass('10m')
    told.expect(rollout('web').isPaused('CanaryPauseStep'))
    expectTraffic(told, 'web', { 1: 75, 2: 25 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(sizes('web', { 2: 4 }), '5m')
  })
})

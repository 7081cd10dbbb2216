import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aRouter,
  aSnapshot,
  at,
  conditionIn,
  effectsOf,
  eventsOf,
  hashOf,
  healthyStatus,
  managedService,
  noon,
  type ReplicaSetParts,
  releasingStatus,
  sizesOf,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), pause(), setWeight(60))
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')
const [stableName, nextName] = [`web-${hashOf(one)}`, `web-${hashOf(two)}`]

const paused: Partial<RolloutStatus> = {
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(-30) }],
}

const pass = (
  status: Partial<RolloutStatus>,
  next: Partial<ReplicaSetParts> = { pods: 1 },
  stable: Partial<ReplicaSetParts> = { pods: 4 },
  builder: RolloutBuilder = two,
) =>
  decide(
    aSnapshot({
      rollout: storedRollout(builder, releasingStatus(one, builder, status)),
      replicaSets: [aReplicaSet(one, { revision: 1, ...stable }), aReplicaSet(two, { revision: 2, ...next })],
    }),
  )

describe('an abort', () => {
  const plan = pass({ ...paused, abort: true })

  it('goes back to the stable version in the first pass', () => {
    assert.deepEqual(sizesOf(plan), { [nextName]: 0, [stableName]: 5 })
    assert.equal(plan.status.currentStepIndex, 0)
  })

  it('ends the pause, and says so', () => {
    assert.equal(plan.status.abort, true)
    assert.equal(plan.status.abortedAt, at(0))
    assert.equal(plan.status.pauseConditions, undefined)
    assert.equal(plan.status.phase, 'Degraded')
    assert.equal(plan.status.message, 'RolloutAborted: Rollout aborted update to revision 2')
    assert.ok(eventsOf(plan).includes('RolloutAborted: Rollout aborted update to revision 2'))
    assert.ok(!eventsOf(plan).some((event) => event.startsWith('RolloutResumed')))
  })

  it('is told once: an aborted release decides nothing more', () => {
    const rollout = storedRollout(two, structuredClone(plan.status) as RolloutStatus)
    const replicaSets = [
      aReplicaSet(one, { revision: 1, pods: 5, created: 4, available: 4 }),
      aReplicaSet(two, { revision: 2, pods: 0, created: 1, available: 1 }),
    ]
    const again = decide(aSnapshot({ rollout, replicaSets }))
    assert.deepEqual(effectsOf(again), [])
    assert.deepEqual(eventsOf(again), [])
  })

  it('goes back also when the Rollout is paused by hand', () => {
    const held = pass({ abort: true }, { pods: 1 }, { pods: 4 }, two.withSpec({ paused: true }))
    assert.deepEqual(sizesOf(held), { [nextName]: 0, [stableName]: 5 })
    assert.equal(held.status.phase, 'Degraded')
  })

  it('of a version that is stable already is taken back', () => {
    const rollout = storedRollout(one, healthyStatus(one, { abort: true }))
    const settled = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(one, { revision: 2, pods: 5 })] }))
    assert.equal(settled.status.abort, undefined)
    assert.equal(settled.status.phase, 'Healthy')
  })

  it('after a wish to promote in full is the last word', () => {
    const both = pass({ ...paused, promoteFull: true, abort: true })
    assert.equal(both.status.abort, true)
    assert.equal(both.status.promoteFull, undefined)
    assert.equal(both.status.phase, 'Degraded')
  })
})

describe('a retry', () => {
  const aborted: Partial<RolloutStatus> = {
    abortedAt: at(-60),
    conditions: [
      {
        type: 'Progressing',
        status: 'False',
        reason: 'RolloutAborted',
        message: 'Rollout aborted update to revision 2',
        lastUpdateTime: at(-60),
        lastTransitionTime: at(-60),
      },
    ],
  }

  it('begins anew at the first step', () => {
    const plan = pass(aborted, { pods: 0 }, { pods: 5 })
    assert.equal(plan.status.abortedAt, undefined)
    assert.equal(plan.status.currentStepIndex, 0)
    assert.deepEqual(sizesOf(plan), { [nextName]: 1, [stableName]: 4 })
    assert.deepEqual(plan.status.duration, { rolloutStartedAt: at(0) })
  })
})

describe('a promotion in full', () => {
  const wish = { ...paused, promoteFull: true }

  it('skips the pause and gives the new version all pods', () => {
    const plan = pass(wish)
    assert.equal(plan.status.currentStepIndex, 3)
    assert.equal(plan.status.pauseConditions, undefined)
    assert.deepEqual(sizesOf(plan), { [nextName]: 4, [stableName]: 3 })
    assert.equal(plan.status.promoteFull, true)
  })

  it('is complete when all of them are available', () => {
    const plan = pass({ ...wish, duration: { rolloutStartedAt: at(-60) } }, { pods: 5 }, { pods: 1 })
    assert.equal(plan.status.stableRS, hashOf(two))
    assert.equal(plan.status.promoteFull, undefined)
    assert.equal(plan.status.duration?.completionStatus, 'FastPromoted')
    assert.ok(eventsOf(plan).some((event) => event.endsWith('Full promotion requested')))
  })

  it('after an abort is the last word', () => {
    const plan = pass({ abort: true, abortedAt: at(-60), promoteFull: true })
    assert.equal(plan.status.abort, undefined)
    assert.equal(plan.status.currentStepIndex, 3)
  })
})

describe('a return to the stable version by the spec', () => {
  const rollout = storedRollout(one, releasingStatus(one, two, { ...paused, observedGeneration: '1' }))
  const replicaSets = [aReplicaSet(one, { revision: 1, pods: 4 }), aReplicaSet(two, { revision: 2, pods: 1 })]
  const plan = decide(aSnapshot({ rollout, replicaSets }))

  it('skips the steps and needs no new pods', () => {
    assert.equal(plan.status.currentStepIndex, 3)
    assert.equal(plan.status.currentPodHash, hashOf(one))
    assert.deepEqual(sizesOf(plan), { [nextName]: 0, [stableName]: 5 })
    assert.ok(eventsOf(plan).includes('SkipSteps: Rollback to stable ReplicaSets'))
  })

  it('gives the old revision a new number and remembers the earlier one', () => {
    const update = plan.effects.find(({ key }) => key === `replicaset/${stableName}`)
    const { metadata } = (update?.type === 'updateReplicaSet' ? update.patch : {}) as { metadata?: object }
    assert.deepEqual(metadata, {
      annotations: { 'rollout.argoproj.io/revision': '3', 'rollout.argoproj.io/revision-history': '1' },
    })
    assert.ok(eventsOf(plan).includes('RolloutUpdated: Rollout updated to revision 3'))
  })

  it('is a fast rollback in the time that is measured', () => {
    const started = storedRollout(one, releasingStatus(one, two, { duration: { rolloutStartedAt: at(-60) } }))
    const { duration } = decide(aSnapshot({ rollout: started, replicaSets })).status
    assert.equal(duration?.completionStatus, 'FastRolledBack')
    assert.equal(duration.rolloutStartedAt, at(-60))
  })
})

describe('a return within the rollback window', () => {
  const windowed = one.withSpec({ rollbackWindow: { revisions: 1 } })
  const rollout = storedRollout(windowed, healthyStatus(two, { observedGeneration: '1' }))
  const pass1 = (pods: number) =>
    decide(
      aSnapshot({
        rollout,
        replicaSets: [aReplicaSet(one, { revision: 1, pods }), aReplicaSet(two, { revision: 2, pods: 5 })],
      }),
    )

  it('skips the steps while the earlier version still has pods', () => {
    const plan = pass1(5)
    assert.ok(eventsOf(plan).includes('SkipSteps: Rollback to active ReplicaSets within RollbackWindow'))
    assert.equal(plan.status.stableRS, hashOf(one))
    assert.ok(eventsOf(plan).some((event) => event.endsWith('Rollback within window')))
  })

  it('gives it pods before it becomes the stable one', () => {
    const plan = pass1(0)
    assert.equal(plan.status.stableRS, hashOf(two))
    assert.equal(plan.status.currentStepIndex, 3)
    assert.ok((sizesOf(plan)[stableName] ?? 0) > 0)
  })
})

describe('the canary after an abort, with a router', () => {
  const routedOne = one.routedByHttpRoute('web')
  const routedTwo = two.routedByHttpRoute('web')
  const weights = (canary: number) => ({
    canary: { weight: canary, podTemplateHash: hashOf(two), serviceName: 'web-canary' },
    stable: { weight: 100 - canary, podTemplateHash: hashOf(one), serviceName: 'web-stable' },
  })
  const services = [managedService('web-stable', hashOf(one)), managedService('web-canary', hashOf(one))]
  const aborted = (
    inForce: number,
    next: Partial<ReplicaSetParts>,
    builder = routedTwo,
    stable: Partial<ReplicaSetParts> = { pods: 5 },
  ) =>
    decide(
      aSnapshot({
        rollout: storedRollout(
          builder,
          releasingStatus(routedOne, builder, {
            abort: true,
            abortedAt: at(-1),
            canary: { weights: weights(inForce) },
          }),
        ),
        replicaSets: [aReplicaSet(one, { revision: 1, ...stable }), aReplicaSet(two, { revision: 2, ...next })],
        services,
        routers: [aRouter(inForce)],
      }),
    )

  it('loses its traffic first, and keeps its pods until that is read back', () => {
    const plan = aborted(60, { pods: 3 })
    assert.deepEqual(effectsOf(plan), ['routeTraffic traffic'])
    assert.equal(plan.status.canary?.weights?.canary.weight, 0)
    assert.deepEqual(sizesOf(plan), {})
  })

  it('then keeps them for its delay', () => {
    const plan = aborted(0, { pods: 3 })
    assert.deepEqual(effectsOf(plan), [`updateReplicaSet replicaset/${nextName}`])
    const [update] = plan.effects
    assert.deepEqual(update?.type === 'updateReplicaSet' && update.patch, {
      metadata: { annotations: { 'scale-down-deadline': at(30) } },
    })
    assert.equal(plan.wakeAt, noon + 30_000)
  })

  it('loses them when the delay is over', () => {
    assert.deepEqual(sizesOf(aborted(0, { pods: 3, annotations: { 'scale-down-deadline': at(0) } })), { [nextName]: 0 })
  })

  it('keeps them for as long as it is told, however long that is', () => {
    const patient = routedTwo.withCanary({ abortScaleDownDelaySeconds: 7200 })
    const plan = aborted(0, { pods: 3, annotations: { 'scale-down-deadline': at(7000) } }, patient)
    assert.deepEqual(sizesOf(plan), {})
    assert.equal(plan.wakeAt, noon + 7_000_000)
  })

  it('keeps them for good with a delay of 0', () => {
    const forGood = routedTwo.withCanary({ abortScaleDownDelaySeconds: 0 })
    const plan = aborted(0, { pods: 3 }, forGood)
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.wakeAt, undefined)
  })

  it('keeps them until stable has all of its own', () => {
    const plan = aborted(0, { pods: 3 }, routedTwo, { pods: 5, available: 4 })
    assert.deepEqual(effectsOf(plan), [])
  })
})

describe('a pause that a person ended', () => {
  it('is a resume in the conditions', () => {
    const condition = (type: string, status: string) => ({
      type,
      status,
      reason: 'RolloutPaused',
      message: 'Rollout is paused',
      lastUpdateTime: at(-30),
      lastTransitionTime: at(-30),
    })
    const conditions = [condition('Progressing', 'Unknown'), condition('Paused', 'True')]
    const stuckPods = { pods: 1, available: 0 }
    const plan = pass({ currentStepIndex: 2, replicas: 5, updatedReplicas: 1, conditions }, stuckPods)
    assert.equal(conditionIn(plan.status, 'Paused'), 'False RolloutPaused')
    assert.notEqual(conditionIn(plan.status, 'Progressing'), 'Unknown RolloutPaused')
  })
})

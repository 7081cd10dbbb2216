import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  conditionIn,
  effectsOf,
  eventsOf,
  hashOf,
  healthyStatus,
  noon,
  type ReplicaSetParts,
  releasingStatus,
  sizesOf,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), pause(), setWeight(60), pause('10m'))
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')
const [stableName, nextName] = [`web-${hashOf(one)}`, `web-${hashOf(two)}`]

/** A pass over the release from one to two. */
const pass = (
  status: Partial<RolloutStatus>,
  sizes: { readonly stable: Partial<ReplicaSetParts>; readonly next: Partial<ReplicaSetParts> },
  builder: RolloutBuilder = two,
) =>
  decide(
    aSnapshot({
      rollout: storedRollout(builder, releasingStatus(one, builder, status)),
      replicaSets: [
        aReplicaSet(one, { revision: 1, ...sizes.stable }),
        aReplicaSet(two, { revision: 2, ...sizes.next }),
      ],
    }),
  )

const updatedCondition = {
  type: 'Progressing',
  status: 'True',
  reason: 'ReplicaSetUpdated',
  message: '',
  lastUpdateTime: at(-900),
  lastTransitionTime: at(-900),
}

const at20 = { stable: { pods: 4 }, next: { pods: 1 } }

describe('a new version', () => {
  const rollout = storedRollout(
    two.withAnnotations({ 'rollout.argoproj.io/revision': '1' }),
    healthyStatus(one, { observedGeneration: '1' }),
  )
  const plan = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(one, { revision: 1, pods: 5 })] }))

  it('starts at the first step with the pods of its weight, in one pass', () => {
    assert.equal(plan.status.currentStepIndex, 0)
    assert.equal(plan.status.currentPodHash, hashOf(two))
    assert.equal(plan.status.stableRS, hashOf(one))
    assert.deepEqual(sizesOf(plan), { [nextName]: 1, [stableName]: 4 })
  })

  it('is announced as an update of the next revision', () => {
    assert.deepEqual(eventsOf(plan), [
      'RolloutUpdated: Rollout updated to revision 2',
      `NewReplicaSetCreated: Created ReplicaSet ${nextName} (revision 2)`,
      `RolloutNotCompleted: Rollout not completed, started update to revision 2 (${hashOf(two)})`,
      `ScalingReplicaSet: Scaled down ReplicaSet ${stableName} (revision 1) from 5 to 4`,
      `ScalingReplicaSet: Scaled up ReplicaSet ${nextName} (revision 2) from 0 to 1`,
    ])
  })

  it('begins a new measurement of time', () => {
    assert.deepEqual(plan.status.duration, { rolloutStartedAt: at(0) })
  })
})

describe('a setWeight step', () => {
  it('waits for the pods of its weight', () => {
    const plan = pass({}, { stable: { pods: 4 }, next: { pods: 1, available: 0 } })
    assert.equal(plan.status.currentStepIndex, 0)
    assert.equal(plan.status.phase, 'Progressing')
  })

  it('ends when they are there, and the pause after it begins in the same pass', () => {
    const plan = pass({}, at20)
    assert.equal(plan.status.currentStepIndex, 1)
    assert.deepEqual(plan.status.pauseConditions, [{ reason: 'CanaryPauseStep', startTime: at(0) }])
    assert.equal(plan.status.controllerPause, true)
    assert.equal(plan.status.phase, 'Paused')
    assert.equal(plan.status.message, 'CanaryPauseStep')
    assert.equal(conditionIn(plan.status, 'Progressing'), 'Unknown RolloutPaused')
    assert.equal(conditionIn(plan.status, 'Paused'), 'True RolloutPaused')
    assert.deepEqual(eventsOf(plan), [
      'RolloutStepCompleted: Rollout step 1/4 completed (setWeight: 20)',
      'RolloutPaused: Rollout is paused (CanaryPauseStep)',
    ])
  })
})

const paused: Partial<RolloutStatus> = {
  currentStepIndex: 1,
  controllerPause: true,
  pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(-30) }],
  replicas: 5,
  updatedReplicas: 1,
}

describe('a pause step', () => {
  it('without a duration waits for a person, and is looked at by nobody meanwhile', () => {
    const plan = pass(paused, at20)
    assert.equal(plan.status.currentStepIndex, 1)
    assert.equal(plan.wakeAt, undefined)
  })

  it('ends when a person clears the pause conditions, and the next step begins at once', () => {
    const { pauseConditions: _, ...resumed } = paused
    const plan = pass(resumed, at20)
    assert.equal(plan.status.currentStepIndex, 2)
    assert.equal(plan.status.controllerPause, undefined)
    assert.deepEqual(sizesOf(plan), { [nextName]: 3, [stableName]: 3 })
  })

  const timed = { ...paused, currentStepIndex: 3 }
  const at60 = { stable: { pods: 2 }, next: { pods: 3 } }

  it('with a duration is looked at when it is over', () => {
    assert.equal(pass(timed, at60).wakeAt, noon - 30_000 + 600_000)
  })

  it('with a duration ends by itself', () => {
    const started = [{ reason: 'CanaryPauseStep', startTime: at(-600) }]
    const plan = pass({ ...timed, pauseConditions: started }, at60)
    assert.equal(plan.status.currentStepIndex, 4)
    assert.equal(plan.status.pauseConditions, undefined)
    assert.deepEqual(eventsOf(plan).slice(0, 2), [
      'RolloutStepCompleted: Rollout step 4/4 completed (pause: 10m)',
      'RolloutResumed: Rollout is resumed',
    ])
  })

  it('counts as time in which a release waits for people only without a duration', () => {
    const started = { rolloutStartedAt: at(-60) }
    assert.equal(pass({ ...paused, duration: started }, at20).status.duration?.manualPauseStartedAt, at(0))
    assert.equal(pass({ ...timed, duration: started }, at60).status.duration?.manualPauseStartedAt, undefined)
  })
})

describe('the end of the steps', () => {
  const over = { currentStepIndex: 4 }

  it('gives the new version all pods before it becomes the stable one', () => {
    const plan = pass(over, { stable: { pods: 2 }, next: { pods: 3 } })
    assert.equal(plan.status.stableRS, hashOf(one))
    assert.deepEqual(sizesOf(plan), { [nextName]: 5, [stableName]: 1 })
  })

  it('makes it the stable one, and the old version goes', () => {
    const plan = pass(over, { stable: { pods: 1 }, next: { pods: 5 } })
    assert.equal(plan.status.stableRS, hashOf(two))
    assert.deepEqual(sizesOf(plan), { [stableName]: 0 })
    assert.equal(plan.status.message, 'old replicas are pending termination')
    assert.ok(
      eventsOf(plan).includes(
        `RolloutCompleted: Rollout completed update to revision 2 (${hashOf(two)}): Completed all 4 canary steps`,
      ),
    )
  })

  it('is reached also by a promotion too many', () => {
    const plan = pass({ currentStepIndex: 5 }, { stable: { pods: 1 }, next: { pods: 5 } })
    assert.equal(plan.status.stableRS, hashOf(two))
    assert.equal(plan.status.currentStepIndex, 4)
  })

  it('is Promoted, with its time', () => {
    const duration = { rolloutStartedAt: at(-90), totalManualPauseDurationSeconds: 30 }
    const plan = pass({ ...over, duration }, { stable: { pods: 1 }, next: { pods: 5 } })
    assert.deepEqual(plan.status.duration, { ...duration, completionStatus: 'Promoted', finishedAt: at(0) })
    assert.deepEqual(plan.finished, [{ status: 'Promoted', seconds: 90, manualPauseSeconds: 30 }])
  })
})

describe('another number of replicas', () => {
  it('is followed in the middle of a pause, and the step stays', () => {
    const sizes = { stable: { pods: 4, wanted: 5 }, next: { pods: 1, wanted: 5 } }
    const plan = pass(paused, sizes, two.withReplicas(10))
    assert.equal(plan.status.currentStepIndex, 1)
    assert.deepEqual(sizesOf(plan), { [nextName]: 2, [stableName]: 8 })
  })

  it('is followed while the Rollout is paused by hand', () => {
    const sizes = { stable: { pods: 4, wanted: 5 }, next: { pods: 1, wanted: 5 } }
    const plan = pass({}, sizes, two.withReplicas(10).withSpec({ paused: true }))
    assert.deepEqual(sizesOf(plan), { [nextName]: 2, [stableName]: 8 })
    assert.equal(plan.status.message, 'manually paused')
  })
})

describe('a Rollout that is paused by hand', () => {
  it('moves no ReplicaSet for its release', () => {
    const plan = pass({}, { stable: { pods: 5 }, next: { pods: 0 } }, two.withSpec({ paused: true }))
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.status.phase, 'Paused')
  })
})

describe('a resume', () => {
  it('is kept until a pause by hand has ended too', () => {
    const held = pass({ currentStepIndex: 1, controllerPause: true }, at20, two.withSpec({ paused: true }))
    assert.equal(held.status.controllerPause, true)
    assert.equal(held.status.pauseConditions, undefined)
    const resumed = pass(structuredClone(held.status) as RolloutStatus, at20)
    assert.equal(resumed.status.currentStepIndex, 2)
  })
})

describe('the condition Progressing', () => {
  const healthy = storedRollout(one.withSpec({ paused: true }), healthyStatus(one, { observedGeneration: '1' }))
  const whole = [aReplicaSet(one, { revision: 2, pods: 5 })]

  it('stays as it is when a Rollout without a release is paused by hand', () => {
    const plan = decide(aSnapshot({ rollout: healthy, replicaSets: whole }))
    assert.equal(plan.status.message, 'manually paused')
    assert.equal(conditionIn(plan.status, 'Paused'), 'True RolloutPaused')
    assert.equal(conditionIn(plan.status, 'Healthy'), 'False RolloutHealthy')
    assert.equal(conditionIn(plan.status, 'Progressing'), 'True NewReplicaSetAvailable')
  })

  it('tells of a rollback in the middle of a pause as of progress, not as of a resume', () => {
    const conditions = [{ ...updatedCondition, status: 'Unknown', reason: 'RolloutPaused' }]
    const rollout = storedRollout(one, releasingStatus(one, two, { ...paused, conditions }))
    const replicaSets = [aReplicaSet(one, { revision: 1, pods: 4 }), aReplicaSet(two, { revision: 2, pods: 1 })]
    const back = decide(aSnapshot({ rollout, replicaSets }))
    assert.equal(back.status.pauseConditions, undefined)
    assert.equal(conditionIn(back.status, 'Progressing'), 'True ReplicaSetUpdated')
    const stored = storedRollout(one, structuredClone(back.status) as RolloutStatus)
    const next = decide(aSnapshot({ rollout: stored, replicaSets }))
    assert.equal(conditionIn(next.status, 'Progressing'), 'True ReplicaSetUpdated')
  })
})

describe('a release without progress', () => {
  const stuck = { stable: { pods: 4 }, next: { pods: 1, available: 0 } }
  const old: Partial<RolloutStatus> = {
    replicas: 5,
    updatedReplicas: 1,
    readyReplicas: 4,
    availableReplicas: 4,
    conditions: [{ ...updatedCondition, lastUpdateTime: at(-601) }],
  }

  it('is degraded after its deadline, and kept', () => {
    const plan = pass(old, stuck)
    assert.equal(plan.status.phase, 'Degraded')
    assert.equal(plan.status.message, `ProgressDeadlineExceeded: ReplicaSet "${nextName}" has timed out progressing.`)
    assert.equal(plan.status.abort, undefined)
    assert.deepEqual(effectsOf(plan), [])
  })

  it('is aborted where that is asked for, with the reason', () => {
    const plan = pass(old, stuck, two.withSpec({ progressDeadlineAbort: true }))
    assert.equal(plan.status.abort, true)
    assert.equal(plan.status.abortedAt, at(0))
    const reason = `Rollout aborted update to revision 2: ReplicaSet "${nextName}" has timed out progressing.`
    assert.equal(plan.status.message, `RolloutAborted: ${reason}`)
    const told = eventsOf(plan).filter((event) => event.startsWith('RolloutAborted'))
    const cause = `ReplicaSet "${nextName}" has timed out progressing.`
    assert.deepEqual(told, [`RolloutAborted: ${cause}`, `RolloutAborted: ${reason}`])
  })

  it('takes its time at a pause', () => {
    const plan = pass({ ...old, ...paused, readyReplicas: 4, availableReplicas: 4 }, stuck)
    assert.notEqual(plan.status.phase, 'Degraded')
  })

  it('is looked at a second after its deadline', () => {
    const [condition] = old.conditions ?? []
    const recent = { ...old, conditions: condition === undefined ? [] : [{ ...condition, lastUpdateTime: at(-100) }] }
    assert.equal(pass(recent, stuck).wakeAt, noon + 501_000)
  })
})

describe('pods that cannot be made', () => {
  it('show in the conditions why', () => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota', lastTransitionTime: at(-9) },
    ]
    const plan = pass({}, { stable: { pods: 4 }, next: { desired: 1, conditions } })
    const failure = plan.status.conditions?.find(({ type }) => type === 'ReplicaFailure')
    assert.deepEqual(failure, { ...conditions[0], lastUpdateTime: at(-9) })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BlueGreenStrategy } from '../../../src/api/blue-green.ts'
import {
  desiredReplicasAnnotation,
  hasBeenStableAnnotation,
  scaleDownDeadlineAnnotation,
} from '../../../src/api/labels.ts'
import type { BlueGreenStatus, RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, type RolloutBuilder } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  conditionIn,
  effectsOf,
  eventsOf,
  hashOf,
  healthyStatus,
  managedService,
  plainService,
  type ReplicaSetParts,
  releasingStatus,
  sizesOf,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(3)
  .withBlueGreen({ previewService: 'web-preview' })
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')
const [oneHash, twoHash] = [hashOf(one), hashOf(two)]
const [oneName, twoName] = [`web-${oneHash}`, `web-${twoHash}`]

/** What is said about a pass in the middle of a release from `one` to `two`. */
interface Parts {
  readonly spec?: Partial<BlueGreenStrategy>
  readonly status?: Partial<RolloutStatus>
  readonly blueGreen?: BlueGreenStatus
  readonly next?: Partial<ReplicaSetParts>
  readonly stable?: Partial<ReplicaSetParts>
  readonly builder?: RolloutBuilder
  /** Hash behind the active Service. */
  readonly active?: string
}

const stepless = { currentStepHash: '' }

const pass = (parts: Parts) => {
  const { spec = {}, next = { pods: 3 }, stable = { pods: 3 }, builder = two, active = oneHash } = parts
  const { currentStepIndex: _, ...releasing } = releasingStatus(one, builder, stepless)
  const blueGreen = { activeSelector: active, previewSelector: twoHash, ...parts.blueGreen }
  return decide(
    aSnapshot({
      rollout: storedRollout(builder.withBlueGreen(spec), { ...releasing, ...parts.status, blueGreen }),
      replicaSets: [aReplicaSet(one, { revision: 1, ...stable }), aReplicaSet(two, { revision: 2, ...next })],
      services: [managedService('web-active', active), managedService('web-preview', twoHash)],
    }),
  )
}

const manual = { autoPromotionEnabled: false }
const held: Partial<RolloutStatus> = {
  controllerPause: true,
  pauseConditions: [{ reason: 'BlueGreenPause', startTime: at(-30) }],
}
const resumed: Partial<RolloutStatus> = { controllerPause: true }
const switchTo = (name: string, effects: readonly string[]): boolean => effects.includes(`selectPods service/${name}`)

describe('the active Service', () => {
  const isSwitched = (parts: Parts): boolean => switchTo('web-active', effectsOf(pass(parts)))

  it('is switched when every pod of the new version is available', () => assert.ok(isSwitched({})))
  it('is not while one is missing', () => assert.ok(!isSwitched({ next: { pods: 3, available: 2 } })))
  it('is not for a preview of fewer pods', () =>
    assert.ok(!isSwitched({ spec: { previewReplicaCount: 1 }, next: { pods: 1 } })))
  it('is not while a person has paused', () => assert.ok(!isSwitched({ builder: two.withSpec({ paused: true }) })))
  it('is not while the controller pauses', () => assert.ok(!isSwitched({ spec: manual, status: held })))
  it('is when a person resumes', () => assert.ok(isSwitched({ spec: manual, status: resumed })))
  it('is when the time of the pause is over', () =>
    assert.ok(isSwitched({ spec: { autoPromotionSeconds: 30 }, status: held })))
  it('is not before', () => assert.ok(!isSwitched({ spec: { autoPromotionSeconds: 31 }, status: held })))
  it('is for a full promotion, whatever else holds it', () =>
    assert.ok(isSwitched({ spec: manual, status: { ...held, promoteFull: true } })))
  it('goes back to stable after an abort, although the new version has no pods', () =>
    assert.ok(isSwitched({ active: twoHash, status: { abort: true }, next: { pods: 3, available: 0 } })))
  it('does not go back to a stable version that has none', () =>
    assert.ok(!isSwitched({ active: twoHash, status: { abort: true }, stable: { pods: 3, available: 0 } })))
})

describe('a resume that has to wait for pods', () => {
  const waiting = pass({ spec: manual, status: resumed, next: { pods: 3, available: 2 } })

  it('is kept in the status, and no new pause begins', () => {
    assert.equal(waiting.status.controllerPause, true)
    assert.equal(waiting.status.pauseConditions, undefined)
  })

  it('is acted upon when they are there, and then forgotten', () => {
    const { blueGreen = {}, ...status } = structuredClone(waiting.status) as RolloutStatus
    const plan = pass({ spec: manual, status, blueGreen })
    assert.ok(switchTo('web-active', effectsOf(plan)))
    assert.equal(plan.status.controllerPause, undefined)
  })
})

describe('the switch', () => {
  const plan = pass({})

  it('is one pass: Service, stable revision, delay of the old one, and phase', () => {
    assert.deepEqual(effectsOf(plan), ['selectPods service/web-active', `updateReplicaSet replicaset/${oneName}`])
    assert.equal(plan.status.stableRS, twoHash)
    assert.equal(plan.status.blueGreen?.activeSelector, twoHash)
    assert.equal(plan.status.phase, 'Healthy')
    assert.deepEqual(eventsOf(plan), [
      `SwitchService: Switched selector for service 'web-active' from '${oneHash}' to '${twoHash}'`,
      `RolloutCompleted: Rollout completed update to revision 2 (${twoHash}): Completed blue-green update`,
    ])
  })

  it('scales nothing down before it is read back', () =>
    assert.deepEqual(sizesOf(pass({ spec: { scaleDownDelaySeconds: 0 } })), {}))
})

describe('the old version after the switch', () => {
  const settled = (spec: Partial<BlueGreenStrategy>, old: Partial<ReplicaSetParts>, replicas = 3) =>
    decide(
      aSnapshot({
        rollout: storedRollout(
          two.withBlueGreen(spec).withReplicas(replicas),
          healthyStatus(two, { ...stepless, blueGreen: { activeSelector: twoHash, previewSelector: twoHash } }),
        ),
        replicaSets: [aReplicaSet(one, { revision: 1, pods: 3, ...old }), aReplicaSet(two, { revision: 2, pods: 3 })],
        services: [managedService('web-active', twoHash), managedService('web-preview', twoHash)],
      }),
    )

  it('waits for 30 seconds', () => {
    const plan = settled({}, {})
    const [effect] = plan.effects
    assert.deepEqual(effect?.type === 'updateReplicaSet' && effect.patch, {
      metadata: { annotations: { [scaleDownDeadlineAnnotation]: at(30) } },
    })
  })

  it('is left alone until then', () => {
    const plan = settled({}, { annotations: { [scaleDownDeadlineAnnotation]: at(1) } })
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.wakeAt, Date.parse(at(1)))
  })

  it('goes then', () =>
    assert.deepEqual(sizesOf(settled({}, { annotations: { [scaleDownDeadlineAnnotation]: at(0) } })), { [oneName]: 0 }))

  it('has no deadline left when it goes because nothing is wanted any more', () => {
    const plan = settled({}, { annotations: { [scaleDownDeadlineAnnotation]: at(20) } }, 0)
    const [effect] = plan.effects.filter(({ key }) => key === `replicaset/${oneName}`)
    assert.deepEqual(effect?.type === 'updateReplicaSet' && effect.patch, {
      metadata: { annotations: { [desiredReplicasAnnotation]: '0', [scaleDownDeadlineAnnotation]: null } },
      spec: { replicas: 0 },
    })
  })

  it('goes at once beyond the limit', () =>
    assert.deepEqual(sizesOf(settled({ scaleDownDelayRevisionLimit: 0 }, {})), { [oneName]: 0 }))
})

describe('the pause before the switch', () => {
  it('begins when the preview is ready', () => {
    const plan = pass({ spec: manual })
    assert.deepEqual(plan.status.pauseConditions, [{ reason: 'BlueGreenPause', startTime: at(0) }])
    assert.equal(plan.status.phase, 'Paused')
    assert.equal(conditionIn(plan.status, 'Paused'), 'True RolloutPaused')
  })

  it('does not begin before', () =>
    assert.equal(pass({ spec: manual, next: { pods: 3, available: 2 } }).status.pauseConditions, undefined))

  it('wakes the controller when its time is over', () =>
    assert.equal(pass({ spec: { autoPromotionSeconds: 60 }, status: held }).wakeAt, Date.parse(at(30))))
})

describe('the checkpoint of a small preview', () => {
  const small = { previewReplicaCount: 1 }

  it('is passed when the preview is available, and lets it grow in the same pass', () => {
    const plan = pass({ spec: small, next: { pods: 1 } })
    assert.equal(plan.status.blueGreen?.scaleUpPreviewCheckPoint, true)
    assert.deepEqual(sizesOf(plan), { [twoName]: 3 })
  })

  it('is not passed while the preview is not available', () => {
    const plan = pass({ spec: small, next: { desired: 1 } })
    assert.equal(plan.status.blueGreen?.scaleUpPreviewCheckPoint, undefined)
  })

  it('is forgotten with the promotion', () => {
    const plan = pass({ spec: small, blueGreen: { scaleUpPreviewCheckPoint: true } })
    assert.equal(plan.status.stableRS, twoHash)
    assert.equal(plan.status.blueGreen?.scaleUpPreviewCheckPoint, undefined)
  })
})

describe('what the status says while a new version is previewed', () => {
  const { status } = pass({ spec: manual, status: held })

  it('counts the pods that serve as available and for autoscalers', () => {
    assert.equal(status.replicas, 6)
    assert.equal(status.updatedReplicas, 3)
    assert.equal(status.availableReplicas, 3)
    assert.equal(status.readyReplicas, 3)
    assert.equal(status.HPAReplicas, 3)
    assert.equal(status.selector, `app=web,rollouts-pod-template-hash=${oneHash}`)
  })

  it('is available by what serves', () => {
    assert.equal(conditionIn(status, 'Available'), 'True AvailableReason')
    const lost = pass({ spec: manual, status: held, stable: { pods: 3, available: 2 } })
    assert.equal(conditionIn(lost.status, 'Available'), 'False AvailableReason')
  })
})

describe('a strategy that was canary until now', () => {
  const { currentStepIndex: _, ...status } = healthyStatus(one)
  const plan = (services: ReturnType<typeof plainService>[]) =>
    decide(
      aSnapshot({
        rollout: storedRollout(one, { ...status, currentStepIndex: 2, canary: { stablePingPong: 'ping' } }),
        replicaSets: [aReplicaSet(one, { revision: 2, pods: 3 })],
        services,
      }),
    )

  it('leaves nothing of it in the status, and begins no release', () => {
    const { status: after, effects } = plan([plainService('web-active'), plainService('web-preview')])
    assert.deepEqual([after.canary, after.currentStepIndex, after.currentStepHash], [{}, undefined, undefined])
    assert.equal(after.phase, 'Healthy')
    assert.deepEqual(effects.map(({ key }) => key).sort(), ['service/web-active', 'service/web-preview'])
  })
})

describe('a return to the version before', () => {
  const waiting = { [scaleDownDeadlineAnnotation]: at(20) }
  const deadline = { ...waiting, [hasBeenStableAnnotation]: 'true' }
  const history = { 'rollout.argoproj.io/revision': '3', 'rollout.argoproj.io/revision-history': '1' }

  /** Version one is asked for again, two is stable and serves. */
  const back = (old: Partial<ReplicaSetParts>, status: Partial<RolloutStatus> = {}) => {
    const { currentStepIndex: _, ...releasing } = releasingStatus(two, one, stepless)
    return decide(
      aSnapshot({
        rollout: storedRollout(one.withBlueGreen(manual), {
          ...releasing,
          blueGreen: { activeSelector: twoHash, previewSelector: oneHash },
          ...status,
        }),
        replicaSets: [
          aReplicaSet(one, { revision: 1, pods: 3, ...old, annotations: { ...history, ...old.annotations } }),
          aReplicaSet(two, { revision: 2, pods: 3 }),
        ],
        services: [managedService('web-active', twoHash), managedService('web-preview', oneHash)],
      }),
    )
  }
  const isSwitched = (plan: ReturnType<typeof back>): boolean => switchTo('web-active', effectsOf(plan))

  it('is switched at once before its deadline, and keeps that until the next pass knows of the switch', () => {
    const plan = back({ annotations: deadline })
    assert.ok(isSwitched(plan))
    assert.equal(plan.status.stableRS, oneHash)
    assert.ok(eventsOf(plan).some((event) => event.endsWith(': Fast rollback')))
  })

  it('is previewed after its deadline', () => {
    const plan = back({ annotations: { ...deadline, [scaleDownDeadlineAnnotation]: at(0) } })
    assert.ok(!isSwitched(plan))
    assert.equal(plan.status.pauseConditions?.[0]?.reason, 'BlueGreenPause')
  })

  it('is previewed when its deadline comes from a release that was given up', () => {
    assert.ok(!isSwitched(back({ annotations: waiting })))
  })

  it('is previewed when it is retried after an abort', () => {
    const plan = back({ annotations: deadline }, { abortedAt: at(-10) })
    assert.ok(!isSwitched(plan))
    assert.equal(plan.status.abortedAt, undefined)
  })
})

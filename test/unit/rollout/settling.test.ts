import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, pause, setCanaryScale, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aRouter,
  aSnapshot,
  at,
  effectsOf,
  eventsOf,
  hashOf,
  managedService,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(4)
  .withSteps(setWeight(25), pause(), setCanaryScale({ replicas: 3 }), pause('30s'), setWeight(75))
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')

const sizes = fc.record({ desired: fc.nat(5), created: fc.nat(5), available: fc.nat(5) })
const hash = fc.constantFrom(hashOf(one), hashOf(two), 'gone', undefined)

/** Whatever a status may say, also what no controller would have written. */
const anyScene = fc.record({
  routed: fc.boolean(),
  dynamicStableScale: fc.boolean(),
  index: fc.nat(6),
  abort: fc.boolean(),
  abortedAt: fc.boolean(),
  promoteFull: fc.boolean(),
  paused: fc.boolean(),
  pauses: fc.subarray(['CanaryPauseStep', 'InconclusiveAnalysisRun']),
  controllerPause: fc.boolean(),
  stableRS: hash,
  currentPodHash: hash,
  weight: fc.option(fc.constantFrom(0, 25, 75, 100), { nil: undefined }),
  weightHash: hash,
  inForce: fc.constantFrom(0, 25, 75, 100),
  verification: fc.constantFrom('verified' as const, 'pending' as const, 'not-verifiable' as const),
  canaryService: hash,
  next: sizes,
  stable: sizes,
})

type Scene = typeof anyScene extends fc.Arbitrary<infer Value> ? Value : never

const statusOf = (scene: Scene): RolloutStatus => {
  const { index, abort, promoteFull, controllerPause, stableRS, currentPodHash, weight, weightHash } = scene
  const weights = {
    canary: { weight: weight ?? 0, serviceName: 'web-canary', ...(weightHash && { podTemplateHash: weightHash }) },
    stable: { weight: 100 - (weight ?? 0), serviceName: 'web-stable' },
  }
  const { stableRS: _, currentPodHash: __, ...status } = releasingStatus(one, two)
  return {
    ...status,
    currentStepIndex: index,
    ...(abort && { abort }),
    ...(scene.abortedAt && { abortedAt: at(-60) }),
    ...(promoteFull && { promoteFull }),
    ...(controllerPause && { controllerPause }),
    ...(stableRS && { stableRS }),
    ...(currentPodHash && { currentPodHash }),
    ...(scene.pauses.length > 0 && { pauseConditions: scene.pauses.map((reason) => ({ reason, startTime: at(-20) })) }),
    canary: scene.routed && weight !== undefined ? { weights } : {},
  }
}

const snapshotOf = (scene: Scene, status: RolloutStatus = statusOf(scene)) => {
  const { routed, dynamicStableScale, canaryService, inForce, verification } = scene
  const strategy = routed ? two.routedByHttpRoute('web').withCanary({ dynamicStableScale }) : two
  return aSnapshot({
    rollout: storedRollout(strategy.withSpec({ paused: scene.paused }), status),
    replicaSets: [aReplicaSet(one, { revision: 1, ...scene.stable }), aReplicaSet(two, { revision: 2, ...scene.next })],
    services: [managedService('web-stable', hashOf(one)), managedService('web-canary', canaryService ?? hashOf(one))],
    routers: routed ? [aRouter(inForce, verification)] : [],
  })
}

describe('whatever a status says', () => {
  it('a pass comes to an end, and a pass without effects leaves nothing for the next one', () => {
    fc.assert(
      fc.property(anyScene, (scene) => {
        const plan = decide(snapshotOf(scene))
        if (plan.effects.length > 0) return
        const again = decide(snapshotOf(scene, structuredClone(plan.status) as RolloutStatus))
        assert.deepEqual(effectsOf(again), [])
        assert.deepEqual(eventsOf(again), [])
        assert.deepEqual(again.status, plan.status)
      }),
      { numRuns: 500 },
    )
  })

  it('the two weights add up to all, and none is raised for a canary without available pods', () => {
    fc.assert(
      fc.property(anyScene, (scene) => {
        const { weights } = decide(snapshotOf(scene)).status.canary ?? {}
        if (weights === undefined) return
        assert.equal(weights.canary.weight + weights.stable.weight, 100)
        const raised = weights.canary.weight > (scene.weight ?? 0)
        if (raised) assert.ok(scene.next.available > 0, 'no pod could answer')
      }),
      { numRuns: 500 },
    )
  })

  it('the same snapshot gives the same plan', () => {
    fc.assert(
      fc.property(anyScene, (scene) => {
        assert.deepEqual(decide(snapshotOf(scene)), decide(snapshotOf(scene)))
      }),
      { numRuns: 50 },
    )
  })
})

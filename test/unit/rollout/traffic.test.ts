import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import type { BoundRouter } from '../../../src/routers/router.ts'
import { aRollout, pause, type RolloutBuilder, setCanaryScale, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aRouter,
  aSnapshot,
  at,
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
  .routedByHttpRoute('web')
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')
const three = one.withImage('web:3')
const [stableName, nextName] = [`web-${hashOf(one)}`, `web-${hashOf(two)}`]

const weights = (canary: number, canaryHash = hashOf(two), stableHash = hashOf(one)) => ({
  canary: { weight: canary, podTemplateHash: canaryHash, serviceName: 'web-canary' },
  stable: { weight: 100 - canary, podTemplateHash: stableHash, serviceName: 'web-stable' },
})

interface Scene {
  readonly status?: Partial<RolloutStatus>
  readonly stable?: Partial<ReplicaSetParts>
  readonly next?: Partial<ReplicaSetParts>
  /** Weight of the canary that was recorded, and is in force. */
  readonly weight: number
  readonly router?: BoundRouter
  readonly canaryService?: string
  readonly builder?: RolloutBuilder
}

const pass = ({ status = {}, stable = { pods: 5 }, next = {}, weight, router, canaryService, builder = two }: Scene) =>
  decide(
    aSnapshot({
      rollout: storedRollout(
        builder,
        releasingStatus(one, builder, { canary: { weights: weights(weight) }, ...status }),
      ),
      replicaSets: [aReplicaSet(one, { revision: 1, ...stable }), aReplicaSet(two, { revision: 2, ...next })],
      services: [managedService('web-stable', hashOf(one)), managedService('web-canary', canaryService ?? hashOf(two))],
      routers: [router ?? aRouter(weight)],
    }),
  )

const weightOf = (plan: ReturnType<typeof pass>): number | undefined => plan.status.canary?.weights?.canary.weight

describe('the weight of a step', () => {
  it('waits for the pods of the step', () => {
    assert.equal(weightOf(pass({ weight: 0, next: { pods: 1, available: 0 } })), 0)
  })

  it('is written when they are available, and the step waits until it is read back', () => {
    const plan = pass({ weight: 0, next: { pods: 1 } })
    assert.deepEqual(effectsOf(plan), ['routeTraffic traffic'])
    assert.deepEqual(eventsOf(plan), ['TrafficWeightUpdated: Traffic weight updated from 0 to 20'])
    assert.deepEqual(plan.status.canary?.weights, weights(20))
    assert.equal(plan.status.currentStepIndex, 0)
  })

  it('is not written before the canary Service leads to the new pods', () => {
    const plan = pass({ weight: 0, next: { pods: 1 }, canaryService: hashOf(one) })
    assert.deepEqual(effectsOf(plan), ['selectPods service/web-canary', 'routeTraffic traffic'])
  })

  it('read back ends the step where a router cannot tell more', () => {
    assert.equal(pass({ weight: 20, next: { pods: 1 } }).status.currentStepIndex, 1)
  })

  it('that a router has not taken over holds the step, and is looked at again', () => {
    const plan = pass({ weight: 20, next: { pods: 1 }, router: aRouter(20, 'pending') })
    assert.equal(plan.status.currentStepIndex, 0)
    assert.equal(plan.status.canary?.weights?.verified, false)
    assert.ok(plan.wakeAt !== undefined && plan.wakeAt <= noon + 10_000)
  })

  it('that a router has taken over is verified', () => {
    const plan = pass({ weight: 20, next: { pods: 1 }, router: aRouter(20, 'verified') })
    assert.equal(plan.status.canary?.weights?.verified, true)
    assert.equal(plan.status.currentStepIndex, 1)
  })

  it('is put right when somebody else changed it', () => {
    const plan = pass({ status: { currentStepIndex: 1 }, weight: 20, next: { pods: 1 }, router: aRouter(77) })
    assert.deepEqual(effectsOf(plan), ['routeTraffic traffic'])
    assert.equal(weightOf(plan), 20)
  })

  it('returns to stable when the canary loses every pod', () => {
    const plan = pass({ status: { currentStepIndex: 1 }, weight: 20, next: { pods: 1, available: 0 } })
    assert.equal(weightOf(plan), 0)
  })
})

describe('a smaller weight', () => {
  const down = two.withSteps(setWeight(60), setWeight(20), pause())

  it('is written at once, and the pods stay until it is read back', () => {
    const plan = pass({ builder: down, status: { currentStepIndex: 1 }, weight: 60, next: { pods: 3 } })
    assert.equal(weightOf(plan), 20)
    assert.deepEqual(sizesOf(plan), {})
  })

  it('read back lets the pods go', () => {
    const plan = pass({ builder: down, status: { currentStepIndex: 1 }, weight: 20, next: { pods: 3 } })
    assert.deepEqual(sizesOf(plan), { [nextName]: 1 })
  })

  it('waits for stable pods to carry the rest', () => {
    const stable = { pods: 5, available: 2 }
    const plan = pass({ builder: down, status: { currentStepIndex: 1 }, weight: 60, next: { pods: 3 }, stable })
    assert.equal(weightOf(plan), 60)
  })
})

describe('setCanaryScale', () => {
  it('moves no traffic', () => {
    const scaled = two.withSteps(setWeight(20), setCanaryScale({ replicas: 4 }), pause())
    const plan = pass({ builder: scaled, status: { currentStepIndex: 1 }, weight: 20, next: { pods: 1 } })
    assert.equal(weightOf(plan), 20)
    assert.deepEqual(sizesOf(plan), { [nextName]: 4 })
  })
})

describe('the end of the steps', () => {
  const over = { currentStepIndex: 3 }

  it('raises the weight to all only when all pods are there', () => {
    assert.equal(weightOf(pass({ status: over, weight: 60, next: { pods: 3 } })), 60)
    assert.equal(weightOf(pass({ status: over, weight: 60, next: { pods: 5 } })), 100)
  })

  it('promotes only when all traffic is known to be there', () => {
    assert.equal(pass({ status: over, weight: 60, next: { pods: 5 } }).status.stableRS, hashOf(one))
    const pending = pass({ status: over, weight: 100, next: { pods: 5 }, router: aRouter(100, 'pending') })
    assert.equal(pending.status.stableRS, hashOf(one))
    assert.equal(pass({ status: over, weight: 100, next: { pods: 5 } }).status.stableRS, hashOf(two))
  })

  it('switches the stable Service before the weight returns to it', () => {
    const plan = pass({ status: over, weight: 100, next: { pods: 5 } })
    assert.deepEqual(effectsOf(plan), ['selectPods service/web-stable', 'routeTraffic traffic'])
    assert.equal(weightOf(plan), 0)
    assert.deepEqual(sizesOf(plan), {})
  })
})

describe('the old version after a promotion', () => {
  const promoted = (inForce: number, old: Partial<ReplicaSetParts>, stableService = hashOf(two)) =>
    decide(
      aSnapshot({
        rollout: storedRollout(two, healthyStatus(two, { canary: { weights: weights(0, hashOf(two), hashOf(two)) } })),
        replicaSets: [aReplicaSet(one, { revision: 1, pods: 5, ...old }), aReplicaSet(two, { revision: 2, pods: 5 })],
        services: [managedService('web-stable', stableService), managedService('web-canary', hashOf(two))],
        routers: [aRouter(inForce)],
      }),
    )

  it('waits for its delay from the moment its traffic is known to be gone', () => {
    const plan = promoted(0, {})
    const [update] = plan.effects
    assert.deepEqual(update?.type === 'updateReplicaSet' && update.patch, {
      metadata: { annotations: { 'scale-down-deadline': at(30) } },
    })
    assert.equal(plan.wakeAt, noon + 30_000)
  })

  it('keeps all pods while the routers are not known to have followed', () => {
    const plan = promoted(100, { annotations: { 'scale-down-deadline': at(-1) } })
    assert.deepEqual(effectsOf(plan), ['routeTraffic traffic'])
  })

  it('goes when the delay is over', () => {
    const plan = promoted(0, { annotations: { 'scale-down-deadline': at(0) } })
    assert.deepEqual(sizesOf(plan), { [stableName]: 0 })
    const [update] = plan.effects
    const { metadata } = (update?.type === 'updateReplicaSet' ? update.patch : {}) as { metadata?: object }
    assert.deepEqual(metadata, { annotations: { 'scale-down-deadline': null } })
  })
})

describe('a newer version in the middle of a release', () => {
  const interrupted = (inForce: number, recorded: number, canaryService: string, nextPods: number) =>
    decide(
      aSnapshot({
        rollout: storedRollout(
          three.withAnnotations({ 'rollout.argoproj.io/revision': '3' }),
          releasingStatus(one, three, {
            canary: { weights: weights(recorded, recorded > 0 ? hashOf(two) : hashOf(three)) },
          }),
        ),
        replicaSets: [
          aReplicaSet(one, { revision: 1, pods: 5 }),
          aReplicaSet(two, { revision: 2, pods: 3 }),
          aReplicaSet(three, { revision: 3, pods: nextPods, desired: 1 }),
        ],
        services: [managedService('web-stable', hashOf(one)), managedService('web-canary', canaryService)],
        routers: [aRouter(inForce)],
      }),
    )

  it('takes the traffic from the interrupted one before anything else', () => {
    const plan = interrupted(60, 60, hashOf(two), 0)
    assert.deepEqual(effectsOf(plan), ['routeTraffic traffic'])
    assert.equal(weightOf(plan), 0)
  })

  it('does not put its own few pods in the place of those that serve', () => {
    const plan = interrupted(60, 60, hashOf(two), 1)
    assert.ok(!effectsOf(plan).includes('selectPods service/web-canary'))
  })

  it('keeps the interrupted pods while the canary Service still leads to them', () => {
    assert.deepEqual(sizesOf(interrupted(0, 0, hashOf(two), 0)), {})
  })

  it('gives the interrupted ReplicaSet its delay too', () => {
    const plan = interrupted(0, 0, hashOf(three), 0)
    const update = plan.effects.find(({ key }) => key === `replicaset/${nextName}`)
    assert.deepEqual(update?.type === 'updateReplicaSet' && update.patch, {
      metadata: { annotations: { 'scale-down-deadline': at(30) } },
    })
  })
})

describe('a newer version where stable follows its traffic', () => {
  const dynamic = (builder: RolloutBuilder) => builder.withCanary({ dynamicStableScale: true })
  const interrupted = (stablePods: number) =>
    decide(
      aSnapshot({
        rollout: storedRollout(
          dynamic(three).withAnnotations({ 'rollout.argoproj.io/revision': '3' }),
          releasingStatus(one, dynamic(three), { canary: { weights: weights(60) } }),
        ),
        replicaSets: [
          aReplicaSet(one, { revision: 1, pods: stablePods }),
          aReplicaSet(two, { revision: 2, pods: 3 }),
          aReplicaSet(three, { revision: 3, desired: 1, pods: 0 }),
        ],
        services: [managedService('web-stable', hashOf(one)), managedService('web-canary', hashOf(two))],
        routers: [aRouter(60)],
      }),
    )

  it('leaves the traffic with the interrupted one until stable has all its pods again', () => {
    const plan = interrupted(2)
    assert.equal(weightOf(plan), 60)
    assert.equal(plan.status.canary?.weights?.canary.podTemplateHash, hashOf(two))
    assert.deepEqual(sizesOf(plan), { [stableName]: 5 })
    assert.equal(weightOf(interrupted(5)), 0)
  })
})

describe('what an autoscaler counts', () => {
  it('is the stable pods, whatever the canary has', () => {
    assert.equal(pass({ weight: 20, next: { pods: 3 }, stable: { pods: 5 } }).status.HPAReplicas, 5)
  })

  it('is spec.replicas where stable follows its traffic', () => {
    const dynamic = two.withCanary({ dynamicStableScale: true })
    const plan = pass({ builder: dynamic, weight: 20, next: { pods: 1 }, stable: { pods: 4 } })
    assert.equal(plan.status.HPAReplicas, 5)
  })
})

describe('dynamicStableScale', () => {
  const dynamic = two.withCanary({ dynamicStableScale: true })

  it('shrinks stable only when the weight is known to be in force', () => {
    const raised = pass({ builder: dynamic, weight: 0, next: { pods: 1 } })
    assert.deepEqual(sizesOf(raised), {})
    const settled = pass({ builder: dynamic, status: { currentStepIndex: 1 }, weight: 20, next: { pods: 1 } })
    assert.deepEqual(sizesOf(settled), { [stableName]: 4 })
  })

  it('takes an abort down as stable grows back', () => {
    const aborted: Scene = {
      builder: dynamic,
      status: { abort: true, abortedAt: at(-1), currentStepIndex: 0 },
      weight: 60,
      stable: { pods: 2 },
      next: { pods: 3 },
    }
    const plan = pass(aborted)
    assert.equal(weightOf(plan), 60)
    assert.equal(sizesOf(plan)[stableName], 4)
    assert.equal(weightOf(pass({ ...aborted, stable: { pods: 5 } })), 20)
    assert.equal(weightOf(pass({ ...aborted, weight: 20, stable: { pods: 5 }, next: { pods: 1 } })), 0)
  })
})

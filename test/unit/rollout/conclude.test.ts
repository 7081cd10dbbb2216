import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NameTakenError } from '../../../src/kube/create-once.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import { conclude } from '../../../src/rollout/conclude.ts'
import { decide } from '../../../src/rollout/decide.ts'
import type { Outcome } from '../../../src/rollout/effects.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aRouter,
  aSnapshot,
  conditionIn,
  hashOf,
  healthyStatus,
  managedService,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(40), pause())
  .withAnnotations({ 'rollout.argoproj.io/revision': '1' })
const two = one.withImage('web:2')

const snapshot = aSnapshot({
  rollout: storedRollout(two, healthyStatus(one, { observedGeneration: '1' })),
  replicaSets: [aReplicaSet(one, { revision: 1, pods: 3 })],
})
const plan = decide(snapshot)
const call = { method: 'POST', path: '/apis/apps/v1/namespaces/default/replicasets' }

/** Outcomes of a plan whose effect at `index` fails. */
const failingAt = (index: number, error: unknown): readonly Outcome[] =>
  plan.effects.map((effect, position) =>
    position < index
      ? { effect, result: 'done' }
      : position === index
        ? { effect, result: 'failed', error }
        : { effect, result: 'skipped' },
  )

describe('a pass whose effects are all done', () => {
  it('ends with the planned status and all events', () => {
    const report = conclude(
      snapshot,
      plan,
      plan.effects.map((effect) => ({ effect, result: 'done' })),
    )
    assert.equal(report.status, plan.status)
    assert.equal(report.events.length, plan.announcements.length)
    assert.deepEqual(report.next, { type: 'done' })
  })
})

describe('a pass that fails', () => {
  it('keeps the status but for the counts, and tells only what was done', () => {
    const report = conclude(snapshot, plan, failingAt(1, new Error('socket hang up')))
    assert.equal(report.status.currentPodHash, hashOf(one))
    assert.equal(report.status.replicas, 3)
    assert.deepEqual(
      report.events.map(({ reason }) => reason),
      ['NewReplicaSetCreated', 'ScalingReplicaSet'],
    )
    assert.equal(report.next.type, 'retry')
  })

  it('looks again after a conflict, which is no error', () => {
    const conflict = new KubeError({ code: 409, reason: 'Conflict' }, call)
    assert.deepEqual(conclude(snapshot, plan, failingAt(1, conflict)).next, { type: 'again' })
  })
})

describe('a ReplicaSet that cannot be created', () => {
  it('shows why, as a condition and as an event', () => {
    const report = conclude(snapshot, plan, failingAt(0, new KubeError({ code: 403, message: 'exceeded quota' }, call)))
    assert.equal(conditionIn(report.status, 'Progressing'), 'False ReplicaSetCreateError')
    assert.deepEqual(
      report.events.map(({ type, reason }) => `${type} ${reason}`),
      ['Warning ReplicaSetCreateError'],
    )
    assert.match(report.events[0]?.message ?? '', /^Failed to create new replica set "web-\w+": .*exceeded quota/)
    assert.equal(report.next.type, 'retry')
  })

  it('because its name is taken gets another hash', () => {
    const report = conclude(snapshot, plan, failingAt(0, new NameTakenError('taken')))
    assert.equal(report.status.collisionCount, 1)
    assert.deepEqual(report.next, { type: 'again' })
  })

  it('because the server refuses its template is an invalid spec, which only a change can mend', () => {
    const field = 'spec.template.spec.containers[0].image'
    const causes = [{ field, message: 'Required value' }]
    const refusal = new KubeError({ code: 422, reason: 'Invalid', message: 'is invalid', causes }, call)
    const report = conclude(snapshot, plan, failingAt(0, refusal))
    assert.equal(report.status.message, `InvalidSpec: The Rollout "web" is invalid: ${field}: Required value`)
    assert.equal(report.status.phase, 'Degraded')
    assert.deepEqual(report.next, { type: 'done' })
  })
})

describe('a router that cannot be set', () => {
  it('keeps the weight that is in force, and is told', () => {
    const routed = two.routedByHttpRoute('web')
    const weights = {
      canary: { weight: 0, podTemplateHash: hashOf(two), serviceName: 'web-canary' },
      stable: { weight: 100, podTemplateHash: hashOf(one), serviceName: 'web-stable' },
    }
    const scene = aSnapshot({
      rollout: storedRollout(routed, releasingStatus(one, routed, { canary: { weights } })),
      replicaSets: [aReplicaSet(one, { revision: 1, pods: 3 }), aReplicaSet(two, { revision: 2, pods: 2 })],
      services: [managedService('web-stable', hashOf(one)), managedService('web-canary', hashOf(two))],
      routers: [aRouter(0)],
    })
    const routing = decide(scene)
    const outcomes = routing.effects.map(
      (effect): Outcome =>
        effect.type === 'routeTraffic'
          ? { effect, result: 'failed', error: new KubeError({ code: 403, message: 'no' }, call) }
          : { effect, result: 'done' },
    )
    const report = conclude(scene, routing, outcomes)
    assert.deepEqual(report.status.canary?.weights, weights)
    assert.ok(report.events.some(({ reason }) => reason === 'TrafficRoutingError'))
    assert.ok(!report.events.some(({ reason }) => reason === 'TrafficWeightUpdated'))
  })
})

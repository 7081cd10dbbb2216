import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Outbox } from '../../../src/notifications/outbox.ts'
import { readRollout } from '../../../src/rollout/read-rollout.ts'

const key = 'default/web'

const object = (status: object, generation = 1, spec: object = {}) => ({
  metadata: { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', generation },
  spec: { ...spec },
  status: { ...status },
})

type RolloutObject = ReturnType<typeof object>

const event = (reason: string) => ({ type: 'Normal', reason, message: `it is ${reason}` }) as const

const announce = (outbox: Outbox, before: RolloutObject, reasons: readonly string[], phase?: string): void => {
  const { rollout } = readRollout(before)
  outbox.announced({ key, object: before, rollout, events: reasons.map(event), phase })
}

const settle = (outbox: Outbox, after: RolloutObject): readonly string[] =>
  outbox.settled(key, after).map((told) => told.event.reason)

describe('events on their way to people', () => {
  it('are told once the status of their pass is written', () => {
    const outbox = new Outbox()
    announce(outbox, object({}), ['Updated', 'Scaled'])
    assert.deepEqual(settle(outbox, object({})), ['Updated', 'Scaled'])
    assert.deepEqual(settle(outbox, object({})), [])
  })

  it('wait where it is not, and are told with the pass that is tried again, once', () => {
    const outbox = new Outbox()
    announce(outbox, object({}), ['Scaled', 'Paused'])
    announce(outbox, object({}), ['Paused'])
    assert.deepEqual(settle(outbox, object({})), ['Scaled', 'Paused'])
  })

  it('are told with the Rollout of before the pass, as published', () => {
    const outbox = new Outbox()
    announce(outbox, object({ currentStepIndex: 1 }), ['StepCompleted'])
    const [told] = outbox.settled(key, object({ currentStepIndex: 2 }))
    assert.deepEqual(told?.rollout.status, { currentStepIndex: 1 })
  })

  it('that repeat while nothing goes on are told once, and again at the next step', () => {
    const outbox = new Outbox()
    const tellAt = (step: number) => {
      announce(outbox, object({ currentStepIndex: step }), ['RoutingError'])
      return settle(outbox, object({ currentStepIndex: step })).length
    }
    assert.deepEqual([tellAt(1), tellAt(1), tellAt(2)], [1, 0, 1])
  })

  it('of a Rollout that is gone are forgotten', () => {
    const outbox = new Outbox()
    announce(outbox, object({}), ['Updated'])
    outbox.forget(key)
    assert.deepEqual(settle(outbox, object({})), [])
  })

  it('are bounded while a status is refused', () => {
    const outbox = new Outbox()
    announce(
      outbox,
      object({}),
      Array.from({ length: 200 }, (_, number) => `Event${number}`),
    )
    assert.equal(settle(outbox, object({})).length, 50)
  })
})

describe('a phase', () => {
  const pass = (outbox: Outbox, from: string, to: string, stored = to) => {
    announce(outbox, object({ phase: from }), [], to)
    const [told] = outbox.settled(key, object({ phase: stored }))
    return told && [told.event.reason, told.rollout.status]
  }

  it('is told of when it becomes Degraded or Healthy, with the Rollout as it is then', () => {
    const outbox = new Outbox()
    assert.deepEqual(pass(outbox, 'Progressing', 'Degraded'), ['RolloutDegraded', { phase: 'Degraded' }])
    assert.deepEqual(pass(outbox, 'Degraded', 'Healthy'), ['RolloutHealthy', { phase: 'Healthy' }])
    assert.equal(pass(outbox, 'Healthy', 'Progressing'), undefined)
  })

  it('that wavers is told of once', () => {
    const outbox = new Outbox()
    assert.ok(pass(outbox, 'Progressing', 'Healthy'))
    assert.equal(pass(outbox, 'Progressing', 'Healthy'), undefined)
    assert.ok(pass(outbox, 'Progressing', 'Degraded'))
    assert.ok(pass(outbox, 'Progressing', 'Healthy'))
  })

  it('that did not come true is not told of', () => {
    assert.equal(pass(new Outbox(), 'Progressing', 'Healthy', 'Progressing'), undefined)
  })
})

it('events of a Rollout that refers to a workload are told with the pod template of that', () => {
  const outbox = new Outbox()
  const before = object({}, 1, { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } })
  const { rollout } = readRollout(before)
  const template = { spec: { containers: [{ name: 'main', image: 'web:1' }] } }
  const resolved = { ...rollout, spec: { ...rollout.spec, template } }
  outbox.announced({ key, object: before, rollout: resolved, events: [event('Updated')], phase: undefined })
  const [told] = outbox.settled(key, before)
  assert.deepEqual(told?.rollout.spec, { ...before.spec, template })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type PodBehavior, podStateAt } from '../../../src/sandbox/pods/behavior.ts'

const at = (behavior: PodBehavior, ageMs: number, ends = false) => podStateAt(behavior, ageMs, ends)
const summary = (behavior: PodBehavior, ageMs: number, ends = false) => {
  const { phase, ready, restarts, waiting } = at(behavior, ageMs, ends)
  return [phase, ready ? 'ready' : 'not ready', `restarts ${restarts}`, waiting?.reason ?? '']
    .join(', ')
    .replace(/, $/, '')
}

describe('a simulated pod', () => {
  it('starts, then becomes ready after the time of its behaviour', () => {
    assert.equal(summary({ readyAfterMs: 5000 }, 0), 'Pending, not ready, restarts 0, ContainerCreating')
    assert.equal(summary({ readyAfterMs: 5000 }, 5299), 'Running, not ready, restarts 0')
    assert.equal(summary({ readyAfterMs: 5000 }, 5300), 'Running, ready, restarts 0')
  })

  it('stays unready for ever when told so', () => {
    const state = at({ neverReady: true }, 86_400_000)
    assert.equal(state.ready, false)
    assert.equal(state.nextChangeMs, undefined)
  })

  it('loses readiness after a while', () => {
    const behavior = { readyAfterMs: 1000, unreadyAfterMs: 10_000 }
    assert.equal(at(behavior, 11_299).ready, true)
    assert.equal(at(behavior, 11_300).ready, false)
  })

  it('restarts a crashing container with a doubling back-off', () => {
    const behavior = { readyAfterMs: 1000, crashAfterMs: 5000 }
    assert.equal(summary(behavior, 2000), 'Running, ready, restarts 0')
    assert.equal(summary(behavior, 5300), 'Running, not ready, restarts 0, CrashLoopBackOff')
    assert.equal(summary(behavior, 15_300), 'Running, not ready, restarts 1')
    assert.equal(summary(behavior, 20_300), 'Running, not ready, restarts 1, CrashLoopBackOff')
    assert.equal(summary(behavior, 40_299), 'Running, not ready, restarts 1, CrashLoopBackOff')
    assert.equal(summary(behavior, 40_300), 'Running, not ready, restarts 2')
  })

  it('waits for an image that cannot be pulled', () => {
    assert.equal(summary({ imagePullFails: true }, 60_000), 'Pending, not ready, restarts 0, ImagePullBackOff')
  })

  it('is never scheduled when no node has room', () => {
    assert.equal(at({ unschedulable: true }, 60_000).scheduled, false)
  })

  it('ends with its exit code when it belongs to a Job', () => {
    assert.equal(at({ runForMs: 2000 }, 2299, true).phase, 'Running')
    assert.equal(at({ runForMs: 2000 }, 2300, true).phase, 'Succeeded')
    assert.equal(at({ runForMs: 2000, exitCode: 3 }, 2300, true).exitCode, 3)
    assert.equal(at({ exitCode: 1 }, 60_000, true).phase, 'Failed')
  })

  it('always names the age of its next change, and changes then', () => {
    const behaviors = fc.record(
      {
        readyAfterMs: fc.nat(20_000),
        unreadyAfterMs: fc.nat(20_000),
        crashAfterMs: fc.integer({ min: 1, max: 20_000 }),
        runForMs: fc.nat(20_000),
        exitCode: fc.nat(2),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(behaviors, fc.nat(600_000), fc.boolean(), (behavior, ageMs, ends) => {
        const { nextChangeMs, ...state } = at(behavior, ageMs, ends)
        if (nextChangeMs === undefined) {
          assert.deepEqual(at(behavior, ageMs * 10 + 1_000_000, ends), state)
          return
        }
        assert.ok(nextChangeMs > ageMs)
        const { nextChangeMs: _, ...justBefore } = at(behavior, Math.max(ageMs, nextChangeMs - 1), ends)
        assert.deepEqual(justBefore, state)
      }),
    )
  })
})

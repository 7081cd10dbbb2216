import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Observed, Reply } from '../../../src/rollout/observer.ts'
import { judgeObservation } from '../../../src/rollout/router-observation.ts'
import type { Verification } from '../../../src/routers/router.ts'

const now = 1_000_000_000

const reply = (parts: Partial<Reply<Verification>>): Observed<Verification> => ({
  reply: { id: 'q', atMs: now, failures: 0, isNews: false, ...parts },
})

const rows: readonly (readonly [string, Observed<Verification> | undefined, string, number | undefined])[] = [
  ['nothing is known', undefined, 'asked', 0],
  ['another question was answered', reply({ id: 'other', answer: { state: 'verified' } }), 'asked', 0],
  ['the question is on its way', { asking: 'q' }, 'asked', undefined],
  ['it is in force', reply({ answer: { state: 'verified' } }), 'verified', 300],
  ['it is not yet in force', reply({ answer: { state: 'pending', why: '' } }), 'pending', 10],
  ['nobody can tell', reply({ answer: { state: 'not-verifiable' } }), 'not-verifiable', 300],
  ['there was no answer', reply({ error: 'down', failures: 1 }), 'asked', 1],
  ['there was none many times', reply({ error: 'down', failures: 20 }), 'asked', 60],
  ['it was in force before', reply({ answer: { state: 'verified' }, error: 'down', failures: 3 }), 'verified', 4],
]

describe('what was answered about an intent, and when to ask again', () => {
  for (const [what, observed, state, seconds] of rows) {
    it(what, () => {
      const judged = judgeObservation(observed, 'q', now)
      assert.equal(judged.state, state)
      assert.equal(judged.dueAt, seconds === undefined ? undefined : now + seconds * 1000)
      assert.equal(judged.isDue, seconds === 0)
    })
  }

  it('is asked when the time has come', () => {
    assert.equal(judgeObservation(reply({ atMs: now - 300_000, answer: { state: 'verified' } }), 'q', now).isDue, true)
  })

  it('is in the world before anybody answers where it is written in objects', () => {
    assert.equal(judgeObservation(undefined, 'q', now, true).state, 'asked')
    const down = judgeObservation(reply({ error: 'down', failures: 1 }), 'q', now, true)
    assert.deepEqual([down.state, down.why, down.dueAt], ['pending', 'down', now + 1000])
  })

  it('is not asked about again where it is written in objects and verified', () => {
    const old = reply({ atMs: now - 3_600_000, answer: { state: 'verified' } })
    const { state, isDue, dueAt } = judgeObservation(old, 'q', now, true)
    assert.deepEqual([state, isDue, dueAt], ['verified', false, undefined])
  })
})

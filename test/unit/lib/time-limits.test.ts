import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Backoff } from '../../../src/lib/backoff.ts'
import { startDeadline, TimeoutError } from '../../../src/lib/deadline.ts'
import { parseRetryAfter } from '../../../src/lib/retry-after.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

describe('a backoff', () => {
  const options = { firstMs: 1600, maxMs: 30_000, resetAfterMs: 120_000 }

  it('doubles up to its maximum, between half and the whole of it', () => {
    const [least, most] = [new Backoff(options), new Backoff(options)]
    const delays = Array.from({ length: 7 }, () => [least.next(0, 0), most.next(0, 1)])
    assert.deepEqual(delays, [
      [800, 1600],
      [1600, 3200],
      [3200, 6400],
      [6400, 12_800],
      [12_800, 25_600],
      [15_000, 30_000],
      [15_000, 30_000],
    ])
  })

  it('begins anew after a healthy time, which counts from the end of the delay', () => {
    const backoff = new Backoff(options)
    backoff.next(0, 1)
    assert.equal(backoff.next(121_599, 1), 3200)
    assert.equal(backoff.next(121_599 + 3200 + 120_000, 1), 1600)
  })
})

describe('a deadline', () => {
  it('aborts when the time is over, and says what was waited for', async () => {
    const clock = new ManualClock()
    const { signal } = startDeadline(clock, 1000, undefined, 'no answer')
    await clock.advance(999)
    assert.equal(signal.aborted, false)
    await clock.advance(1)
    assert.ok(signal.reason instanceof TimeoutError)
    assert.equal(signal.reason.message, 'no answer within 1000 ms')
  })

  it('aborts with the outer signal, before or after it was started', () => {
    const outer = new AbortController()
    const early = startDeadline(new ManualClock(), 1000, outer.signal, 'x')
    outer.abort(new Error('enough'))
    const late = startDeadline(new ManualClock(), 1000, outer.signal, 'x')
    assert.match(String(early.signal.reason), /enough/)
    assert.match(String(late.signal.reason), /enough/)
  })

  it('starts anew with every renewal', async () => {
    const clock = new ManualClock()
    const { signal, renew } = startDeadline(clock, 1000, undefined, 'silence')
    for (let second = 0; second < 10; second++) {
      await clock.advance(900)
      renew()
    }
    assert.equal(signal.aborted, false)
    await clock.advance(1000)
    assert.equal(signal.aborted, true)
  })

  it('leaves nothing behind when it is released', async () => {
    const clock = new ManualClock()
    const outer = new AbortController()
    const deadline = startDeadline(clock, 1000, outer.signal, 'x')
    deadline.release()
    outer.abort()
    assert.equal(deadline.signal.aborted, false)
    assert.equal(clock.pendingTimers, 0)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')

  it('is a number of seconds or a date', () => {
    assert.equal(parseRetryAfter('3', now), 3000)
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now), 5000)
  })

  it('is never negative, and nothing when it says nothing usable', () => {
    assert.equal(parseRetryAfter('-3', now), 0)
    assert.equal(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now), 0)
    for (const header of [undefined, '', ' ', 'soon']) assert.equal(parseRetryAfter(header, now), undefined)
  })
})

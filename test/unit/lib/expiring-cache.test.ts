import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExpiringCache } from '../../../src/lib/expiring-cache.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

/** Issues `1`, `2`, … for the given time, and counts. */
const issuer = (clock: ManualClock, lifeMs = 600_000) => {
  let issued = 0
  const issue = async () => ({ value: `${++issued}`, expiresAt: clock.now() + lifeMs })
  return { issue, count: () => issued }
}

describe('the cache of what expires', () => {
  it('gives out what it has until shortly before its end', async () => {
    const clock = new ManualClock()
    const cache = new ExpiringCache<string>()
    const { issue } = issuer(clock)
    assert.equal(await cache.get('a', clock, issue), '1')
    await clock.advance(539_000)
    assert.equal(await cache.get('a', clock, issue), '1')
    await clock.advance(2000)
    assert.equal(await cache.get('a', clock, issue), '2')
  })

  it('asks once for many', async () => {
    const clock = new ManualClock()
    const cache = new ExpiringCache<string>()
    const { issue, count } = issuer(clock)
    const values = await Promise.all([1, 2, 3].map(() => cache.get('a', clock, issue)))
    assert.deepEqual([values, count()], [['1', '1', '1'], 1])
  })

  it('tells keys apart, and forgets what was used longest ago', async () => {
    const clock = new ManualClock()
    const cache = new ExpiringCache<string>(2)
    const { issue } = issuer(clock)
    for (const key of ['a', 'b', 'c']) await cache.get(key, clock, issue)
    assert.equal(await cache.get('c', clock, issue), '3')
    assert.equal(await cache.get('a', clock, issue), '4')
  })

  it('keeps no failure, and lets a waiting one try itself', async () => {
    const clock = new ManualClock()
    const cache = new ExpiringCache<string>()
    const { issue } = issuer(clock)
    const failing = cache.get('a', clock, () => Promise.reject(new Error('away')))
    const waiting = cache.get('a', clock, issue)
    await assert.rejects(failing, /away/)
    assert.equal(await waiting, '1')
  })

  it('forgets a value that was refused, and no newer one', async () => {
    const clock = new ManualClock()
    const cache = new ExpiringCache<string>()
    const { issue } = issuer(clock)
    await cache.get('a', clock, issue)
    cache.forget('a', '1')
    assert.equal(await cache.get('a', clock, issue), '2')
    cache.forget('a', '1')
    assert.equal(await cache.get('a', clock, issue), '2')
  })
})

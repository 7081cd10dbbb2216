import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CallResult, LoadLimiter, type LoadLimiterOptions } from '../../../src/kube/load-limiter.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const setUp = (options: Partial<LoadLimiterOptions> = {}) => {
  const clock = new ManualClock()
  const limiter = new LoadLimiter({ clock, maxConcurrent: 16, ...options })
  const never = new AbortController().signal
  const call = async (result: Partial<CallResult> = {}): Promise<void> => {
    const leave = await limiter.enter(never)
    leave({ code: 200, retryAfterMs: undefined, kind: 'GET', elapsedMs: 10, ...result })
  }
  return { clock, limiter, call, never }
}

describe('the load limiter', () => {
  it('never holds up a healthy server', async () => {
    const { clock, limiter, call } = setUp()
    for (let index = 0; index < 5000; index++) await call({ elapsedMs: 5 + (index % 40) })
    assert.equal(limiter.limit, 16)
    assert.equal(clock.monotonic(), 0)
    assert.equal(clock.pendingTimers, 0)
  })

  it('lets no more calls be under way than there are sockets', async () => {
    const { clock, limiter, never } = setUp({ maxConcurrent: 2 })
    const entered: number[] = []
    const leaves: ((result: CallResult) => void)[] = []
    for (let index = 0; index < 3; index++) {
      void limiter.enter(never).then((leave) => {
        entered.push(index)
        leaves.push(leave)
      })
    }
    await clock.settle()
    assert.deepEqual(entered, [0, 1])
    leaves[0]?.({ code: 200, retryAfterMs: undefined, kind: 'GET', elapsedMs: 1 })
    await clock.settle()
    assert.deepEqual(entered, [0, 1, 2])
  })

  it('makes everybody wait as long as a server under load asks, and halves what is under way', async () => {
    const { clock, limiter, call } = setUp()
    await call({ code: 429, retryAfterMs: 5000 })
    assert.equal(limiter.limit, 8)
    let served = false
    const next = call().then(() => {
      served = true
    })
    await clock.advance(4999)
    assert.equal(served, false)
    await clock.advance(1)
    await next
  })

  it('finds back to its full width when the server has recovered', async () => {
    const { clock, limiter, call } = setUp()
    for (let refusal = 0; refusal < 6; refusal++) {
      const refused = call({ code: 429, retryAfterMs: 10 })
      await clock.advance(10)
      await refused
    }
    assert.equal(limiter.limit, 1)
    await clock.advance(10)
    for (let index = 0; index < 200; index++) await call()
    assert.equal(limiter.limit, 16)
  })

  it('shrinks when answers take far longer than they used to', async () => {
    const { limiter, call } = setUp()
    for (let index = 0; index < 50; index++) await call({ elapsedMs: 100 })
    for (let index = 0; index < 50; index++) await call({ elapsedMs: 3000 })
    assert.ok(limiter.limit < 8, `${limiter.limit} at a time`)
    assert.ok(limiter.limit >= 2, 'but never to a standstill')
  })

  it('does not take a slow kind of call for a slow server', async () => {
    const { limiter, call } = setUp()
    for (let index = 0; index < 200; index++) {
      await call({ kind: 'GET', elapsedMs: 5 })
      await call({ kind: 'LIST', elapsedMs: 4000 })
    }
    assert.equal(limiter.limit, 16)
  })

  it('lets what acts go before what tells, and courtesies last', async () => {
    const { clock, limiter, never } = setUp({ maxConcurrent: 1 })
    const entered: string[] = []
    const call = async (name: string, urgency?: 'later' | 'last'): Promise<void> => {
      const leave = await limiter.enter(never, urgency)
      entered.push(name)
      await clock.sleep(10)
      leave({ code: 200, retryAfterMs: undefined, kind: 'POST', elapsedMs: 10 })
    }
    void call('under way')
    void call('an event', 'last')
    void call('a status', 'later')
    void call('a ReplicaSet')
    void call('another ReplicaSet')
    await clock.settle()
    for (let turn = 0; turn < 5; turn++) await clock.advance(10)
    assert.deepEqual(entered, ['under way', 'a ReplicaSet', 'another ReplicaSet', 'a status', 'an event'])
  })

  it('leaves half of the calls to what acts, and a quarter of them to courtesies at most', async () => {
    const { clock, limiter, never } = setUp()
    const entered = { first: 0, later: 0, last: 0 }
    const leaves: ((result: CallResult) => void)[] = []
    for (const urgency of ['last', 'later', 'first'] as const) {
      for (let call = 0; call < 10; call++) {
        void limiter.enter(never, urgency).then((leave) => {
          entered[urgency]++
          leaves.push(leave)
        })
      }
    }
    await clock.settle()
    assert.deepEqual(entered, { first: 4, later: 8, last: 4 })
    leaves[0]?.({ code: 200, retryAfterMs: undefined, kind: 'POST', elapsedMs: 1 })
    await clock.settle()
    assert.deepEqual(entered, { first: 5, later: 8, last: 4 })
  })

  it('keeps a rate when it is told one', async () => {
    const { clock, call } = setUp({ rate: { perSecond: 10, burst: 5 } })
    let served = 0
    for (let index = 0; index < 20; index++) {
      void call().then(() => {
        served++
      })
    }
    await clock.settle()
    assert.equal(served, 5)
    await clock.advance(1000)
    assert.equal(served, 15)
    await clock.advance(500)
    assert.equal(served, 20)
    assert.equal(clock.pendingTimers, 0)
  })

  it('lets those go who gave up waiting, without a timer left behind', async () => {
    const { clock, limiter, call } = setUp()
    await call({ code: 429, retryAfterMs: 5000 })
    const abort = new AbortController()
    const waiting = assert.rejects(limiter.enter(abort.signal), /enough/)
    abort.abort(new Error('enough'))
    await waiting
    assert.equal(clock.pendingTimers, 0)
    const next = call()
    await clock.advance(5000)
    await next
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '../../../src/sandbox/virtual-clock.ts'

const start = Date.parse('2026-01-01T00:00:00Z')

describe('the virtual clock', () => {
  it('stands still until it is run', async () => {
    const clock = new VirtualClock(start)
    clock.setTimer(1000, () => assert.fail('nobody let time pass'))
    await clock.settle()
    assert.equal(clock.now(), start)
  })

  it('jumps from timer to timer, in order of time', async () => {
    const clock = new VirtualClock(start)
    const fired: string[] = []
    clock.setTimer(3_600_000, () => fired.push(`hour at ${clock.monotonic()}`))
    clock.setTimer(1000, () => fired.push(`second at ${clock.monotonic()}`))
    assert.equal(await clock.run(), 'idle')
    assert.deepEqual(fired, ['second at 1000', 'hour at 3600000'])
    assert.equal(clock.now(), start + 3_600_000)
  })

  it('fires timers of the same moment in the order in which they were made', async () => {
    const clock = new VirtualClock(start)
    const fired: number[] = []
    for (const name of [1, 2, 3, 4, 5]) clock.setTimer(10, () => fired.push(name))
    await clock.run()
    assert.deepEqual(fired, [1, 2, 3, 4, 5])
  })

  it('lets all promises settle before time moves on', async () => {
    const clock = new VirtualClock(start)
    const seen: number[] = []
    clock.setTimer(10, async () => {
      for (let step = 0; step < 50; step += 1) await Promise.resolve()
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(clock.monotonic())
    })
    clock.setTimer(11, () => seen.push(clock.monotonic()))
    await clock.run()
    assert.deepEqual(seen, [10, 11])
  })

  it('waits for work that yields to the event loop as often as it likes', async () => {
    const clock = new VirtualClock(start)
    const seen: number[] = []
    const manyTurns = async (): Promise<void> => {
      for (let step = 0; step < 30; step += 1) await new Promise((resolve) => setImmediate(resolve))
      seen.push(clock.monotonic())
    }
    clock.setTimer(10, () => {
      void manyTurns()
      void manyTurns()
    })
    clock.setTimer(11, () => seen.push(clock.monotonic()))
    await clock.run()
    assert.deepEqual(seen, [10, 10, 11])
  })

  it('waits for work that is held, such as a socket', async () => {
    const clock = new VirtualClock(start)
    const release = clock.hold()
    let turns = 0
    const work = (): void => {
      turns += 1
      if (turns < 20) setImmediate(work)
      else release()
    }
    setImmediate(work)
    clock.setTimer(1, () => assert.equal(turns, 20))
    await clock.run()
    assert.equal(clock.monotonic(), 1)
  })

  it('stops exactly after the given time, also when no timer is there', async () => {
    const clock = new VirtualClock(start)
    clock.setTimer(5000, () => assert.fail('that is later'))
    assert.equal(await clock.run({ forMs: 4999 }), 'elapsed')
    assert.equal(clock.monotonic(), 4999)
  })

  it('stops as soon as its condition holds', async () => {
    const clock = new VirtualClock(start)
    let count = 0
    const again = (): void => {
      count += 1
      clock.setTimer(1000, again)
    }
    again()
    assert.equal(await clock.run({ until: () => count === 4, forMs: 60_000 }), 'until')
    assert.equal(clock.monotonic(), 3000)
  })

  it('never fires a cancelled timer', async () => {
    const clock = new VirtualClock(start)
    const timer = clock.setTimer(5, () => assert.fail('cancelled'))
    timer.cancel()
    timer.cancel()
    assert.equal(await clock.run(), 'idle')
    assert.equal(clock.monotonic(), 0)
  })

  it('wakes a sleeper at its time and ends an aborted sleep at once', async () => {
    const clock = new VirtualClock(start)
    const controller = new AbortController()
    const aborted = assert.rejects(clock.sleep(1000, controller.signal), /changed my mind/)
    controller.abort(new Error('changed my mind'))
    await aborted
    let woken = -1
    void clock.sleep(250).then(() => {
      woken = clock.monotonic()
    })
    await clock.run()
    assert.equal(woken, 250)
  })

  it('fires any set of timers in order of time, whichever are cancelled', async () => {
    const timers = fc.array(fc.record({ delay: fc.nat(50), cancelled: fc.boolean() }), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(timers, async (plan) => {
        const clock = new VirtualClock(start)
        const fired: number[] = []
        const made = plan.map(({ delay }) => clock.setTimer(delay, () => fired.push(delay)))
        plan.forEach(({ cancelled }, index) => {
          if (cancelled) made[index]?.cancel()
        })
        await clock.run()
        const expected = plan.filter(({ cancelled }) => !cancelled).map(({ delay }) => delay)
        assert.deepEqual(
          fired,
          expected.sort((left, right) => left - right),
        )
      }),
      { numRuns: 40 },
    )
  })
})

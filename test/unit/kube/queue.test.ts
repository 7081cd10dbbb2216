import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { WorkQueue } from '../../../src/kube/queue.ts'
import { ManualClock } from '../../builders/manual-clock.ts'

const setUp = () => {
  const clock = new ManualClock()
  return { clock, queue: new WorkQueue({ clock }) }
}

describe('a work queue', () => {
  it('holds a key once however often it is added', async () => {
    const { queue } = setUp()
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key)
    assert.equal(queue.depth, 2)
    assert.deepEqual([await queue.next(), await queue.next()], ['a', 'b'])
  })

  it('gives a key to one worker at a time, and again when it was added meanwhile', async () => {
    const { queue } = setUp()
    queue.add('a')
    await queue.next()
    queue.add('a')
    queue.add('a')
    assert.equal(queue.depth, 0)
    queue.done('a')
    assert.equal(queue.depth, 1)
    assert.equal(await queue.next(), 'a')
    queue.done('a')
    assert.equal(queue.depth, 0)
  })

  it('hands a key to a worker that waits already', async () => {
    const { queue } = setUp()
    const waiting = queue.next()
    queue.add('a')
    assert.equal(await waiting, 'a')
  })

  it('releases delayed keys at their time, in the order of their time', async () => {
    const { clock, queue } = setUp()
    queue.addAfter('late', 300)
    queue.addAfter('early', 100)
    await clock.advance(99)
    assert.equal(queue.depth, 0)
    await clock.advance(1)
    assert.equal(await queue.next(), 'early')
    await clock.advance(200)
    assert.equal(await queue.next(), 'late')
  })

  it('lets the earliest of several wishes for a key win', async () => {
    const { clock, queue } = setUp()
    queue.addAfter('a', 100)
    queue.addAfter('a', 500)
    queue.addAfter('a', 50)
    assert.equal(queue.delayed, 1)
    await clock.advance(50)
    assert.equal(await queue.next(), 'a')
    queue.done('a')
    await clock.advance(1000)
    assert.equal(queue.depth, 0)
  })

  it('fulfils a pending delay by an immediate add', async () => {
    const { clock, queue } = setUp()
    queue.addAfter('a', 100)
    queue.add('a')
    assert.equal(await queue.next(), 'a')
    queue.done('a')
    assert.equal(clock.pendingTimers, 0)
  })

  it('needs one timer however many keys are delayed', () => {
    const { clock, queue } = setUp()
    for (let index = 0; index < 1000; index++) queue.addAfter(`key-${index}`, 1000 - index)
    assert.equal(clock.pendingTimers, 1)
    assert.equal(clock.untilNextTimer, 1)
  })

  it('doubles the delay of a failing key from 1 ms to 10 s, until it is forgotten', async () => {
    const { clock, queue } = setUp()
    const delays: (number | undefined)[] = []
    for (let failure = 0; failure < 16; failure++) {
      queue.addRateLimited('a')
      delays.push(clock.untilNextTimer)
      await clock.advance(10_000)
      queue.done((await queue.next()) ?? '')
    }
    assert.deepEqual(delays, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 10_000, 10_000])
    queue.forget('a')
    queue.addRateLimited('a')
    assert.equal(clock.untilNextTimer, 1)
  })

  it('waits at least as long as a server asked', () => {
    const { clock, queue } = setUp()
    queue.addRateLimited('a', 3000)
    assert.equal(clock.untilNextTimer, 3000)
  })

  it('hands out what waits when it is shut down, and then ends its workers', async () => {
    const { clock, queue } = setUp()
    queue.add('a')
    queue.addAfter('delayed', 10)
    let drained = false
    const end = queue.shutDown().then(() => {
      drained = true
    })
    queue.add('too late')
    assert.equal(await queue.next(), 'a')
    await clock.settle()
    assert.equal(drained, false)
    queue.done('a')
    await end
    assert.equal(await queue.next(), undefined)
    assert.equal(clock.pendingTimers, 0)
  })

  it('ends idle workers when it is shut down', async () => {
    const { queue } = setUp()
    const workers = [queue.next(), queue.next()]
    await queue.shutDown()
    assert.deepEqual(await Promise.all(workers), [undefined, undefined])
  })

  it('drops what waits when the deadline of its shutdown is over', async () => {
    const { queue } = setUp()
    queue.add('stuck')
    queue.add('waiting')
    await queue.next()
    const deadline = new AbortController()
    const end = queue.shutDown(deadline.signal)
    deadline.abort()
    await end
    assert.equal(await queue.next(), undefined)
  })

  it('tells its depth, adds, retries and times', async () => {
    const told: string[] = []
    const clock = new ManualClock()
    let busy: () => readonly number[] = () => []
    const queue = new WorkQueue({
      clock,
      metrics: {
        depth: (keys) => told.push(`depth ${keys}`),
        added: () => told.push('added'),
        retried: () => told.push('retried'),
        waited: (seconds) => told.push(`waited ${seconds}`),
        worked: (seconds) => told.push(`worked ${seconds}`),
        running: (ask) => {
          busy = ask
        },
      },
    })
    queue.add('a')
    await clock.advance(2000)
    await queue.next()
    await clock.advance(500)
    assert.deepEqual(busy(), [0.5])
    queue.done('a')
    queue.addRateLimited('a')
    assert.deepEqual(told, ['added', 'depth 1', 'depth 0', 'waited 2', 'worked 0.5', 'retried'])
  })

  it('never gives a key to two workers, loses none, and ends empty, whatever happens in whatever order', async () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const action = fc.oneof(
      fc.record({ type: fc.constant('add' as const), key }),
      fc.record({ type: fc.constant('addAfter' as const), key, ms: fc.nat(50) }),
      fc.record({ type: fc.constant('fail' as const), key }),
      fc.record({ type: fc.constant('take' as const) }),
      fc.record({ type: fc.constant('finish' as const), key }),
      fc.record({ type: fc.constant('advance' as const), ms: fc.nat(30) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const { clock, queue } = setUp()
        const working = new Set<string>()
        const owed = new Set<string>()
        const take = async (): Promise<void> => {
          if (queue.depth === 0) return
          const taken = await queue.next()
          assert.ok(taken !== undefined && !working.has(taken), 'a key is with one worker only')
          working.add(taken)
          owed.delete(taken)
        }
        const finish = (done: string): void => {
          if (working.delete(done)) queue.done(done)
        }
        for (const step of actions) {
          if (step.type === 'add') queue.add(step.key)
          if (step.type === 'addAfter') queue.addAfter(step.key, step.ms)
          if (step.type === 'fail') queue.addRateLimited(step.key)
          if (step.type === 'take') await take()
          if (step.type === 'finish') finish(step.key)
          if (step.type === 'advance') await clock.advance(step.ms)
          if ('key' in step && step.type !== 'finish') owed.add(step.key)
        }
        await clock.advance(100_000)
        for (const left of [...working]) finish(left)
        while (queue.depth > 0) {
          await take()
          for (const left of [...working]) finish(left)
        }
        assert.deepEqual([...owed], [], 'every key that was asked for was handed out afterwards')
        assert.deepEqual([queue.depth, queue.delayed, queue.processing, clock.pendingTimers], [0, 0, 0, 0])
      }),
      { numRuns: 150 },
    )
  })
})

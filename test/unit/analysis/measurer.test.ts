import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Measurer } from '../../../src/analysis/measurer.ts'
import type { Arrival } from '../../../src/analysis/record.ts'
import { measured } from '../../builders/analysis-run.ts'

const arrival: Arrival = { kind: 'start', measurement: measured('Successful') }

/** A measurement that ends when the test says so. */
const pending = () => {
  const { promise, resolve } = Promise.withResolvers<Arrival>()
  return {
    work: () => promise,
    finish: async () => {
      resolve(arrival)
      await new Promise(setImmediate)
    },
  }
}

describe('the measurer', () => {
  it('tells of a result and keeps it until its status was written', async () => {
    const told: string[] = []
    const measurer = new Measurer((uid) => told.push(uid))
    const one = pending()
    measurer.start('run', 'm', one.work)
    assert.deepEqual([...measurer.inFlight('run')], ['m'])
    await one.finish()
    assert.deepEqual(told, ['run'])
    assert.deepEqual([...measurer.inFlight('run')], [])
    assert.deepEqual([...measurer.arrivals('run')], [['m', arrival]])
    measurer.consume('run', ['m'])
    assert.equal(measurer.size, 0)
  })

  it('does not start a metric twice', () => {
    const measurer = new Measurer(() => {})
    let started = 0
    const work = (): Promise<Arrival> => {
      started++
      return new Promise(() => {})
    }
    measurer.start('run', 'm', work)
    measurer.start('run', 'm', work)
    assert.equal(started, 0, 'work begins after the pass that asked for it')
    return new Promise<void>((resolve) => setImmediate(() => resolve(assert.equal(started, 1))))
  })

  it('asks no more providers at a time than allowed', async () => {
    const measurer = new Measurer(() => {}, 1)
    const first = pending()
    let secondStarted = false
    measurer.start('run', 'a', first.work)
    measurer.start('run', 'b', async () => {
      secondStarted = true
      return arrival
    })
    await new Promise(setImmediate)
    assert.equal(secondStarted, false)
    await first.finish()
    assert.equal(secondStarted, true)
  })

  it('stops what nobody waits for, and forgets its result', async () => {
    const told: string[] = []
    const measurer = new Measurer((uid) => told.push(uid))
    const one = pending()
    let aborted = false
    measurer.start('run', 'm', (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return one.work()
    })
    await new Promise(setImmediate)
    measurer.abandon('run')
    await one.finish()
    assert.equal(aborted, true)
    assert.deepEqual(told, [])
    assert.equal(measurer.arrivals('run').size, 0)
  })
})

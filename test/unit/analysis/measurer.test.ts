import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Measurer, type Work } from '../../../src/analysis/measurer.ts'
import type { Arrival } from '../../../src/analysis/record.ts'
import { measured } from '../../builders/analysis-run.ts'

const arrival: Arrival = { kind: 'start', measurement: measured('Successful') }

/** A measurement that ends when the test says so. */
class PendingWork implements Work {
  readonly lasting: boolean
  started = 0
  aborted = false
  readonly #end = Promise.withResolvers<Arrival>()

  constructor(lasting = false) {
    this.lasting = lasting
  }

  take(signal: AbortSignal): Promise<Arrival> {
    this.started++
    signal.addEventListener('abort', () => {
      this.aborted = true
    })
    return this.#end.promise
  }

  async finish(): Promise<void> {
    this.#end.resolve(arrival)
    await nextTurn()
  }
}

const inFlight = (measurer: Measurer): string[] => [...measurer.inFlight('run').keys()]

describe('the measurer', () => {
  it('tells of a result and keeps it until its status was written', async () => {
    const told: string[] = []
    const measurer = new Measurer((uid) => told.push(uid))
    const work = new PendingWork()
    measurer.start('run', 'm', work)
    assert.deepEqual(inFlight(measurer), ['m'])
    await work.finish()
    assert.deepEqual(told, ['run'])
    assert.deepEqual(inFlight(measurer), [])
    assert.deepEqual([...measurer.arrivals('run')], [['m', arrival]])
    measurer.consume('run', ['m'])
    assert.equal(measurer.size, 0)
  })

  it('does not start a metric twice', async () => {
    const measurer = new Measurer(() => {})
    const work = new PendingWork()
    measurer.start('run', 'm', work)
    measurer.start('run', 'm', work)
    await nextTurn()
    assert.equal(work.started, 1)
  })

  it('asks no more providers at a time than allowed', async () => {
    const measurer = new Measurer(() => {}, 1)
    const [first, second] = [new PendingWork(), new PendingWork()]
    measurer.start('run', 'a', first)
    measurer.start('run', 'b', second)
    await nextTurn()
    assert.equal(second.started, 0)
    await first.finish()
    assert.equal(second.started, 1)
  })

  it('stops what nobody waits for, and forgets its result', async () => {
    const told: string[] = []
    const measurer = new Measurer((uid) => told.push(uid))
    const work = new PendingWork()
    measurer.start('run', 'm', work)
    await nextTurn()
    measurer.abandon('run')
    await work.finish()
    assert.equal(work.aborted, true)
    assert.deepEqual(told, [])
    assert.equal(measurer.arrivals('run').size, 0)
  })

  it('does not cut off what leaves something behind while the run is there', async () => {
    const measurer = new Measurer(() => {})
    const [query, job] = [new PendingWork(), new PendingWork(true)]
    measurer.start('run', 'query', query)
    measurer.start('run', 'job', job)
    await nextTurn()
    measurer.abandonPassing('run')
    assert.deepEqual([query.aborted, job.aborted], [true, false])
    assert.deepEqual(inFlight(measurer), ['job'])
  })

  it('starts nothing after its end', async () => {
    const measurer = new Measurer(() => {})
    measurer.stop()
    const work = new PendingWork()
    measurer.start('run', 'm', work)
    await nextTurn()
    assert.equal(work.started, 0)
  })
})

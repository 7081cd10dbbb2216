import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countingMetric, isWaiting, withNoDataPolicy, withoutEnoughRequests } from '../../../src/analysis/guards.ts'
import type { Outcome } from '../../../src/providers/provider.ts'
import { aMetric } from '../../builders/objects.ts'

const since = Date.parse('2026-01-01T00:00:00Z')
const after = (seconds: number) => ({ since, now: since + seconds * 1000 })
const nothing: Outcome = { phase: 'Error', message: 'no data', noData: true }

describe('a policy for missing data', () => {
  it('leaves a metric without one, and every other outcome, alone', () => {
    const good: Outcome = { phase: 'Successful', value: '[1]' }
    const down: Outcome = { phase: 'Error', message: 'connection refused' }
    assert.equal(withNoDataPolicy({}, nothing, after(0)), nothing)
    for (const outcome of [good, down]) {
      assert.equal(withNoDataPolicy({ noData: { policy: 'Wait' } }, outcome, after(0)), outcome)
    }
  })

  it('keeps the error by default', () => {
    for (const noData of [{}, { policy: 'Error' as const }]) {
      assert.equal(withNoDataPolicy({ noData }, nothing, after(0)).phase, 'Error')
    }
  })

  it('makes it inconclusive', () => {
    const { phase, message } = withNoDataPolicy({ noData: { policy: 'Inconclusive' } }, nothing, after(0))
    assert.deepEqual([phase, message], ['Inconclusive', 'no data'])
  })

  it('waits, and asks again every ten seconds', () => {
    assert.deepEqual(withNoDataPolicy({ noData: { policy: 'Wait', limit: '25s' } }, nothing, after(3)), {
      phase: 'Running',
      message: 'no verdict yet: no data; asked again until 2026-01-01T00:00:25Z',
      resumeAt: '2026-01-01T00:00:13Z',
      metadata: { waitingFor: 'data' },
    })
  })

  it('asks for the last time at the limit, and is inconclusive then', () => {
    const metric = { noData: { policy: 'Wait' as const } }
    assert.equal(withNoDataPolicy(metric, nothing, after(295)).resumeAt, '2026-01-01T00:05:00Z')
    assert.deepEqual(withNoDataPolicy(metric, nothing, after(300)), {
      phase: 'Inconclusive',
      message: 'no verdict after 5m: no data',
    })
  })
})

describe('a minimum of requests', () => {
  const minimum = { count: '100', query: 'sum(increase(requests[5m]))', limit: '1m' }
  const counted = (value: string): Outcome => ({ phase: 'Successful', value })

  it('asks the same provider for their number, and judges nothing', () => {
    const metric = aMetric('success-rate', { minimumRequests: minimum })
    const { address } = metric.provider.prometheus ?? {}
    assert.deepEqual(countingMetric(metric, minimum), {
      name: 'success-rate',
      provider: { prometheus: { address, query: 'sum(increase(requests[5m]))' } },
    })
  })

  for (const value of ['[100]', '100.5', '[60,40]', '[1e+3]']) {
    it(`is reached by ${value}`, () => {
      assert.equal(withoutEnoughRequests(minimum, counted(value), after(0)), undefined)
    })
  }

  for (const [value, count] of [
    ['[99]', 99],
    ['[]', 0],
    ['[NaN]', 0],
    ['[40,NaN]', 40],
  ] as const) {
    it(`is not reached by ${value}`, () => {
      const outcome = withoutEnoughRequests(minimum, counted(value), after(0))
      assert.equal(outcome?.phase, 'Running')
      assert.equal(
        outcome.message,
        `no verdict yet: ${count} of at least 100 requests; asked again until 2026-01-01T00:01:00Z`,
      )
    })
  }

  it('counts no answer as none, and ends inconclusive', () => {
    assert.deepEqual(withoutEnoughRequests(minimum, nothing, after(60)), {
      phase: 'Inconclusive',
      message: 'no verdict after 1m: 0 of at least 100 requests',
    })
  })

  it('is an error while they cannot be counted', () => {
    const failed = withoutEnoughRequests(minimum, { phase: 'Error', message: 'connection refused' }, after(0))
    assert.deepEqual(failed, {
      phase: 'Error',
      message: 'counting the requests of minimumRequests: connection refused',
    })
  })

  it('makes a measurement that is known to be waiting only', () => {
    const metadata = withoutEnoughRequests(minimum, counted('[1]'), after(0))?.metadata ?? {}
    assert.equal(isWaiting({ phase: 'Running', metadata }), true)
    assert.equal(isWaiting({ phase: 'Running', metadata: { 'job-name': 'x' } }), false)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { effectiveCount, limitsOf } from '../../../src/api/metric-limits.ts'
import { metricOf } from '../../builders/analysis-run.ts'

describe('the number of measurements of a metric', () => {
  const rows: readonly (readonly [Parameters<typeof metricOf>[0], number | undefined])[] = [
    [{}, 1],
    [{ count: 0 }, 1],
    [{ interval: '10s' }, undefined],
    [{ interval: '10s', count: 0 }, undefined],
    [{ interval: '10s', count: '3' }, 3],
    [{ interval: '10s', count: '50%' }, undefined],
    [{ interval: '', count: 'abc' }, 1],
  ]
  for (const [metric, count] of rows) {
    it(`is ${count ?? 'without end'} for ${JSON.stringify(metric)}`, () =>
      assert.equal(effectiveCount(metricOf(metric)), count))
  }
})

describe('the limits of a metric', () => {
  it('allow no failure, nothing inconclusive and four errors in a row unless told otherwise', () => {
    assert.deepEqual(limitsOf(metricOf()), { failure: 0, inconclusive: 0, consecutiveError: 4, consecutiveSuccess: 0 })
  })

  it('may be text', () => {
    const told = metricOf({
      failureLimit: '-1',
      inconclusiveLimit: '2',
      consecutiveErrorLimit: 0,
      consecutiveSuccessLimit: '3',
    })
    assert.deepEqual(limitsOf(told), { failure: -1, inconclusive: 2, consecutiveError: 0, consecutiveSuccess: 3 })
  })
})

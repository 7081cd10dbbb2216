import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metric } from '../../../../src/api/metric.ts'
import { validateMetrics } from '../../../../src/api/validation/metrics.ts'
import { metricOf } from '../../../builders/analysis-run.ts'

const rows: readonly (readonly [Partial<Metric>, string[]])[] = [
  [{}, []],
  [{ count: 5, interval: '1s', failureLimit: 2, consecutiveSuccessLimit: 3 }, []],
  [{ count: '50%', interval: '1s' }, []],
  [{ consecutiveSuccessLimit: -1 }, ['consecutiveSuccessLimit must be >= 0']],
  [{ failureLimit: -2 }, ['failureLimit must be >= 0, or -1 to be disabled']],
  [{ failureLimit: -1 }, ['failureLimit and consecutiveSuccessLimit cannot both be disabled']],
  [
    { inconclusiveLimit: -1, consecutiveErrorLimit: -1 },
    ['inconclusiveLimit must be >= 0', 'consecutiveErrorLimit must be >= 0'],
  ],
  [
    { count: 4, interval: '1s', failureLimit: 2, consecutiveSuccessLimit: 3 },
    ['count (4) must be >= failureLimit + consecutiveSuccessLimit (2 + 3) if both >= 0'],
  ],
  [
    { count: 2, interval: '1s', failureLimit: -1, consecutiveSuccessLimit: 3 },
    ['count must be >= consecutiveSuccessLimit'],
  ],
  [{ count: 2, interval: '1s', inconclusiveLimit: 3 }, ['count must be >= inconclusiveLimit']],
  [{ count: 2 }, ['interval must be specified when count > 1']],
  [{ interval: '5' }, ['invalid interval string: time: missing unit in duration "5"']],
  [{ initialDelay: '1d' }, ['invalid startDelay string: time: unknown unit "d" in duration "1d"']],
  [{ provider: {} }, ['no provider specified']],
  [{ provider: { plugin: { 'a/b': {}, 'c/d': {} } } }, ['multiple providers specified']],
]

describe('a metric is checked', () => {
  for (const [over, faults] of rows) {
    it(`${JSON.stringify(over)}: ${faults.join('; ') || 'nothing wrong'}`, () => {
      assert.deepEqual(
        validateMetrics([metricOf(over)]),
        faults.map((fault) => `metrics[0]: ${fault}`),
      )
    })
  }

  it('together with the others', () => {
    assert.deepEqual(validateMetrics([]), ['no metrics specified'])
    assert.deepEqual(validateMetrics([metricOf(), metricOf({ count: 2 })]), [
      "metrics[1]: duplicate name 'error-rate'",
      'metrics[1]: interval must be specified when count > 1',
    ])
  })
})

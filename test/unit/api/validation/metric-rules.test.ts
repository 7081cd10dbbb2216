import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rulesByMetric } from '../../../../src/api/validation/metric-rules.ts'

const metrics = [{ name: 'error-rate' }, { name: 'latency-p99' }]
const appliesTo = (...patterns: string[]): string[] => [
  ...rulesByMetric(
    patterns.map((metricName) => ({ metricName })),
    metrics,
    'dryRun',
  ).keys(),
]

describe('a rule that names metrics', () => {
  const rows: readonly (readonly [string, string[]])[] = [
    ['error-rate', ['error-rate']],
    ['rate', ['error-rate']],
    ['^latency', ['latency-p99']],
    ['.*', ['error-rate', 'latency-p99']],
    ['(?i)ERROR', ['error-rate']],
  ]
  for (const [pattern, names] of rows) {
    it(`${pattern} is for ${names.join(' and ')}`, () => assert.deepEqual(appliesTo(pattern), names))
  }

  it('must match a metric, and one that is no regular expression matches none', () => {
    assert.throws(() => appliesTo('rate', 'cpu'), { message: "dryRun[1]: Rule didn't match any metric name(s)" })
    assert.throws(() => appliesTo('('), { message: "dryRun[0]: Rule didn't match any metric name(s)" })
  })
})

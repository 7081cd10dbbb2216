import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolveMetricArgs } from '../../../../src/api/validation/metric-args.ts'
import { metricOf } from '../../../builders/analysis-run.ts'

describe('arguments of a metric', () => {
  it('are put into every text, keys included, and are not read again', () => {
    const job = { metadata: { labels: { 'app-{{args.x}}': '{{ args.x }}' } }, spec: { template: {} } }
    const metric = metricOf({ successCondition: 'result > {{args.x}}', provider: { job } })
    const resolved = resolveMetricArgs(metric, [{ name: 'x', value: '{{args.x}}' }])
    assert.equal(resolved.successCondition, 'result > {{args.x}}')
    assert.deepEqual(resolved.provider.job?.metadata?.labels, { 'app-{{args.x}}': '{{args.x}}' })
  })

  it('stay inside the text they stand in, whatever they hold', () => {
    const value = 'q"uo\\te\n\u0000","provider":{}'
    assert.equal(
      resolveMetricArgs(metricOf({ successCondition: 'a {{args.x}} b' }), [{ name: 'x', value }]).successCondition,
      `a ${value} b`,
    )
  })

  const refused: readonly (readonly [string, string, { name: string; value?: string }[]])[] = [
    ['argument "x" was not supplied', 'unused', [{ name: 'x' }]],
    ['failed to resolve {{args.z}}', '{{args.y}} {{args.z}}', []],
    ['failed to resolve {{args.y', 'result > {{args.y', []],
  ]
  for (const [message, successCondition, args] of refused) {
    it(`are refused: ${message}`, () =>
      assert.throws(() => resolveMetricArgs(metricOf({ successCondition }), args), { message }))
  }
})

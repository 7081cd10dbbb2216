import assert from 'node:assert/strict'
import { test } from 'node:test'
import { metricViews, runNamed } from '../../../src/dashboard/model/analysis.ts'
import { chartData, valueRange, valueText } from '../../../src/dashboard/model/measurements.ts'
import { thresholdsOf, withArguments } from '../../../src/dashboard/model/thresholds.ts'
import type { AnalysisRunInfo } from '../../../src/server/dashboard/messages.ts'
import { aRolloutInfo } from '../../builders/rollout-info.ts'

const conditions: readonly (readonly [string, readonly string[]])[] = [
  ['result[0] >= 0.95', ['0 >= 0.95']],
  ['result < 5', [' < 5']],
  ['0.5 < result[0] && result[0] <= 2e3', ['0 <= 2000', '0 > 0.5']],
  ['result.p99 < 250 || result["p50"] < 100', ['p99 < 250', 'p50 < 100']],
  ['default(result, 0) <= 1', [' <= 1']],
  ['isNaN(result[0]) || result[0] > -3.5', ['0 > -3.5']],
  ['all(result, # > 0.9)', [' > 0.9']],
  ['len(result) > 0 && result[0] > 0.9', ['0 > 0.9']],
  ['result[0] > 0.9 || result[0] > 0.9', ['0 > 0.9']],
  ['result == "ok"', []],
  ['result[0] > result[1]', []],
  ['', []],
]

for (const [condition, found] of conditions) {
  test(`of ${JSON.stringify(condition)} a chart shows ${found.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual(
      thresholdsOf(condition, 'success').map(({ key = '', operator, value }) => `${key} ${operator} ${value}`),
      found,
    )
  })
}

test('arguments stand in texts as their values, unknown ones as they are written', () => {
  const args = [{ name: 'limit', value: '0.9' }, { name: 'secret' }]
  assert.equal(
    withArguments('> {{args.limit}} {{ args.secret }} {{args.other}}', args),
    '> 0.9 {{ args.secret }} {{args.other}}',
  )
})

const at = (second: number, value: string | undefined, phase = 'Successful') => ({
  phase,
  finishedAt: `2026-01-31T12:00:0${second}Z`,
  ...(value !== undefined && { value }),
})
const noon = Date.parse('2026-01-31T12:00:00Z') / 1000

test('a chart has a point for each measurement, also where it gave no number', () => {
  assert.deepEqual(chartData([at(0, '[0.9]'), at(1, undefined, 'Error'), at(2, '[NaN]')], []), {
    times: [noon, noon + 1, noon + 2],
    phases: ['Successful', 'Error', 'Successful'],
    lines: [{ name: '0', values: [0.9, null, null] }],
  })
})

test('a chart shows the values that conditions compare, or all that are numbers', () => {
  const measured = [at(0, '{"p50":10,"p99":200,"unit":"ms"}')]
  const names = (keys: readonly string[]) => chartData(measured, keys)?.lines.map(({ name }) => name)
  assert.deepEqual(names(['p99']), ['p99'])
  assert.deepEqual(names(['other']), ['p50', 'p99'])
})

test('what is no number has no chart', () => {
  assert.equal(chartData([at(0, '"pass"'), at(1, 'true')], []), undefined)
  assert.equal(chartData([{ phase: 'Successful', value: '1' }], []), undefined)
})

test('the range of a chart shows differences of large values, and small ones from zero on', () => {
  const data = (...values: number[]) => ({ times: [], phases: [], lines: [{ name: '', values }] })
  const [low, high] = valueRange(data(0.95, 0.99), [0.9])
  assert.ok(low > 0.8 && low < 0.9 && high > 0.99 && high < 1.1, `${low} to ${high}`)
  assert.deepEqual(valueRange(data(10, 100), []), [0, 115])
  const [below, above] = valueRange(data(0, 0), [])
  assert.ok(below <= 0 && above > 0)
})

test('values in a table are short', () => {
  assert.deepEqual(['0.123456', '[42]', '[1,2]', '{"a":1}', 'NaN', '', undefined].map(valueText), [
    '0.1235',
    '42',
    '[1,2]',
    '{"a":1}',
    'NaN',
    '–',
    '–',
  ])
})

const run: AnalysisRunInfo = {
  objectMeta: { name: 'web-2' },
  status: 'Running',
  specAndStatus: {
    spec: {
      args: [{ name: 'limit', value: '0.95' }],
      metrics: [
        {
          name: 'rate',
          interval: '1m',
          failureLimit: 2,
          successCondition: 'result[0] >= {{args.limit}}',
          provider: { prometheus: { address: 'http://prometheus', query: 'rate > {{args.limit}}' } },
        },
        { name: 'later', provider: {} },
      ],
    },
    status: {
      metricResults: [{ name: 'rate', phase: 'Running', dryRun: true, measurements: [at(0, '[0.97]')] }],
    },
  },
}

test('a metric is shown with its criteria, its threshold and its chart', () => {
  const [rate, later] = metricViews(run)
  assert.deepEqual(rate?.criteria, [
    ['Success if', 'result[0] >= 0.95'],
    ['Interval', '1m'],
    ['Failure limit', '2'],
    ['Provider', 'prometheus'],
    ['Query', 'rate > 0.95'],
  ])
  assert.deepEqual(rate?.thresholds, [{ key: '0', operator: '>=', value: 0.95, condition: 'success' }])
  assert.deepEqual(rate?.chart?.lines, [{ name: '0', values: [0.97] }])
  assert.equal(rate?.isDryRun, true)
  assert.equal(later?.phase, 'Pending')
  assert.equal(later?.chart, undefined)
})

test('a run is found by its name, also in an experiment', () => {
  const info = aRolloutInfo('web', { experiments: [{ objectMeta: { name: 'e' }, analysisRuns: [run] }] })
  assert.equal(runNamed(info, 'web-2'), run)
  assert.equal(runNamed(info, 'web-3'), undefined)
  assert.equal(runNamed(undefined, 'web-2'), undefined)
})

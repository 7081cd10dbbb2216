import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluateTime } from '../../../src/expr/eval-time.ts'
import { now } from './condition-table.ts'

const at = (text: string) => ({ ok: true, epochMilliseconds: Date.parse(text) })
const failure = (message: string) => ({ ok: false, message })

for (const [expression, outcome] of [
  ['now()', at('2024-05-06T07:08:09Z')],
  ['now() - duration("1h")', at('2024-05-06T06:08:09Z')],
  ['date("2024-01-02")', at('2024-01-02T00:00:00Z')],
  ['date("2024-01-02 03:04", "2006-01-02 15:04", "America/New_York")', at('2024-01-02T08:04:00Z')],
  ['isNaN(1) ? now() : date("2024-01-02")', at('2024-01-02T00:00:00Z')],
  ['duration("1h")', failure('expected time.Time, but got time.Duration')],
  ['result', failure('unknown name result')],
  ['', failure('unexpected token EOF')],
  ['date("x")', failure('invalid date x')],
] as const) {
  test(`${expression || 'nothing'} as a time`, () => assert.deepEqual(evaluateTime(expression, now), outcome))
}

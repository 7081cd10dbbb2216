import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluateCondition } from '../../../src/expr/condition.ts'
import { fromJson, type Value } from '../../../src/expr/value.ts'

/** 2024-05-06T07:08:09Z: what `now()` is in these tests. */
export const now = (): bigint => 1_714_979_289_000_000_000n

/** `true`, `false`, or the message with which the condition fails. */
export const outcomeOf = (expression: string, result: Value): boolean | string => {
  const outcome = evaluateCondition(expression, result, now)
  return outcome.ok ? outcome.value : outcome.message
}

/** One test for each condition of a table: its outcome on `result` (JSON, or a value). */
export const conditions = (
  title: string,
  result: Value,
  rows: readonly (readonly [expression: string, outcome: boolean | string])[],
): void => {
  for (const [expression, outcome] of rows) {
    test(`${title}: ${expression}`, () => assert.equal(outcomeOf(expression, result), outcome))
  }
}

/** A web metric's answer, with something of every kind. */
export const release: Value = fromJson({
  code: 200,
  status: 'success',
  ok: true,
  pods: [
    { name: 'a', latency: 12.5, ready: true },
    { name: 'b', latency: 80, ready: false },
  ],
  mixed: [1, 'a', null, true],
  nothing: null,
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromJson, list, type Value } from '../../../src/expr/value.ts'
import { conditions, outcomeOf } from './condition-table.ts'

conditions('a run may create a million elements', null, [
  ['len(1..1000000) > 0', 'memory budget exceeded'],
  ['len(1..999999) == 999999', true],
  ['len(repeat("a", 1000001)) > 0', 'memory budget exceeded'],
  ['len(replace(repeat("a", 900000), "a", repeat("b", 90000))) > 0', 'memory budget exceeded'],
])

test('strings that double with every variable come to an end', () => {
  const doubling = Array.from({ length: 60 }, (_, index) => `let v${index + 1} = v${index} + v${index};`).join(' ')
  assert.equal(outcomeOf(`let v0 = "aaaaaaaaaa"; ${doubling} len(v60) > 0`, null), 'memory budget exceeded')
})

test('loops within loops come to an end', () => {
  const message = 'evaluation takes too long: simplify the condition'
  assert.equal(outcomeOf('let xs = 1..900; all(xs, all(xs, all(xs, true)))', null), message)
})

test('a pattern that would make a backtracking engine hang answers at once', () => {
  assert.equal(outcomeOf(`"${'a'.repeat(5000)}" matches "^(a+)+$b"`, null), false)
})

for (const [what, expression] of [
  ['parentheses', `${'('.repeat(5000)}1${')'.repeat(5000)} == 1`],
  ['operators', `0 ${'+ 1 '.repeat(4000)} > 0`],
  ['members', `result${'.a'.repeat(4000)} == 1`],
  ['negations', `${'!'.repeat(4000)}true`],
  ['conditionals', `${'true ? '.repeat(2000)}true${' : false'.repeat(2000)}`],
]) {
  test(`too deeply nested ${what} do not compile`, () => {
    const message = 'compilation failed: expression is nested too deeply'
    assert.equal(outcomeOf(expression ?? '', fromJson({})), message)
  })
}

test('more than ten thousand nodes do not compile', () => {
  const message = 'compilation failed: expression exceeds maximum allowed nodes'
  assert.equal(outcomeOf(`[${'1,'.repeat(10_001)}] == []`, null), message)
})

test('a result nested without end is an error, not a crash', () => {
  let nested: Value = fromJson([])
  for (let depth = 0; depth < 100_000; depth += 1) nested = list([nested])
  assert.equal(outcomeOf('result == [1]', nested), false)
  assert.equal(outcomeOf('string(result) == ""', nested), 'a value is nested too deeply')
})

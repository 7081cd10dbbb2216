import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assessResult, evaluateCondition } from '../../../src/expr/condition.ts'
import { floatVector, fromJson } from '../../../src/expr/value.ts'
import { now } from './condition-table.ts'

const phaseOf = (successCondition: string | undefined, failureCondition: string | undefined): string =>
  assessResult({ successCondition, failureCondition }, fromJson(1), now).phase

describe('the phase of a measurement', () => {
  for (const [success, failure, phase] of [
    [undefined, undefined, 'Successful'],
    ['', '', 'Successful'],
    ['true', undefined, 'Successful'],
    ['false', undefined, 'Failed'],
    [undefined, 'true', 'Failed'],
    [undefined, 'false', 'Successful'],
    ['true', 'true', 'Failed'],
    ['true', 'false', 'Successful'],
    ['false', 'true', 'Failed'],
    ['false', 'false', 'Inconclusive'],
    ['nope', 'true', 'Error'],
    ['true', 'nope', 'Error'],
  ] as const) {
    test(`success condition ${success}, failure condition ${failure}: ${phase}`, () => {
      assert.equal(phaseOf(success, failure), phase)
    })
  }
})

test('an error names the condition and says why', () => {
  assert.deepEqual(assessResult({ failureCondition: 'result[0] > 1' }, fromJson(1), now), {
    phase: 'Error',
    message: 'could not evaluate failureCondition "result[0] > 1": type float64[int] is undefined',
    place: 'failureCondition (1:7)\n | result[0] > 1\n | ......^',
  })
})

for (const [what, result] of [
  ['nil', null],
  ['an empty vector', floatVector([])],
] as const) {
  test(`every error on ${what} is reported as missing data`, () => {
    assert.equal(
      assessResult({ successCondition: 'result[0] > 1' }, result, now).message,
      'could not evaluate successCondition "result[0] > 1": metric result is nil or empty: no data returned from the metric provider',
    )
  })
}

test('a condition that guards itself works on an empty vector', () => {
  assert.equal(
    assessResult({ successCondition: 'len(result) == 0 || result[0] > 1' }, floatVector([]), now).phase,
    'Successful',
  )
})

test('a failure shows its place in the condition', () => {
  const outcome = evaluateCondition('result > 1 &&\n\tnope > 2', fromJson(1), now)
  assert.ok(!outcome.ok)
  assert.deepEqual(outcome.position, { line: 2, column: 2, snippet: ' |  nope > 2\n | .^' })
  assert.deepEqual(assessResult({ failureCondition: 'result > 1 &&\n\tnope > 2' }, fromJson(1), now), {
    phase: 'Error',
    message: 'could not evaluate failureCondition "result > 1 &&\n\tnope > 2": unknown name nope',
    place: 'failureCondition (2:2)\n |  nope > 2\n | .^',
  })
})

test('a failure while running has a place too', () => {
  const outcome = evaluateCondition('true && result.a + 1 == 2', fromJson({ a: 'x' }), now)
  assert.ok(!outcome.ok)
  assert.equal(outcome.stage, 'run')
  assert.equal(outcome.position?.column, 18)
})

/** Conditions with something wrong in them, marked as «…»; the caret is under its first character. */
const misplaced: readonly string[] = [
  '«@» result > 1',
  'result «@»> 1',
  'result > «@»1',
  'result > 1«@»',
  'result > 1 «)»',
  '(result > 1«»',
  'result «1»',
  '«nope» > 1',
  'result > 1 && «nope» > 1',
  'result > 1 ? true : «nope»',
  'any([1, 2], # > «nope»)',
  'all([1, 2], {# > «nope»})',
  '[1, «nope»][0] > result',
  '{a: «nope»}.a > result',
  'len(«nope») > result',
  'let x = «nope»; x > result',
  'result in [«nope»]',
  'not «nope»',
  "result == «'ok",
  'result == «`ok',
  'result == "a\\«q»"',
  'result > 1 «/* why',
  'result > 1«a»',
  'result «matches» "["',
  'result.«»',
  '-«nope» > 1',
]
for (const marked of misplaced) {
  test(`a caret is under the place: ${marked}`, () => {
    const condition = marked.replace(/[«»]/g, '')
    const outcome = evaluateCondition(condition, fromJson(2), now)
    assert.ok(!outcome.ok)
    const at = marked.indexOf('«')
    assert.deepEqual(outcome.position, { line: 1, column: at + 1, snippet: ` | ${condition}\n | ${'.'.repeat(at)}^` })
  })
}

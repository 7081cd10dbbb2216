import { z } from 'zod'
import { assessResult, evaluateCondition } from '../../../src/expr/condition.ts'
import { evaluateTime } from '../../../src/expr/eval-time.ts'
import { deviations } from '../deviations.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'
import { goValue } from './go-value.ts'

/** No recorded case asks for the time. */
const now = (): bigint => 0n

const answer = { go: z.string(), result: z.unknown() }

const conditionCase = z.object({
  id: z.string(),
  ...answer,
  expression: z.string(),
  want: z.boolean().optional(),
  error: z.string().optional(),
  stage: z.string().optional(),
  phaseIfSuccessCondition: z.string(),
  phaseIfFailureCondition: z.string(),
  phaseError: z.string().optional(),
})

const conditionAnswer = (testCase: z.infer<typeof conditionCase>): unknown => {
  const value = goValue(testCase.go, testCase.result)
  const { expression } = testCase
  const outcome = evaluateCondition(expression, value, now)
  const success = assessResult({ successCondition: expression }, value, now)
  const failure = assessResult({ failureCondition: expression }, value, now)
  return {
    ...(outcome.ok ? { want: outcome.value } : { error: outcome.message, stage: outcome.stage }),
    success: success.phase,
    failure: failure.phase,
    message: success.message,
  }
}

const expectedCondition = (testCase: z.infer<typeof conditionCase>): unknown => {
  const { expression, error, stage, want, phaseError } = testCase
  const message = error === undefined ? undefined : `could not evaluate successCondition "${expression}": ${error}`
  return {
    ...(error === undefined ? { want } : { error, stage }),
    success: testCase.phaseIfSuccessCondition,
    failure: testCase.phaseIfFailureCondition,
    // An empty expression is no condition: then nothing could fail.
    message: expression === '' ? undefined : (phaseError ?? message),
  }
}

/** One condition on one result: the answer or the exact message, and the phase that follows. */
export const conditionSuite: Suite = {
  name: 'conditions',
  file: 'expr.json',
  run: (oracle) => {
    const { cases } = z.object({ cases: z.array(conditionCase) }).parse(oracle)
    return runCases(cases, (item) => compareAnswers(expectedCondition(item), conditionAnswer(item)), deviations)
  },
}

const pairCase = z.object({
  id: z.string(),
  ...answer,
  successCondition: z.string(),
  failureCondition: z.string(),
  phase: z.string(),
  error: z.string().optional(),
})

/** A success and a failure condition together: the phase, and the exact message of an Error. */
export const evaluateResultSuite: Suite = {
  name: 'pairs of conditions',
  file: 'expr.json',
  run: (oracle) => {
    const { evaluateResult } = z.object({ evaluateResult: z.array(pairCase) }).parse(oracle)
    const judge = (item: z.infer<typeof pairCase>) => {
      const { phase, message } = assessResult(item, goValue(item.go, item.result), now)
      return compareAnswers({ phase: item.phase, message: item.error }, { phase, message })
    }
    return runCases(evaluateResult, judge, deviations)
  },
}

const timeCase = z.object({ expression: z.string(), time: z.string().optional(), error: z.string().optional() })

/** Time expressions of Prometheus range queries. */
export const timeSuite: Suite = {
  name: 'time expressions',
  file: 'expr.json',
  run: (oracle) => {
    const { evalTime } = z.object({ evalTime: z.array(timeCase) }).parse(oracle)
    const cases = evalTime.map((item) => ({ ...item, id: item.expression }))
    const judge = (item: z.infer<typeof timeCase>) => {
      const outcome = evaluateTime(item.expression, now)
      const got = outcome.ok ? { at: outcome.epochMilliseconds } : { error: outcome.message }
      return compareAnswers(item.time === undefined ? { error: item.error } : { at: Date.parse(item.time) }, got)
    }
    return runCases(cases, judge, deviations)
  },
}

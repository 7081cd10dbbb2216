import { assessResult } from '../expr/condition.ts'
import { isNil, List, Scalar, type Value } from '../expr/value.ts'
import type { MeasureContext, Outcome } from './provider.ts'

/** Go's clock has nanoseconds; ours has milliseconds. */
export const nowInNanoseconds =
  ({ clock }: Pick<MeasureContext, 'clock'>) =>
  (): bigint =>
    BigInt(Math.floor(clock.now())) * 1_000_000n

/** Whether an answer has no value: none, null, or NaN wherever a number should be, such as the quotient of two zeros. */
const hasNoData = (result: Value): boolean => {
  if (result instanceof List) return result.items.every(hasNoData)
  if (result instanceof Scalar) return Number.isNaN(result.value)
  return isNil(result) || Number.isNaN(result)
}

/** What a measured value is worth by the conditions of its metric. A metric with a policy for missing data has it decide first. A condition that cannot be evaluated leaves no value, as published. */
export const judge = (context: Pick<MeasureContext, 'metric' | 'clock'>, result: Value, text: string): Outcome => {
  const { successCondition, failureCondition } = context.metric
  if (context.metric.noData !== undefined && hasNoData(result)) {
    return { phase: 'Error', message: `the metric provider returned no data: ${text}`, noData: true }
  }
  const { phase, message } = assessResult({ successCondition, failureCondition }, result, nowInNanoseconds(context))
  return phase === 'Error' ? { phase, ...(message !== undefined && { message }) } : { phase, value: text }
}

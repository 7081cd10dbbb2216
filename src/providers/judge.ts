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

/** Key of a measurement's metadata: where a condition could not be evaluated. An addition: the message keeps the published words. */
const placeKey = 'conditionError'

/**
 * What a measured value is worth by the conditions of its metric. A metric with a policy for missing data has it decide first. A condition
 * that cannot be evaluated leaves no value, as published.
 */
export const judge = (context: Pick<MeasureContext, 'metric' | 'clock'>, result: Value, text: string): Outcome => {
  const { successCondition, failureCondition, noData } = context.metric
  if (noData !== undefined && hasNoData(result)) {
    return { phase: 'Error', message: `the metric provider returned no data: ${text}`, noData: true }
  }
  const { phase, message, place } = assessResult(
    { successCondition, failureCondition },
    result,
    nowInNanoseconds(context),
  )
  if (phase !== 'Error') return { phase, value: text }
  return {
    phase,
    ...(message !== undefined && { message }),
    ...(place !== undefined && { notes: { [placeKey]: place } }),
  }
}

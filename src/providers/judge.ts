import { assessResult } from '../expr/condition.ts'
import type { Value } from '../expr/value.ts'
import type { MeasureContext, Outcome } from './provider.ts'

/** Go's clock has nanoseconds; ours has milliseconds. */
export const nowInNanoseconds =
  ({ clock }: Pick<MeasureContext, 'clock'>) =>
  (): bigint =>
    BigInt(Math.floor(clock.now())) * 1_000_000n

/** What a measured value is worth by the conditions of its metric. A condition that cannot be evaluated leaves no value, as published. */
export const judge = (context: Pick<MeasureContext, 'metric' | 'clock'>, result: Value, text: string): Outcome => {
  const { successCondition, failureCondition } = context.metric
  const { phase, message } = assessResult({ successCondition, failureCondition }, result, nowInNanoseconds(context))
  return phase === 'Error' ? { phase, ...(message !== undefined && { message }) } : { phase, value: text }
}

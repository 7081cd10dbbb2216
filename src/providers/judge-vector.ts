import { floatVector } from '../expr/value.ts'
import { judge } from './judge.ts'
import type { MeasureContext, Outcome } from './provider.ts'
import { formatSamples } from './value-text.ts'

/** What values of several series are worth, one of each: conditions read them as `result[0]`, as with Prometheus. */
export const judgeVector = (values: readonly number[], context: MeasureContext): Outcome =>
  judge(context, floatVector(values), formatSamples(values))

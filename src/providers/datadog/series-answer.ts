import * as z from 'zod'
import { scalar } from '../../expr/value.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { formatSample } from '../value-text.ts'

/** An answer of Datadog's v1 API, "Query timeseries points". Points are `[milliseconds, value]`. */
export const seriesAnswer = z.object({
  status: z.string().nullish(),
  error: z.string().nullish(),
  series: z.array(z.object({ pointlist: z.array(z.array(z.number().nullable())).nullish() })).nullable(),
})

const newestValue = (points: readonly (readonly (number | null)[])[]): number | undefined => {
  if (points.some(({ length }) => length !== 2)) throw new ProviderError('Datapoint does not have 2 values')
  return points.findLast(([, value]) => value !== null)?.[1] ?? undefined
}

/**
 * The newest point of the first series. A point without a value is none: the published controller reads it as 0, which passes for a
 * healthy error rate.
 */
export const judgeSeries = (
  { status, error, series }: z.output<typeof seriesAnswer>,
  context: MeasureContext,
): Outcome => {
  if (status === 'error') throw new ProviderError(`There were errors in your query: ${error ?? 'no reason given'}`)
  const [first] = series ?? []
  const value = newestValue(first?.pointlist ?? [])
  if (value !== undefined) return judge(context, scalar(value), formatSample(value))
  return judge(context, null, first === undefined ? '[]' : '[{"pointlist":[]}]')
}

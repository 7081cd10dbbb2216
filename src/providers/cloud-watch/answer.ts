import * as z from 'zod'
import type { CloudWatchResult } from '../../expr/cloudwatch-value.ts'
import { formatFloat } from '../../lib/go-number.ts'
import { toRfc3339 } from '../../lib/rfc3339.ts'

/** AWS' JSON has times as seconds since the epoch, and no number for what is none. */
const time = z.number().transform((seconds) => toRfc3339(seconds * 1000))
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)])
const message = z.object({ Code: z.string().nullish(), Value: z.string().nullish() })

/** Amazon CloudWatch, GetMetricData: one page of results. */
export const metricDataAnswer = z.object({
  MetricDataResults: z.array(
    z.object({
      Id: z.string().nullish(),
      Label: z.string().nullish(),
      StatusCode: z.string().nullish(),
      Timestamps: z.array(time).nullish(),
      Values: z.array(number).nullish(),
      Messages: z.array(message).nullish(),
    }),
  ),
  Messages: z.array(message).nullish(),
  NextToken: z.string().nullish(),
})

/** See {@link metricDataAnswer}. */
export type MetricDataAnswer = z.infer<typeof metricDataAnswer>

/** Results of several pages: a later page continues what an earlier one began. */
export const joinPages = (pages: readonly MetricDataAnswer[]): readonly CloudWatchResult[] => {
  const joined = new Map<string, CloudWatchResult>()
  for (const [index, result] of pages.flatMap(({ MetricDataResults }) => MetricDataResults).entries()) {
    const key = JSON.stringify([result.Id ?? index, result.Label])
    const before = joined.get(key)
    joined.set(key, {
      ...result,
      Timestamps: [...(before?.Timestamps ?? []), ...(result.Timestamps ?? [])],
      Values: [...(before?.Values ?? []), ...(result.Values ?? [])],
    })
  }
  return [...joined.values()]
}

/** The values as the published controller writes them into a measurement: `[[0.5 1] []]`. */
export const formatResults = (results: readonly CloudWatchResult[]): string =>
  `[${results.map(({ Values }) => `[${(Values ?? []).map(formatFloat).join(' ')}]`).join(' ')}]`

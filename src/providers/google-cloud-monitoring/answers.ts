import * as z from 'zod'
import { parseSample } from '../value-text.ts'

const sample = z.tuple([z.number(), z.string().transform(parseSample)])

/** Cloud Monitoring API, `projects.location.prometheus.api.v1.query`: in the format of Prometheus. */
export const promqlAnswer = z
  .object({
    data: z.discriminatedUnion('resultType', [
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
      z.object({ resultType: z.literal('scalar'), result: sample }),
    ]),
  })
  .transform(({ data }) =>
    data.resultType === 'scalar' ? [data.result[1]] : data.result.map(({ value: [, value] }) => value),
  )

const typedValue = z.object({
  doubleValue: z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]).optional(),
  int64Value: z.string().transform(Number).optional(),
  boolValue: z.boolean().transform(Number).optional(),
})

/** Cloud Monitoring API, `projects.timeSeries.query` (MQL): the newest point of a series comes first. */
export const mqlAnswer = z
  .object({
    timeSeriesDescriptor: z.unknown().optional(),
    timeSeriesData: z
      .array(z.object({ pointData: z.array(z.object({ values: z.array(typedValue) })).default([]) }))
      .optional(),
  })
  // Google leaves out what is empty: without series there is still the description of them.
  .refine(({ timeSeriesDescriptor, timeSeriesData }) => timeSeriesDescriptor ?? timeSeriesData, 'no timeSeriesData')
  .transform(({ timeSeriesData = [] }) =>
    timeSeriesData.flatMap(({ pointData: [newest] }) => {
      const { doubleValue, int64Value, boolValue } = newest?.values[0] ?? {}
      return doubleValue ?? int64Value ?? boolValue ?? []
    }),
  )

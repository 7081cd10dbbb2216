import { z } from 'zod'

/** A series over time: labels, and values at seconds since the epoch. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

/** From when to when, in seconds since the epoch. */
export interface Range {
  readonly from: number
  readonly to: number
}

const answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
})

/** Asks for a range, in 240 steps at most. Rejects when Prometheus refuses the query. */
export const queryRange = async (url: string, promql: string, { from, to }: Range): Promise<readonly Series[]> => {
  const step = String(Math.max(1, Math.ceil((to - from) / 240)))
  const parameters = new URLSearchParams({ query: promql, start: String(from), end: String(to), step })
  const response = await fetch(`${url}/api/v1/query_range?${parameters}`)
  const { data } = answer.parse(await response.json())
  return data.result.map(({ metric, values }) => ({
    labels: metric,
    points: values.map(([at, value]) => [at, Number(value)] as const).filter(([, value]) => Number.isFinite(value)),
  }))
}

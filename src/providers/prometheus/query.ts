import { PrometheusDriver, type QueryResult } from 'prometheus-query'
import { PrometheusError } from './answer.ts'
import { type Connection, netAdapter } from './net-adapter.ts'

/** What is asked: at one instant, or over a range. Times in milliseconds since the epoch, the step in seconds. */
export type Query =
  | { readonly type: 'instant'; readonly text: string; readonly time: number }
  | {
      readonly type: 'range'
      readonly text: string
      readonly start: number
      readonly end: number
      readonly step: number
    }

/** Samples of an answer: one number for a scalar; all samples of all series, in order, for a vector or a matrix. */
export type Samples = { readonly warnings: readonly string[] } & (
  | { readonly type: 'scalar'; readonly value: number }
  | { readonly type: 'vector'; readonly values: readonly number[] }
)

/** The library throws plain objects; what the adapter threw is inside. */
const causeOf = (thrown: unknown): unknown => {
  if (thrown instanceof Error || typeof thrown !== 'object' || thrown === null) return thrown
  if ('original' in thrown && thrown.original instanceof Error) return thrown.original
  return new PrometheusError('error' in thrown ? String(thrown.error) : 'asking Prometheus failed', { cause: thrown })
}

const samplesOf = ({ resultType, result }: QueryResult, warnings: readonly string[]): Samples => {
  const type: string = resultType
  if (type === 'scalar') return { type: 'scalar', value: Number.parseFloat(result[1]), warnings }
  if (type === 'vector') return { type: 'vector', values: result.map(({ value }) => value.value), warnings }
  if (type === 'matrix') {
    const values: number[] = result.flatMap((series) => series.values.map((sample: { value: number }) => sample.value))
    return { type: 'vector', values, warnings }
  }
  throw new PrometheusError(`the result of the query is a ${type}; it must be a scalar, a vector or a matrix`)
}

/** The library takes the time 0 for the time of the machine. */
const nonZero = (ms: number): number => (ms === 0 ? 1 : ms)

/** Asks a Prometheus server. Throws PrometheusError for an answer without values and NetFailure when there was none. */
export const askPrometheus = async (address: string, query: Query, connection: Connection): Promise<Samples> => {
  let warnings: readonly string[] = []
  const adapter = netAdapter(connection, (told) => {
    warnings = told
  })
  const driver = new PrometheusDriver({
    endpoint: address,
    preferPost: true,
    requestInterceptor: { onFulfilled: (request) => ({ ...request, adapter }) },
  })
  try {
    const result =
      query.type === 'instant'
        ? await driver.instantQuery(query.text, nonZero(query.time))
        : await driver.rangeQuery(query.text, nonZero(query.start), nonZero(query.end), query.step)
    return samplesOf(result, warnings)
  } catch (thrown) {
    throw causeOf(thrown)
  }
}

import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { adviceOn } from '../http-answer.ts'
import { ProviderError } from '../provider-error.ts'

/** An answer of a Prometheus server that gives no values. Messages follow those of Prometheus' own client. */
export class PrometheusError extends ProviderError {
  override readonly name = 'PrometheusError'
}

const sample = z.tuple([z.number(), z.string()])
const series = { metric: z.record(z.string(), z.string()).optional() }

const data = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('string'), result: sample }),
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ ...series, value: sample })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ ...series, values: z.array(sample) })) }),
])

const success = z.object({ status: z.literal('success'), data, warnings: z.array(z.string()).optional() })
const failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })

/** A successful answer, checked (Prometheus, "HTTP API", Expression query result formats). */
export type PrometheusAnswer = z.infer<typeof success>

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const system = { title: 'Prometheus', credentials: 'authentication and headers of the metric' }

/** 400 and 422 say what is wrong with the query; other codes are told by their class. */
const httpError = (response: NetResponse, nowMs: number): PrometheusError => {
  const { status, text } = response
  const told = failure.safeParse(parseJson(text))
  if (told.success && (status === 400 || status === 422)) {
    return new PrometheusError(`${told.data.errorType}: ${told.data.error}`)
  }
  const detail = told.success ? told.data.error : excerpt(text)
  const suffix = `${detail === '' ? '' : `: ${detail}`}${adviceOn(response, system, nowMs)}`
  if (status >= 400 && status < 500) return new PrometheusError(`client_error: client error: ${status}${suffix}`)
  if (status >= 500) return new PrometheusError(`server_error: server error: ${status}${suffix}`)
  return new PrometheusError(`bad_response: bad response code ${status}${suffix}`)
}

const hasHistograms = (body: unknown): boolean => {
  const shape = z.object({
    data: z.object({
      result: z.array(z.object({ histogram: z.unknown().optional(), histograms: z.unknown().optional() })),
    }),
  })
  const read = shape.safeParse(body)
  return (
    read.success &&
    read.data.data.result.some(({ histogram, histograms }) => histogram !== undefined || histograms !== undefined)
  )
}

/** Reads an answer that came at `nowMs`. Throws {@link PrometheusError} that says why it is of no use. */
export const readAnswer = (response: NetResponse, nowMs: number): PrometheusAnswer => {
  if (response.status < 200 || response.status > 299) throw httpError(response, nowMs)
  const body = parseJson(response.text)
  if (body === undefined) {
    const what = response.text === '' ? 'empty' : `no JSON: ${excerpt(response.text)}`
    throw new PrometheusError(`bad_response: the answer is ${what}; check that the address is a Prometheus server`)
  }
  const told = failure.safeParse(body)
  if (told.success) throw new PrometheusError(`${told.data.errorType}: ${told.data.error}`)
  const read = success.safeParse(body)
  if (read.success) return read.data
  if (hasHistograms(body)) {
    throw new PrometheusError(
      'bad_response: the result holds native histograms; use histogram_quantile() or histogram_avg() in the query',
    )
  }
  throw new PrometheusError('bad_response: the answer is not in the format of a Prometheus query result')
}

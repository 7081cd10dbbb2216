import type { NetRequest, NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import type { MetricFault } from './metric-rule.ts'

/** What the simulated Prometheus shows for a query at one time. */
export interface PrometheusAnswer {
  /** One number a series. */
  readonly samples: readonly number[]
  readonly fault?: Exclude<MetricFault, 'timeout'>
}

/** Answers a query at a time, in milliseconds since the epoch. */
export type PrometheusData = (query: string, timeMs: number) => PrometheusAnswer

/** Prometheus refuses ranges with more points than this (its HTTP API, `query_range`). */
const mostPoints = 11_000

const json = (status: number, body: Json): NetResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(body),
})

const html = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

const faults: Readonly<Record<Exclude<MetricFault, 'timeout'>, NetResponse>> = {
  unavailable: json(503, {
    status: 'error',
    errorType: 'unavailable',
    error: 'the sandbox was told to be unavailable',
  }),
  html: { status: 502, headers: { 'content-type': 'text/html' }, text: html },
  malformed: {
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: '{"status":"success","data":{"resul',
  },
  'bad-query': json(400, { status: 'error', errorType: 'bad_data', error: 'invalid parameter "query": parse error' }),
}

const formatSample = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return String(value)
  return value > 0 ? '+Inf' : '-Inf'
}

const labelsOf = (series: number, count: number): Json => (count === 1 ? {} : { series: String(series) })

/** Parameters come in the address or, for POST, as a form. */
const parametersOf = (request: NetRequest): URLSearchParams => {
  const parameters = new URL(request.url).searchParams
  for (const [key, value] of new URLSearchParams(request.body ?? '')) parameters.append(key, value)
  return parameters
}

/** Prometheus takes times as Unix seconds or RFC 3339. */
const timeMsOf = (text: string | null, nowMs: number): number => {
  if (text === null || text === '') return nowMs
  const seconds = Number(text)
  return Number.isNaN(seconds) ? Date.parse(text) : seconds * 1000
}

const stepMsOf = (text: string | null): number => {
  const match = /^([0-9.]+)(ms|s|m|h)?$/.exec(text ?? '')
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? 's'] ?? 1000
  return Number(match?.[1] ?? 60) * unitMs
}

const instant = (data: PrometheusData, parameters: URLSearchParams, nowMs: number): NetResponse => {
  const timeMs = timeMsOf(parameters.get('time'), nowMs)
  const answer = data(parameters.get('query') ?? '', timeMs)
  if (answer.fault !== undefined) return faults[answer.fault]
  const result = answer.samples.map((value, series) => ({
    metric: labelsOf(series, answer.samples.length),
    value: [timeMs / 1000, formatSample(value)],
  }))
  return json(200, { status: 'success', data: { resultType: 'vector', result } })
}

const range = (data: PrometheusData, parameters: URLSearchParams, nowMs: number): NetResponse => {
  const startMs = timeMsOf(parameters.get('start'), nowMs)
  const endMs = timeMsOf(parameters.get('end'), nowMs)
  const stepMs = Math.max(1, stepMsOf(parameters.get('step')))
  if (!((endMs - startMs) / stepMs < mostPoints)) {
    const error = 'exceeded maximum resolution of 11,000 points per timeseries'
    return json(400, { status: 'error', errorType: 'bad_data', error })
  }
  const series: Json[][] = []
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    const answer = data(parameters.get('query') ?? '', timeMs)
    if (answer.fault !== undefined) return faults[answer.fault]
    answer.samples.forEach((value, index) => {
      series[index] = [...(series[index] ?? []), [timeMs / 1000, formatSample(value)]]
    })
  }
  const result = series.map((values, index) => ({ metric: labelsOf(index, series.length), values }))
  return json(200, { status: 'success', data: { resultType: 'matrix', result } })
}

/** Whether a request is for Prometheus' HTTP API, at whatever address. */
export const isPrometheusRequest = (url: string): boolean => /\/api\/v1\/query(_range)?$/.test(new URL(url).pathname)

/** The `query` of a request for Prometheus. */
export const queryOf = (request: NetRequest): string => parametersOf(request).get('query') ?? ''

/** Answers a request for Prometheus' HTTP API (`/api/v1/query` and `/api/v1/query_range`, GET or POST). */
export const answerAsPrometheus = (request: NetRequest, data: PrometheusData, nowMs: number): NetResponse => {
  const parameters = parametersOf(request)
  const isRange = new URL(request.url).pathname.endsWith('_range')
  return isRange ? range(data, parameters, nowMs) : instant(data, parameters, nowMs)
}

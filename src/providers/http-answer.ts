import type * as z from 'zod'
import { NetFailure, type NetRequest, type NetResponse } from '../kube/net.ts'
import { excerpt } from '../lib/excerpt.ts'
import { parseRetryAfter } from '../lib/retry-after.ts'
import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'

/** A metric system, for messages to people. */
export interface MetricSystem {
  /** As it calls itself: `New Relic`. */
  readonly title: string
  /** What to look at when it refuses the credentials: `personal-api-key in the Secret newrelic`. */
  readonly credentials?: string | undefined
}

type Question = Omit<NetRequest, 'signal'>

const refusesCredentials = (status: number): boolean => status === 401 || status === 403

/** `X-RateLimit-Reset` is no standard: seconds from now for Datadog ("Rate Limits"), seconds since the epoch for others. */
const resetMs = (header: string | undefined, nowMs: number): number | undefined => {
  const seconds = Number(header || Number.NaN)
  if (!Number.isFinite(seconds)) return undefined
  return Math.max(0, seconds > 1e9 ? seconds * 1000 - nowMs : seconds * 1000)
}

/** Seconds until a server wants to be asked again. */
const waitSeconds = ({ headers }: NetResponse, nowMs: number): number | undefined => {
  const ms = parseRetryAfter(headers['retry-after'], nowMs) ?? resetMs(headers['x-ratelimit-reset'], nowMs)
  return ms === undefined ? undefined : Math.ceil(ms / 1000)
}

/** What to do about a refusal, to follow the words of a message: credentials to check, a time to wait. `nowMs` is the clock's. */
export const adviceOn = (response: NetResponse, system: MetricSystem, nowMs: number): string => {
  if (refusesCredentials(response.status)) return `; check ${system.credentials ?? 'the credentials'}`
  if (response.status !== 429 && response.status !== 503) return ''
  const seconds = waitSeconds(response, nowMs)
  const later = seconds === undefined ? '' : `; ${system.title} asks to wait ${seconds} s`
  return response.status === 429 ? `${later}; a longer interval of the metric asks less often` : later
}

const statusError = (response: NetResponse, system: MetricSystem, nowMs: number): ProviderError => {
  const kind = refusesCredentials(response.status) ? 'authentication error' : 'non 2xx'
  const told = [`received ${kind} response code: ${response.status}`, excerpt(response.text)].filter(Boolean).join(' ')
  return new ProviderError(`${told}${adviceOn(response, system, nowMs)}`)
}

/**
 * Asks a metric system and returns its successful answer. Time is limited by the question, size by {@link NetRequest.maxBytes}. Throws
 * {@link ProviderError} for any other status than 2xx and where there is no whole answer.
 */
export const ask = async (question: Question, system: MetricSystem, context: MeasureContext): Promise<NetResponse> => {
  const { net, signal, clock } = context
  const response = await net.fetch({ ...question, signal }).catch((error: unknown) => {
    if (!(error instanceof NetFailure)) throw error
    throw new ProviderError(`asking ${system.title}: ${error.message}`, { cause: error })
  })
  if (response.status < 200 || response.status > 299) throw statusError(response, system, clock.now())
  return response
}

const parseJson = (text: string, { title }: MetricSystem): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    const what = text.trim() === '' ? 'empty' : `no JSON: ${excerpt(text)}`
    throw new ProviderError(
      `Could not parse JSON body: the answer is ${what}; check that the address is that of ${title}`,
      { cause: error },
    )
  }
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`)).join('')

type Issue = z.core.$ZodIssue

/** Of all that a shape has against an answer, also as each of several shapes, what is said of the innermost place. */
const deepest = (issues: readonly Issue[]): Issue | undefined =>
  issues
    .flatMap((issue): Issue[] => {
      if (issue.code !== 'invalid_union') return [issue]
      const inner = deepest(issue.errors.flat())
      return [inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] }]
    })
    .reduce<Issue | undefined>(
      (best, issue) => (best && best.path.length >= issue.path.length ? best : issue),
      undefined,
    )

/** What a value of a known shape holds. Throws {@link ProviderError} that names the place that is different. */
export const checkShape = <Shape extends z.ZodType>(
  json: unknown,
  shape: Shape,
  system: MetricSystem,
): z.output<Shape> => {
  const read = shape.safeParse(json)
  if (read.success) return read.data
  const { path, message: what } = deepest(read.error.issues) ?? { path: [], message: 'it has another shape' }
  const place = placeOf(path)
  throw new ProviderError(
    `Could not parse JSON body: ${place === '' ? what : `${place}: ${what}`}; check that the address is that of ${system.title}`,
    { cause: read.error },
  )
}

/** Reads JSON of a known shape. Throws {@link ProviderError}. */
export const readJson = <Shape extends z.ZodType>(text: string, shape: Shape, system: MetricSystem): z.output<Shape> =>
  checkShape(parseJson(text, system), shape, system)

/** {@link ask} for JSON of a known shape. */
export const askJson = async <Shape extends z.ZodType>(
  question: Question,
  shape: Shape,
  system: MetricSystem,
  context: MeasureContext,
): Promise<z.output<Shape>> => {
  const headers = { accept: 'application/json', ...question.headers }
  return readJson((await ask({ ...question, headers }, system, context)).text, shape, system)
}

/** An address with a path below it, whatever slashes the two have. Throws {@link ProviderError} for what is no HTTP address. */
export const addressBelow = (address: string, path: string, field: string): URL => {
  const base = address.trim().replace(/\/+$/, '')
  const url = URL.parse(`${base}/${path}`)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ProviderError(`${field} must be a URL that begins with http:// or https://`)
  }
  return url
}

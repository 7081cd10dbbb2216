import type * as z from 'zod'
import { NetFailure, type NetRequest, type NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import { parseRetryAfter } from '../../lib/retry-after.ts'
import { SendError } from './send-error.ts'
import type { ServiceContext } from './service.ts'

/** A request of a service. `body` is sent as JSON; `text` as it is. */
export interface ServiceRequest {
  readonly method?: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Json
  readonly text?: string
  readonly insecure?: boolean
  /** Limit for the whole exchange in milliseconds. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 10_000
/** Answers of such services are short; what is longer comes from somewhere else. */
const maxAnswerBytes = 1024 * 1024
const shownCharacters = 200

/** The beginning of an answer for a message, secrets taken out before it is cut: half a secret is one too. */
const shown = (text: string, { secrets }: ServiceContext): string => {
  const line = secrets.redact(text).replace(/\s+/g, ' ').trim()
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters).toWellFormed()}…` : line
}

const isPassing = (status: number): boolean => status === 429 || status === 408 || status >= 500

const adviceOn = (status: number): string => {
  if (status === 401 || status === 403) return '; check the credentials in the Secret, and what they are allowed to do'
  return status === 404 ? '; check the address and the recipient' : ''
}

/** An answer that says no. `reason` stands for its text where a service says more clearly what is wrong. */
export const refusal = (
  who: string,
  { status, headers, text }: NetResponse,
  context: ServiceContext,
  reason: string = text,
): SendError => {
  const told = shown(reason, context)
  return new SendError(`${who} answered ${status}${told === '' ? '' : `: ${told}`}${adviceOn(status)}`, {
    retry: isPassing(status),
    status,
    retryAfterMs: parseRetryAfter(headers['retry-after'], context.clock.now()),
  })
}

/** Whether the message of a failure came from an answer that was too long: the request itself may well have been accepted. */
const isTooLong = ({ cause }: NetFailure): boolean => cause instanceof Error && cause.name === 'BodyTooLargeError'

const exchange = async (request: NetRequest, who: string, { net }: ServiceContext): Promise<NetResponse> => {
  try {
    return await net.fetch(request)
  } catch (error) {
    if (!(error instanceof NetFailure)) throw error
    const retry = !isTooLong(error)
    const advice = retry ? '' : `; check that the address is that of ${who}`
    throw new SendError(`asking ${who}: ${error.message}${advice}`, { retry })
  }
}

/**
 * Asks a service and returns its answer, whatever its status. Rejects with {@link SendError} where there is no whole answer.
 * @param who the service as it calls itself, for messages
 */
export const ask = (request: ServiceRequest, who: string, context: ServiceContext): Promise<NetResponse> => {
  const { method = 'POST', url, headers, body, text, insecure, timeoutMs = defaultTimeoutMs } = request
  const content = body === undefined ? text : JSON.stringify(body)
  const type = body === undefined ? undefined : { 'content-type': 'application/json' }
  const question = {
    method,
    url,
    headers: { ...type, ...headers },
    ...(content !== undefined && { body: content }),
    ...(insecure && { insecure }),
    timeoutMs,
    maxBytes: maxAnswerBytes,
    signal: context.signal,
  }
  return exchange(question, who, context)
}

/** {@link ask}, and any other status than 2xx is a {@link SendError}: to be tried again for 429, 408 and 5xx. */
export const send = async (request: ServiceRequest, who: string, context: ServiceContext): Promise<NetResponse> => {
  const response = await ask(request, who, context)
  if (response.status < 200 || response.status > 299) throw refusal(who, response, context)
  return response
}

/** Reads the JSON of an answer. Throws {@link SendError}, not to be tried again: the message may have been accepted. */
export const readAnswer = <Value>(
  response: NetResponse,
  schema: z.ZodType<Value>,
  who: string,
  context: ServiceContext,
): Value => {
  try {
    return schema.parse(JSON.parse(response.text))
  } catch {
    const what = response.text.trim() === '' ? 'nothing' : shown(response.text, context)
    throw new SendError(`${who} answered what it never answers: ${what}; check that the address is its own`, {
      retry: false,
      status: response.status,
    })
  }
}

/** An address with a path below it, whatever slashes the two have. */
export const below = (address: string, path: string): string =>
  `${address.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`

/** The header of basic authentication (RFC 7617). */
export const basicHeader = (
  { username, password }: { readonly username: string; readonly password: string },
  { secrets }: ServiceContext,
): Record<string, string> => {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64')
  secrets.hide(credentials)
  return { authorization: `Basic ${credentials}` }
}

/** The header of a bearer token (RFC 6750). */
export const bearerHeader = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

const longestPlainPart = 12

/** What of an address is as good as a password: incoming webhooks are known by it alone. */
export const addressSecrets = (address: string): string[] => {
  const url = URL.parse(address)
  if (url === null) return [address]
  const parts = [...url.searchParams.values(), ...url.pathname.split('/')]
  const long = parts.filter((part) => part.length > longestPlainPart)
  const path = `${url.pathname}${url.search}`
  return [address, url.password, ...(path.length > longestPlainPart ? [path] : []), ...long]
}

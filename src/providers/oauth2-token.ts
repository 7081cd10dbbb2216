import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { Authentication } from '../api/providers/authentication.ts'
import type { NetResponse } from '../kube/net.ts'
import type { Issued } from '../lib/expiring-cache.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'

/** Client credentials of a metric. */
export type ClientCredentials = DeepReadonly<NonNullable<Authentication['oauth2']>>

const timeoutMs = 10_000
/** For tokens that do not say how long they are good for. */
const assumedLifeMs = 5 * 60_000

const success = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional().catch(undefined),
})
const failure = z.object({ error: z.string().regex(/^[\w.-]{1,60}$/) })

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Answers of token servers are not quoted: they may repeat what they were sent. The error code of RFC 6749, 5.2 is harmless. */
const tokenOf = ({ status, text }: NetResponse, now: number): Issued<string> => {
  const body = parseJson(text)
  const told = failure.safeParse(body).data?.error
  if (status !== 200 || told !== undefined) {
    const code = told === undefined ? '' : ` ${told}`
    throw new ProviderError(
      `asking for an OAuth 2 token: the server answered ${status}${code}; check tokenUrl, clientId, clientSecret and scopes`,
    )
  }
  const read = success.safeParse(body)
  if (!read.success) {
    throw new ProviderError('asking for an OAuth 2 token: the answer has no access_token; check tokenUrl', {
      cause: read.error,
    })
  }
  const lifeMs = read.data.expires_in === undefined ? assumedLifeMs : read.data.expires_in * 1000
  return { value: read.data.access_token, expiresAt: now + lifeMs }
}

/** Client credentials as RFC 6749, 4.4 has them; the client proves itself by basic authentication (2.3.1). */
const requestToken = async (
  { tokenUrl = '', clientId = '', clientSecret = '', scopes = [] }: ClientCredentials,
  { net, clock, signal }: MeasureContext,
  trust: Trust,
): Promise<Issued<string>> => {
  const proof = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  })
  const answer = await net.fetch({
    method: 'POST',
    url: tokenUrl,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(proof).toString('base64')}`,
    },
    body: form.toString(),
    timeoutMs,
    signal,
    ...trust,
  })
  return tokenOf(answer, clock.now())
}

/** Which servers are believed. */
export interface Trust {
  readonly insecure?: boolean
  readonly ca?: string
}

/** A token, and how to say that a server refused it, so that the next one is asked for. */
export interface HeldToken {
  readonly token: string
  refuse(): void
}

/**
 * A token for these credentials: the one that was issued before, for whatever metric, while it is good. Throws {@link ProviderError}, and
 * NetFailure when the token server does not answer.
 */
export const oauth2Token = async (
  credentials: ClientCredentials,
  context: MeasureContext,
  trust: Trust,
): Promise<HeldToken> => {
  const { tokenUrl, clientId, clientSecret, scopes = [] } = credentials
  if (!tokenUrl || !clientId || !clientSecret) {
    throw new ProviderError(
      'missing mandatory parameter in metric for OAuth2 setup: tokenUrl, clientId and clientSecret',
    )
  }
  const { tokens } = context.surroundings
  const what = JSON.stringify(['oauth2', tokenUrl, clientId, clientSecret, scopes])
  const key = createHash('sha256').update(what).digest('hex')
  const token = await tokens.get(key, context.clock, () => requestToken(credentials, context, trust))
  context.secrets.hide(token)
  return { token, refuse: () => tokens.forget(key, token) }
}

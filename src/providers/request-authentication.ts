import { z } from 'zod'
import type { Authentication, HttpHeader } from '../api/providers/authentication.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { MeasureContext } from './provider.ts'

/** Credentials that cannot be used, or a token that was not issued. Messages hold no credentials. */
class AuthenticationError extends Error {
  override readonly name = 'AuthenticationError'
}

type Oauth2 = NonNullable<Authentication['oauth2']>

const tokenTimeoutMs = 10_000

const tokenAnswer = z.object({ access_token: z.string().min(1), token_type: z.string().optional() })

const isSet = (part: object | undefined): boolean =>
  part !== undefined && Object.values(part).some((value) => value !== undefined && value !== '' && value !== null)

const parseToken = (text: string): z.infer<typeof tokenAnswer> => {
  try {
    return tokenAnswer.parse(JSON.parse(text))
  } catch (error) {
    throw new AuthenticationError('asking for an OAuth 2 token: the answer has no access_token', { cause: error })
  }
}

/** Client credentials as RFC 6749, 4.4 has them; the client proves itself by basic authentication (2.3.1). */
const bearerToken = async (
  oauth2: DeepReadonly<Oauth2>,
  context: MeasureContext,
  insecure: boolean,
): Promise<string> => {
  const { tokenUrl, clientId, clientSecret, scopes = [] } = oauth2
  if (!tokenUrl || !clientId || !clientSecret) {
    throw new AuthenticationError(
      'missing mandatory parameter in metric for OAuth2 setup: tokenUrl, clientId and clientSecret',
    )
  }
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  })
  const answer = await context.net.fetch({
    method: 'POST',
    url: tokenUrl,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
    },
    body: form.toString(),
    timeoutMs: tokenTimeoutMs,
    signal: context.signal,
    insecure,
  })
  if (answer.status !== 200)
    throw new AuthenticationError(`asking for an OAuth 2 token: the server answered ${answer.status}`)
  return parseToken(answer.text).access_token
}

/** Names in lower case: HTTP does not tell `X-Scope` from `x-scope`, and a header must not be sent twice. */
const headersOf = (headers: readonly DeepReadonly<HttpHeader>[]): Record<string, string> =>
  Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), value]))

/** What of a metric decides how a request introduces itself. */
export interface RequestIdentity {
  readonly authentication?: DeepReadonly<Authentication> | undefined
  readonly headers?: readonly DeepReadonly<HttpHeader>[] | undefined
  readonly insecure?: boolean | undefined
}

/**
 * Headers of a request with its credentials: basic authentication, an OAuth 2 token that is fetched now, or what the metric sets itself,
 * which wins. Throws {@link AuthenticationError}, and NetFailure when the token server does not answer.
 */
export const requestHeaders = async (
  identity: RequestIdentity,
  context: MeasureContext,
): Promise<Record<string, string>> => {
  const { basicAuth, oauth2, sigv4 } = identity.authentication ?? {}
  const own = headersOf(identity.headers ?? [])
  if (isSet(sigv4)) {
    throw new AuthenticationError('authentication.sigv4 is not supported yet: use basicAuth, oauth2 or headers')
  }
  if (oauth2 !== undefined && isSet({ ...oauth2, scopes: undefined })) {
    return { authorization: `Bearer ${await bearerToken(oauth2, context, identity.insecure ?? false)}`, ...own }
  }
  if (basicAuth !== undefined && isSet(basicAuth)) {
    const credentials = `${basicAuth.username ?? ''}:${basicAuth.password ?? ''}`
    return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}`, ...own }
  }
  return own
}

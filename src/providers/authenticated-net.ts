import type { Authentication, HttpHeader } from '../api/providers/authentication.ts'
import type { Net, NetRequest, NetResponse } from '../kube/net.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { awsKeys, awsRegion } from './aws/keys.ts'
import { signRequest } from './aws/sigv4.ts'
import { type HeldToken, oauth2Token, type Trust } from './oauth2-token.ts'
import type { MeasureContext } from './provider.ts'
import { ProviderError } from './provider-error.ts'

/** What of a metric decides how its requests introduce themselves, and which servers they believe. */
export interface RequestIdentity {
  readonly authentication?: DeepReadonly<Authentication> | undefined
  readonly headers?: readonly DeepReadonly<HttpHeader>[] | undefined
  readonly insecure?: boolean | undefined
  readonly ca?: string | undefined
}

/** Settings with nothing in them are none. */
const isSet = (part: object | undefined): boolean =>
  part !== undefined && Object.values(part).some((value) => value !== undefined && value !== '' && value !== null)

/** Names in lower case: HTTP does not tell `X-Scope` from `x-scope`, and a header must not be sent twice. */
const headersOf = (headers: readonly DeepReadonly<HttpHeader>[] = []): Record<string, string> =>
  Object.fromEntries(headers.map(({ key, value }) => [key.toLowerCase(), value]))

const trustOf = ({ insecure, ca }: RequestIdentity): Trust => ({
  insecure: insecure ?? false,
  ...(ca && { ca }),
})

const withHeaders = (request: NetRequest, ...headers: Readonly<Record<string, string>>[]): NetRequest => ({
  ...request,
  headers: Object.assign({}, request.headers, ...headers),
})

/** Headers of a metric that hold credentials, whatever the system calls them. */
const isCredential = (name: string): boolean => /auth|token|key|secret|cookie|password/i.test(name)

/** What a metric holds in the clear is no less secret than what comes from a Secret. */
const hideOwn = ({ authentication, headers = [] }: RequestIdentity, { secrets }: MeasureContext): void => {
  const { basicAuth, oauth2, bearerToken, sigv4 } = authentication ?? {}
  const own = headers.filter(({ key }) => isCredential(key)).map(({ value }) => value.replace(/^(Bearer|Basic) +/i, ''))
  for (const secret of [basicAuth?.password, oauth2?.clientSecret, bearerToken, sigv4?.secretKey, ...own]) {
    if (secret) secrets.hide(secret)
  }
}

/** Sends a request as somebody. */
type Send = (request: NetRequest) => Promise<NetResponse>

const sendWithToken =
  (identity: RequestIdentity, context: MeasureContext): Send =>
  async (request) => {
    const oauth2 = identity.authentication?.oauth2 ?? {}
    const send = ({ token }: HeldToken): Promise<NetResponse> =>
      context.net.fetch(withHeaders(request, { authorization: `Bearer ${token}` }, headersOf(identity.headers)))
    const held = await oauth2Token(oauth2, context, trustOf(identity))
    const answer = await send(held)
    if (answer.status !== 401) return answer
    // Revoked before its time, or issued by a server that has lost its memory: a new one is asked for once.
    held.refuse()
    return send(await oauth2Token(oauth2, context, trustOf(identity)))
  }

const sendSigned =
  (service: string, identity: RequestIdentity, context: MeasureContext): Send =>
  async (request) => {
    const signer = identity.authentication?.sigv4 ?? {}
    const region = await awsRegion(signer, request.url, context)
    const keys = await awsKeys(signer, region, context)
    context.secrets.hide(keys.secretAccessKey)
    if (keys.sessionToken) context.secrets.hide(keys.sessionToken)
    const now = context.clock.now()
    const own = headersOf(identity.headers)
    return context.net.fetch(signRequest(withHeaders(request, own), keys, { region, service, now }))
  }

const sendWith =
  (headers: Readonly<Record<string, string>>, identity: RequestIdentity, { net }: MeasureContext): Send =>
  (request) =>
    net.fetch(withHeaders(request, headers, headersOf(identity.headers)))

/** Basic authentication as RFC 7617 has it. */
const basicHeader = (
  { username = '', password = '' }: { readonly username?: string | undefined; readonly password?: string | undefined },
  { secrets }: MeasureContext,
): Record<string, string> => {
  const credentials = Buffer.from(`${username}:${password}`).toString('base64')
  secrets.hide(credentials)
  return { authorization: `Basic ${credentials}` }
}

const senderOf = (identity: RequestIdentity, service: string | undefined, context: MeasureContext): Send => {
  const { basicAuth, oauth2, bearerToken, sigv4 } = identity.authentication ?? {}
  if (isSet(sigv4) || service !== undefined) {
    if (service !== undefined) return sendSigned(service, identity, context)
    throw new ProviderError(
      'authentication.sigv4 signs for Amazon Managed Service for Prometheus; use another one here',
    )
  }
  if (oauth2 !== undefined && isSet({ ...oauth2, scopes: undefined })) return sendWithToken(identity, context)
  if (bearerToken) return sendWith({ authorization: `Bearer ${bearerToken}` }, identity, context)
  if (basicAuth !== undefined && isSet(basicAuth)) return sendWith(basicHeader(basicAuth, context), identity, context)
  return sendWith({}, identity, context)
}

/**
 * The network as a metric enters it: with its trust, its headers and its credentials, which are an AWS signature for `service`, an OAuth 2
 * token, a bearer token or basic authentication; headers that the metric sets itself win over all but the signature. Throws
 * {@link ProviderError} for credentials that cannot be used here; fetch rejects with it, AwsError, or NetFailure.
 */
export const authenticatedNet = (identity: RequestIdentity, context: MeasureContext, service?: string): Net => {
  hideOwn(identity, context)
  const send = senderOf(identity, service, context)
  return { fetch: (request) => send({ ...request, ...trustOf(identity) }) }
}

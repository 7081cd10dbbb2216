import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import type { Issued } from '../../lib/expiring-cache.ts'
import type { MeasureContext } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'

const keySchema = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
  project_id: z.string().optional(),
  token_uri: z.string().default('https://oauth2.googleapis.com/token'),
})

/** The key of a Google service account, as the console hands it out. */
export type ServiceAccountKey = z.infer<typeof keySchema>

/** What it takes to ask Google for tokens. */
export type GoogleContext = Pick<MeasureContext, 'net' | 'clock' | 'surroundings' | 'signal'> & {
  readonly secrets: Pick<MeasureContext['secrets'], 'hide'>
}

const lifeSeconds = 3600
const timeoutMs = 10_000

/** Reads a key; `source` says where it was found. Throws {@link ProviderError}, whose message holds nothing of the key. */
export const parseServiceAccountKey = (text: string, source: string): ServiceAccountKey => {
  try {
    return keySchema.parse(JSON.parse(text))
  } catch {
    // The parser's message quotes the text.
    throw new ProviderError(`${source} is no JSON key of a Google service account (type service_account)`)
  }
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const privateKeyOf = ({ private_key, client_email }: ServiceAccountKey): KeyObject => {
  try {
    return createPrivateKey(private_key)
  } catch {
    throw new ProviderError(`the private_key of ${client_email} cannot be read: it must be a PEM text`)
  }
}

/** A signed statement of who asks for what (RFC 7523; Google, "Using OAuth 2.0 for server to server applications"). */
const assertionOf = (key: ServiceAccountKey, scope: string, now: number): string => {
  const iat = Math.floor(now / 1000)
  const header = encode({ alg: 'RS256', typ: 'JWT', ...(key.private_key_id && { kid: key.private_key_id }) })
  const claims = encode({ iss: key.client_email, scope, aud: key.token_uri, iat, exp: iat + lifeSeconds })
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), privateKeyOf(key))
  return `${header}.${claims}.${signature.toString('base64url')}`
}

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() })

/** Reads a token of one of Google's services. Throws {@link ProviderError}; answers are not quoted, as they may hold a token. */
export const tokenOf = ({ status, text }: NetResponse, who: string, now: number): Issued<string> => {
  if (status !== 200) {
    const [, code] = /"error"\s*:\s*"([\w.-]{1,60})"/.exec(text) ?? []
    throw new ProviderError(`asking for a token for ${who}: Google answered ${status}${code ? ` ${code}` : ''}`)
  }
  try {
    const { access_token, expires_in } = tokenSchema.parse(JSON.parse(text))
    return { value: access_token, expiresAt: now + expires_in * 1000 }
  } catch {
    throw new ProviderError(`asking for a token for ${who}: the answer holds none`)
  }
}

const requestToken = async (key: ServiceAccountKey, scope: string, context: GoogleContext): Promise<Issued<string>> => {
  const now = context.clock.now()
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertionOf(key, scope, now),
  })
  const answer = await context.net.fetch({
    method: 'POST',
    url: key.token_uri,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    timeoutMs,
    signal: context.signal,
  })
  return tokenOf(answer, key.client_email, now)
}

/**
 * A token for a service account, kept until shortly before its end. Throws {@link ProviderError} and NetFailure.
 * @param scope what it is good for, as a URL (Google, "OAuth 2.0 scopes for Google APIs")
 */
export const serviceAccountToken = (key: ServiceAccountKey, scope: string, context: GoogleContext): Promise<string> => {
  const identity = createHash('sha256')
    .update(JSON.stringify(['google', scope, key]))
    .digest('hex')
  return context.surroundings.tokens.get(identity, context.clock, () => requestToken(key, scope, context))
}

import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'
import * as z from 'zod'
import type { NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import { fromRfc3339 } from '../../lib/rfc3339.ts'
import { fields, flag, httpUrlOr, requiredText } from './fields.ts'
import { ask, bearerHeader, below, readAnswer, refusal } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { ServiceContext } from './service.ts'

const id = requiredText.refine((value) => /^\d+$/.test(value), { error: 'must be a number' })

/** Settings of `service.github`. */
export const githubConfig = fields({
  appID: id,
  installationID: id,
  privateKey: requiredText,
  enterpriseBaseURL: httpUrlOr('https://api.github.com'),
  insecureSkipVerify: flag,
})

export type GithubConfig = z.output<typeof githubConfig>

const who = 'GitHub'

/** GitHub's own API has a host of its own; GitHub Enterprise has it below a path (GitHub, "REST API", Enterprise Server). */
const apiBase = ({ enterpriseBaseURL }: GithubConfig): string => {
  const { hostname, pathname } = new URL(enterpriseBaseURL)
  const isApi = hostname.startsWith('api.') || hostname.includes('.api.') || /\/api\/v3\/?$/.test(pathname)
  return isApi ? enterpriseBaseURL : below(enterpriseBaseURL, 'api/v3')
}

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url')

const privateKeyOf = (pem: string): KeyObject => {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new ServiceConfigError('privateKey: must be the PEM text of the private key of the GitHub App')
  }
}

/** Of the ten minutes that GitHub allows, less one for clocks that differ. */
const lifeSeconds = 540
const skewSeconds = 60

/** A signed statement that it is the app who asks (GitHub, "Generating a JSON Web Token (JWT) for a GitHub App"). */
const appToken = ({ appID, privateKey }: GithubConfig, nowMs: number): string => {
  const now = Math.floor(nowMs / 1000)
  const header = encode({ alg: 'RS256', typ: 'JWT' })
  const claims = encode({ iat: now - skewSeconds, exp: now + lifeSeconds, iss: appID })
  const signature = sign('sha256', Buffer.from(`${header}.${claims}`), privateKeyOf(privateKey))
  return `${header}.${claims}.${signature.toString('base64url')}`
}

/** GitHub refuses who asks too often with 403, too (GitHub, "Rate limits for the REST API"). */
const fault = (response: NetResponse, context: ServiceContext): SendError => {
  const error = refusal(who, response, context)
  const { headers, status, text } = response
  const isLimited =
    status === 403 && (headers['x-ratelimit-remaining'] === '0' || /rate limit|abuse detection/i.test(text))
  if (!isLimited) return error
  const resetSeconds = Number(headers['x-ratelimit-reset'] || Number.NaN)
  const untilReset = Number.isFinite(resetSeconds) ? resetSeconds * 1000 - context.clock.now() : undefined
  const retryAfterMs = error.retryAfterMs ?? (untilReset === undefined ? undefined : Math.max(0, untilReset))
  return new SendError(`${who} answered ${status}: its rate limit is reached`, { retry: true, status, retryAfterMs })
}

interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: Json
}

const exchange = async (
  { method, path, body }: Question,
  token: string,
  config: GithubConfig,
  context: ServiceContext,
): Promise<NetResponse> => {
  const response = await ask(
    {
      method,
      url: below(apiBase(config), path),
      headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', ...bearerHeader(token) },
      ...(body !== undefined && { body }),
      insecure: config.insecureSkipVerify,
    },
    who,
    context,
  )
  if (response.status < 200 || response.status > 299) throw fault(response, context)
  return response
}

const tokenSchema = z.object({ token: z.string().min(1), expires_at: z.string() })

const installationToken = (config: GithubConfig, context: ServiceContext): Promise<string> => {
  const { appID, installationID, privateKey, enterpriseBaseURL } = config
  const identity = JSON.stringify(['github', appID, installationID, privateKey, enterpriseBaseURL])
  const key = createHash('sha256').update(identity).digest('hex')
  return context.memory.sessions.get(key, context.clock, async () => {
    const jwt = appToken(config, context.clock.now())
    context.secrets.hide(jwt)
    const path = `app/installations/${installationID}/access_tokens`
    const response = await exchange({ method: 'POST', path }, jwt, config, context)
    const { token, expires_at: expiresAt } = readAnswer(response, tokenSchema, who, context)
    return { value: token, expiresAt: fromRfc3339(expiresAt) ?? context.clock.now() }
  })
}

/** Asks GitHub as an app, and returns the JSON of its answer. Rejects with {@link SendError}. */
export type GithubApi = <Value>(question: Question, schema: z.ZodType<Value>) => Promise<Value>

/** The API as the installation of an app sees it; its token is kept until shortly before its end. */
export const githubApi =
  (config: GithubConfig, context: ServiceContext): GithubApi =>
  async (question, schema) => {
    const token = await installationToken(config, context)
    context.secrets.hide(token)
    const response = await exchange(question, token, config, context)
    // GitHub confirms some things with nothing.
    const { text } = response
    return readAnswer({ ...response, text: text === '' ? 'null' : text }, schema, who, context)
  }

import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { grpcCodes, RequestError } from './api-error.ts'

/** Who may use a dashboard, and by which names. */
export interface AccessRules {
  /** The secret that stands in the address which is printed. */
  readonly token: string
  /** Name of the cookie in which a browser keeps it. */
  readonly cookie: string
  /** Names by which browsers reach the dashboard besides `localhost` and addresses of numbers. */
  readonly hostNames: readonly string[]
}

type Headers = Pick<IncomingMessage, 'headers'>

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether a text is the token; how long that takes tells nothing of it. */
export const isToken = ({ token }: Pick<AccessRules, 'token'>, text: string): boolean =>
  timingSafeEqual(digest(text), digest(token))

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

const isAddress = (hostname: string): boolean => isIP(hostname.replace(/^\[|\]$/g, '')) !== 0

/**
 * Lets through only what was sent to a name of the dashboard. Any other name that leads here was made to do so by somebody
 * else, whose page would be of the same origin as the dashboard then (DNS rebinding); for a number that cannot be done.
 */
export const checkHost = ({ headers }: Headers, { hostNames }: AccessRules): void => {
  const hostname = urlOf(`http://${headers.host ?? ''}/`)?.hostname
  if (hostname === 'localhost' || (hostname && (isAddress(hostname) || hostNames.includes(hostname)))) return
  throw new RequestError(
    403,
    grpcCodes.permissionDenied,
    `the name ${JSON.stringify(headers.host ?? '')} is none of this dashboard: open it by http(s)://localhost, or start it with --host-name for another name`,
  )
}

/** Refuses what a page of another origin sends, even where a browser adds the cookie: another port is the same site. */
export const checkOrigin = ({ headers }: Headers): void => {
  const { origin, host } = headers
  const site = headers['sec-fetch-site']
  const isOwn = origin === undefined || urlOf(origin)?.host === host
  if (isOwn && (site === undefined || site === 'same-origin' || site === 'none')) return
  throw new RequestError(
    403,
    grpcCodes.permissionDenied,
    `a page of another origin (${origin ?? 'unknown'}) may not use this dashboard: open its own page`,
  )
}

const cookieOf = (header: string, name: string): string | undefined =>
  header
    .split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Lets through only who has the token: a browser in a cookie, other clients as a bearer. */
export const checkToken = ({ headers }: Headers, rules: AccessRules): void => {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const shown = bearer ?? cookieOf(headers.cookie ?? '', rules.cookie)
  if (shown !== undefined && isToken(rules, shown)) return
  throw new RequestError(
    401,
    grpcCodes.unauthenticated,
    'the token is missing or is of another dashboard: open the address that "kubectl crossfade dashboard" printed, or send its token as "Authorization: Bearer TOKEN"',
  )
}

/** The cookie that keeps the token: out of reach of scripts, sent to this dashboard's paths by its own pages alone. */
export const tokenCookie = (
  { token, cookie }: AccessRules,
  { path, secure }: { readonly path: string; readonly secure: boolean },
): string => `${cookie}=${token}; Path=${path}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`

import type { Rollout } from '../api/rollout.ts'
import type { SessionAffinity } from '../api/session-affinity.ts'
import type { DeepReadonly } from '../lib/json.ts'
import type { ManagedParts } from './managed-parts.ts'

/** A cookie that keeps users with the canary: answers of the canary set it, and requests with it go there. */
export interface SessionCookie {
  readonly name: string
  /** Another one with each revision, so that cookies of earlier releases mean nothing. */
  readonly value: string
  /** What the header Set-Cookie says after name and value. */
  readonly attributes: string
}

const dayInSeconds = 86_400

/** The cookie of a spec for a revision (RFC 6265, 4.1; attributes beyond it as browsers know them). */
export const sessionCookieFor = (affinity: DeepReadonly<SessionAffinity>, podTemplateHash: string): SessionCookie => {
  const { cookieName, maxAge = dayInSeconds, path = '/', domain, httpOnly, secure, sameSite, partitioned } = affinity
  const attributes = [
    `Max-Age=${maxAge}`,
    `Path=${path}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(httpOnly === true ? ['HttpOnly'] : []),
    ...(secure === true ? ['Secure'] : []),
    ...(sameSite === undefined ? [] : [`SameSite=${sameSite}`]),
    ...(partitioned === true ? ['Partitioned'] : []),
  ]
  return { name: cookieName, value: podTemplateHash, attributes: attributes.join('; ') }
}

/** The header that sets a cookie. */
export const setCookieHeader = 'Set-Cookie'

/** The value of {@link setCookieHeader} for a cookie. */
export const setCookieText = ({ name, value, attributes }: SessionCookie): string => `${name}=${value}; ${attributes}`

/** Whether a header of an answer sets one of these cookies. */
export const setsCookie = (header: string, text: unknown, names: readonly string[]): boolean =>
  header.toLowerCase() === setCookieHeader.toLowerCase() &&
  typeof text === 'string' &&
  names.some((name) => text.startsWith(`${name}=`))

/** Names of the session cookies that are the Rollout's: that of its spec, and the one that is recorded with an object. */
export const ownCookieNames = (
  rollout: DeepReadonly<Pick<Rollout, 'spec'>>,
  { cookie }: ManagedParts,
): readonly string[] => {
  const wanted = rollout.spec.strategy?.canary?.trafficRouting?.sessionAffinity?.cookieName
  return [...new Set([wanted, cookie].filter((name) => name !== undefined))]
}

/** Name of the rules and routes that lead requests with the cookie to the canary. */
export const sessionRouteName = 'session-affinity'

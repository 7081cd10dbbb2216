import { NetFailure } from './net.ts'

/** One request of a chain of redirects. Header names are in lower case. */
export interface Hop {
  readonly url: URL
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What another host may be told: everything else could be a credential, under whatever name. */
const harmlessHeaders = new Set(['accept', 'accept-encoding', 'accept-language', 'content-type', 'user-agent'])
const aboutTheBody = new Set(['content-type', 'content-encoding', 'content-length'])

const only = (headers: Hop['headers'], keep: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => keep(name)))

/** RFC 9110, 15.4: 303 always, and 301 and 302 as every client does it, turn a write into a read. */
const becomesRead = (hop: Hop, status: number): boolean =>
  status === 303 || ((status === 301 || status === 302) && hop.method === 'POST')

/**
 * The next request of a redirect; `undefined` when the answer is none. Another origin (scheme, host or port) gets neither
 * credentials nor a body.
 * @throws NetFailure for a redirect that must not be followed
 */
export const followRedirect = (hop: Hop, status: number, location: string | undefined): Hop | undefined => {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined
  const url = targetOf(hop, location)
  const read = becomesRead(hop, status)
  const next = read
    ? {
        url,
        method: hop.method === 'HEAD' ? 'HEAD' : 'GET',
        headers: only(hop.headers, (name) => !aboutTheBody.has(name)),
        body: undefined,
      }
    : { ...hop, url }
  if (url.origin === hop.url.origin) return next
  if (next.body !== undefined) {
    throw new NetFailure(`${hop.url.host}: redirects a request with a body to ${url.host}; name that address itself`)
  }
  return { ...next, headers: only(next.headers, (name) => harmlessHeaders.has(name)) }
}

const targetOf = (hop: Hop, location: string): URL => {
  const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new NetFailure(`${hop.url.host}: redirects to something that is no http:// or https:// address`)
  }
  // Credentials belong to the host that they were given for, also where the address carries them.
  if (url.origin === hop.url.origin && url.username === '') {
    url.username = hop.url.username
    url.password = hop.url.password
  }
  return url
}

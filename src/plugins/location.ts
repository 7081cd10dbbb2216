/** Where the requests to a plugin go. */
export interface Endpoint {
  /** Address to which the paths of the contract are appended; no slash at its end. */
  readonly baseUrl: string
  /** A unix socket that is connected to instead of the host of the address. */
  readonly socketPath?: string
}

/** What a location stands for: an endpoint, or why it is none and what to do. */
export type Location =
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly type: 'binary'; readonly problem: string }
  | { readonly type: 'invalid'; readonly problem: string }

const advice =
  'Crossfade asks plugins over HTTP and runs no plugin programs: run a plugin that speaks the contract of docs/plugins.md and give its http://, https:// or unix:// address'

const binary = (what: string): Location => ({ type: 'binary', problem: `${what}. ${advice}` })

/** Programs that are published on GitHub have such an address. */
const isRelease = ({ pathname }: URL): boolean => pathname.includes('/releases/download/')

const ofHttp = (location: string, isDownload: boolean): Location => {
  const url = new URL(location)
  if (isDownload || isRelease(url)) return binary(`${url.origin}${url.pathname} is a program to download and to run`)
  if (url.username !== '' || url.password !== '') {
    return {
      type: 'invalid',
      problem: 'its location holds credentials: put them into a Secret, and name it in headersFrom',
    }
  }
  if (url.search !== '' || url.hash !== '') {
    return {
      type: 'invalid',
      problem: 'its location has a query or a fragment: paths are appended to it, so it can have neither',
    }
  }
  return { type: 'endpoint', endpoint: { baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}` } }
}

/**
 * Reads the location of a plugin. With a checksum or arguments an http(s) address is that of a program, as published:
 * both only make sense for one.
 */
export const readLocation = (location: string, isDownload: boolean): Location => {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(location)?.[1]?.toLowerCase()
  if (scheme === 'file') return binary(`${location} is a program to run`)
  if (scheme === 'unix') {
    const socketPath = location.slice('unix://'.length)
    if (isDownload) return binary(`${location} has a checksum or arguments, which only programs have`)
    return socketPath.startsWith('/')
      ? { type: 'endpoint', endpoint: { baseUrl: 'http://localhost', socketPath } }
      : { type: 'invalid', problem: `its location ${location} is no absolute path: write unix:///path/of/the.sock` }
  }
  if ((scheme === 'http' || scheme === 'https') && URL.canParse(location)) return ofHttp(location, isDownload)
  return { type: 'invalid', problem: 'its location is no http://, https:// or unix:// address' }
}

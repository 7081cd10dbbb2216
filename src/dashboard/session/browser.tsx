import { type Route, routeOf } from '../model/route.ts'
import type { Ports } from './ports.ts'

/** The page's root: the server writes where it is into `<base>`. */
const root = new URL(document.baseURI)

/** The whole address of one below the page's root. */
export const href = (address: string): string => new URL(address, root).href

/** What the browser's address shows. */
export const shownRoute = (): Route => routeOf(location.pathname.slice(root.pathname.length), location.search)

/** A private window, or a browser that is told to, keeps nothing. */
const kept = (key: string): string | undefined => {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

const keep = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // See kept: this visit knows it all the same.
  }
}

/** The browser itself. */
export const browserPorts: Ports = {
  request: (path, options) =>
    fetch(href(`api/v1/${path}`), options && { ...options, headers: { 'content-type': 'application/json' } }),
  openStream(path, { opened, message, failed }) {
    const source = new EventSource(href(`api/v1/${path}`))
    source.onopen = opened
    source.onmessage = (event) => message(event.data)
    source.onerror = failed
    return () => source.close()
  },
  later(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  isVisible: () => document.visibilityState === 'visible',
  onVisibility: (run) => document.addEventListener('visibilitychange', run),
  kept,
  keep,
  // Absent where the page came by plain HTTP from another machine: a rejection then, as a refusal is.
  copy: async (text) => navigator.clipboard.writeText(text),
  showAddress: (address, how) =>
    how === 'push' ? history.pushState(null, '', href(address)) : history.replaceState(null, '', href(address)),
}

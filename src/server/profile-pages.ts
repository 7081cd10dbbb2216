import type { Clock } from '../lib/clock.ts'
import type { ListenAddress } from './listen.ts'
import { type Page, type Pages, textPage } from './page-server.ts'

const defaultSeconds = 30
const longestSeconds = 300
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

/** Thrown when an address is none, or none of this machine alone. */
export class ProfileAddressError extends Error {
  override readonly name = 'ProfileAddressError'
}

/**
 * The address of `--enable-pprof-address`, such as `127.0.0.1:6060`. Only loopback is taken: a heap snapshot has every Secret
 * that was read.
 * @throws ProfileAddressError
 */
export const parseProfileAddress = (text: string): ListenAddress => {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  if (!loopback.has(host) || !(port <= 65_535)) {
    throw new ProfileAddressError(
      `"${text}" is no loopback address with a port, such as 127.0.0.1:6060; use kubectl port-forward to reach it`,
    )
  }
  return { host, port }
}

const secondsOf = (query: URLSearchParams): number | undefined => {
  const seconds = Number(query.get('seconds') ?? defaultSeconds)
  return seconds > 0 && seconds <= longestSeconds ? seconds : undefined
}

/** What the process spends its time with, as DevTools' `.cpuprofile`. The inspector is loaded for it and not before. */
const recordCpu = async (clock: Clock, seconds: number): Promise<Page> => {
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  try {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
    await clock.sleep(seconds * 1000)
    const { profile } = await session.post('Profiler.stop')
    return { status: 200, contentType: 'application/json', body: JSON.stringify(profile) }
  } finally {
    session.disconnect()
  }
}

/** What is in memory, as DevTools' `.heapsnapshot`. Nothing else happens while it is taken: seconds for a large heap. */
const takeHeapSnapshot = async (): Promise<Page> => {
  const { getHeapSnapshot } = await import('node:v8')
  return { status: 200, contentType: 'application/json', body: getHeapSnapshot() }
}

/**
 * Pages that profile the running process, at the paths of Go's pprof: `/debug/pprof/profile?seconds=30` and
 * `/debug/pprof/heap`. One CPU profile at a time. For loopback alone; see {@link parseProfileAddress}.
 */
export const profilePages = (clock: Clock): Pages => {
  let recording = false
  return {
    '/debug/pprof/profile': async (query) => {
      const seconds = secondsOf(query)
      if (seconds === undefined) return textPage(400, `seconds must be above 0 and at most ${longestSeconds}`)
      if (recording) return textPage(409, 'a profile is being recorded; ask again when it is done')
      recording = true
      try {
        return await recordCpu(clock, seconds)
      } finally {
        recording = false
      }
    },
    '/debug/pprof/heap': takeHeapSnapshot,
  }
}

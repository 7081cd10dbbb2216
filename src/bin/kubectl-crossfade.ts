import type { BuildInfo, CliContext, Output } from '../cli/context.ts'
import { run } from '../cli/run.ts'
import { systemClock } from '../lib/clock.ts'
import { version } from '../operator/version.ts'

/** Written into the bundle by `scripts/build.ts`; absent when the sources run as they are. */
declare const crossfadeBuild: Pick<BuildInfo, 'date' | 'commit' | 'treeState'> | undefined

const built = typeof crossfadeBuild === 'undefined' ? { date: '', commit: '', treeState: '' } : crossfadeBuild

const outputTo = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => {
    stream.write(text)
  },
  get isTty() {
    return stream.isTTY === true
  },
  // A terminal that does not know its size says 0.
  get columns() {
    return stream.columns || undefined
  },
  get rows() {
    return stream.rows || undefined
  },
})

const interrupt = new AbortController()
const userAgent = `kubectl-crossfade/${version}`
const host = {
  env: process.env,
  readFile: async (path: string) => (await import('node:fs/promises')).readFile(path, 'utf8'),
}

const context: CliContext = {
  out: outputTo(process.stdout),
  err: outputTo(process.stderr),
  clock: systemClock,
  random: Math.random,
  env: host.env,
  signal: interrupt.signal,
  build: { version, ...built, nodeVersion: process.version, platform: `${process.platform}/${process.arch}` },
  readFile: host.readFile,
  dashboardPage: async () => (await import('./dashboard-page.ts')).dashboardPage(),
  readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
  outside: async () => {
    const { outsideOf } = await import('../cli/outside.ts')
    return outsideOf({ host, clock: systemClock, userAgent })
  },
  connect: async (flags, log) => {
    const { connectToCluster } = await import('../cli/connect.ts')
    return connectToCluster(flags, { env: process.env, clock: systemClock, userAgent, log })
  },
}

// The first signal lets the command end in order; the second does not wait for it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => (interrupt.signal.aborted ? process.exit(130) : interrupt.abort(new Error(signal))))
}

// The reader of a pipe, such as `head`, may leave before everything is written: that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

// Should nothing be left to wait for before there is an answer, that is a failure and no success.
process.exitCode = 1

void run(process.argv.slice(2), context).then((code) => {
  process.exitCode = code
})

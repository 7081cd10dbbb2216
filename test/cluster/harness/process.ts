import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'

import { HarnessError } from './errors.ts'
import { eventually } from './wait.ts'

/** What to start. Standard output and error go to `log`, appended, so that a restarted program keeps one file. */
export interface ProcessSpec {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly log: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A program that runs beside the tests and dies with them. */
export interface RunningProcess {
  readonly name: string
  readonly log: string
  readonly pid: number
  /** The exit code, the signal that ended it, or undefined while it runs. */
  exit(): number | NodeJS.Signals | undefined
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Sends the signal and waits for the end; SIGKILL follows after `grace` milliseconds. */
  stop(signal?: NodeJS.Signals, grace?: number): Promise<void>
  /** The last lines of its log. */
  tail(lines: number): string
}

const living = new Set<ChildProcess>()

function killAll(): void {
  for (const child of living) child.kill('SIGKILL')
}

// `exit` covers a normal end and an uncaught exception; a signal has to be turned into one.
process.once('exit', killAll)
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => process.exit(code))
}

function spawnLogged(spec: ProcessSpec): ChildProcess {
  const log = openSync(spec.log, 'a')
  try {
    return spawn(spec.command, spec.args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...spec.env },
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
    })
  } finally {
    closeSync(log)
  }
}

/**
 * Starts a program. It does not keep the test process alive, and is killed when that ends, however it ends.
 * @throws HarnessError when the command cannot be started
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const child = spawnLogged(spec)
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(new HarnessError(`starting ${spec.name} (${spec.command})`, { cause })))
  })
  living.add(child)
  child.unref()
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      living.delete(child)
      resolve()
    })
  })
  return {
    name: spec.name,
    log: spec.log,
    pid: child.pid ?? 0,
    exit: () => child.exitCode ?? child.signalCode ?? undefined,
    ended,
    tail: (lines) => tailOf(spec.log, lines),
    async stop(signal = 'SIGTERM', grace = 10_000) {
      if (!living.has(child)) return
      child.ref()
      child.kill(signal)
      const killer = setTimeout(() => child.kill('SIGKILL'), grace)
      await ended
      clearTimeout(killer)
    },
  }
}

/** The last lines of a file, or a note that it is not there. */
export function tailOf(file: string, lines: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return `(no log at ${file})`
  }
}

/**
 * Waits until `probe` answers true.
 * @throws HarnessError with the end of the log, at once when the program has ended, else after the timeout
 */
export async function waitUntilReady(
  running: RunningProcess,
  probe: () => Promise<boolean>,
  timeout = 30_000,
): Promise<void> {
  const ended = (): string | undefined => (running.exit() === undefined ? undefined : `ended with ${running.exit()}`)
  const state = await eventually<string>(
    `${running.name} is ready`,
    async () => {
      const end = ended()
      if (end !== undefined) return { found: end }
      return (await probe()) ? { found: 'ready' } : { missing: 'it does not say that it is ready' }
    },
    { timeout, interval: 50 },
  ).catch((error: unknown) => String(error))
  if (state !== 'ready') {
    throw new HarnessError(`starting ${running.name}: ${state}; the end of ${running.log}:\n${running.tail(15)}`)
  }
}

/** Asks a loopback URL whether it answers with a success. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { HarnessError } from '../harness/errors.ts'
import { freePort } from '../harness/ports.ts'
import { answers, type RunningProcess, startProcess, waitUntilReady } from '../harness/process.ts'

const repository = join(import.meta.dirname, '..', '..', '..')

/** How a controller is started, besides the flags that both have. */
interface Command {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A program that controls Rollouts, and how the bench treats it. */
export interface ControllerProgram {
  /** Whether it gets the rules that are shipped with ours, or may do anything. */
  readonly rights: 'shipped' | 'all'
  /** The page that answers 200 when it works. */
  readonly readyPage: string
  command(): Promise<Command>
}

/** The bundle, started as the image does, with the default settings: build it first. */
export const crossfade: ControllerProgram = { rights: 'shipped', readyPage: '/readyz', command: imageCommand }

/** A binary of the published controller, with its default settings. */
export const publishedController = (path: string): ControllerProgram => ({
  rights: 'all',
  readyPage: '/healthz',
  command: async () => ({ command: path, args: [], env: {} }),
})

/** Read from the Dockerfile, so that what is measured is what users run. @throws HarnessError */
async function imageCommand(): Promise<Command> {
  const dockerfile = await readFile(join(repository, 'Dockerfile'), 'utf8')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const entrypoint = /^ENTRYPOINT (\[.*\])$/m.exec(last)?.[1]
  const [program, ...args] = z.array(z.string()).parse(JSON.parse(entrypoint ?? '[]'))
  if (program !== 'node') throw new HarnessError('reading the Dockerfile: its ENTRYPOINT does not begin with node')
  const assignments = [...last.matchAll(/^ENV (.*)$/gm)].flatMap(([, text = '']) => text.split(' '))
  return {
    command: process.execPath,
    args,
    env: Object.fromEntries(assignments.map((text) => text.split('=') as [string, string])),
  }
}

/** The controller as a process of its own, and what the kernel says about it. */
export interface ControllerProcess {
  readonly name: string
  /** When it was started, by `performance.now()`. */
  readonly startedAt: number
  /** Resolves when its caches are filled. @throws HarnessError when it ends before, or takes too long */
  untilReady(): Promise<void>
  /** Resident memory in MiB. */
  rssMiB(): number
  /** CPU time so far, of all its threads, in seconds. */
  cpuSeconds(): number
  /** @throws HarnessError when it has ended by itself */
  assertRunning(): void
  /** Ends it in order, as Kubernetes does. */
  stop(): Promise<void>
  /** Ends it at once, with SIGKILL. */
  kill(): Promise<void>
  /** The lines of its log that have this in them, the oldest first. */
  logged(text: string): Promise<readonly string[]>
}

const ticksPerSecond = 100

function cpuSeconds(pid: number): number {
  // The name, in parentheses, may contain spaces; utime and stime are the 12th and 13th field after it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

function rssMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

/** Which controller runs, where, and with what rights. */
export interface ControllerPlace {
  readonly program: ControllerProgram
  readonly kubeconfig: string
  readonly namespace: string
  /** Folder for its log. */
  readonly directory: string
}

/**
 * Starts a controller. Does not wait until it is ready.
 * @param name tells several apart, in the name of the log too
 * @throws HarnessError when it cannot be started
 */
export async function startController(place: ControllerPlace, name = 'controller'): Promise<ControllerProcess> {
  const { program } = place
  const { command, args, env } = await program.command()
  const health = await freePort()
  const ports = [`--metricsPort=${await freePort()}`, `--healthzPort=${health}`]
  const startedAt = performance.now()
  const running: RunningProcess = await startProcess({
    name,
    command,
    log: join(place.directory, `${name}.log`),
    cwd: repository,
    env: { ...env, POD_NAMESPACE: place.namespace },
    args: [...args, `--kubeconfig=${place.kubeconfig}`, ...ports],
  })
  return {
    name,
    startedAt,
    untilReady: () => waitUntilReady(running, () => answers(`http://127.0.0.1:${health}${program.readyPage}`)),
    rssMiB: () => rssMiB(running.pid),
    cpuSeconds: () => cpuSeconds(running.pid),
    assertRunning: () => {
      if (running.exit() !== undefined) throw new HarnessError(`the controller has ended:\n${running.tail(15)}`)
    },
    stop: () => running.stop(),
    kill: () => running.stop('SIGKILL'),
    logged: async (text) => (await readFile(running.log, 'utf8')).split('\n').filter((line) => line.includes(text)),
  }
}

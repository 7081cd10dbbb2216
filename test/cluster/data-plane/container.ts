import { get } from 'node:http'

import { type RunningProcess, startProcess } from '../harness/process.ts'
import type { Program } from './images.ts'
import type { PodNetwork } from './network.ts'
import type { Container, ContainerExit, ContainerReport, ContainerState } from './pod.ts'

/** A container whose process is kept running. */
export interface RunningContainer {
  report(): ContainerReport
  /** SIGKILL from outside, as the kernel's when memory runs out: it is started again. */
  kill(): Promise<void>
  /** Its preStop sleep, then SIGTERM, then SIGKILL when the grace period, in seconds, is over. Not started again. */
  stop(graceSeconds: number): Promise<void>
}

/** What a container needs to run. */
export interface ContainerSettings {
  readonly spec: Container
  readonly program: Program
  readonly network: PodNetwork
  /** File for what it prints. */
  readonly log: string
  /** Called after every change of its report. */
  readonly changed: () => void
}

const signals: Readonly<Record<string, number>> = { SIGTERM: 15, SIGKILL: 9, SIGINT: 2 }

/** The time as the Kubernetes API has it: whole seconds. */
export function timestamp(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z')
}

function exitOf(ended: RunningProcess, startedAt: string): ContainerExit {
  const exit = ended.exit() ?? 0
  const code = typeof exit === 'number' ? exit : 128 + (signals[exit] ?? 0)
  return { code, startedAt, finishedAt: timestamp() }
}

function portOf({ ports }: Container, port: number | string): number {
  return typeof port === 'number' ? port : (ports.find(({ name }) => name === port)?.containerPort ?? 0)
}

function probe(url: string, timeoutSeconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: timeoutSeconds * 1000 }, (response) => {
      response.resume()
      const { statusCode = 0 } = response
      resolve(statusCode >= 200 && statusCode < 400)
    })
    request.once('timeout', () => request.destroy())
    request.once('error', () => resolve(false))
  })
}

/** The real kubelet begins at 10 s; releases of seconds need failures of seconds. */
const backOff = (restarts: number): number => Math.min(1000 * 2 ** restarts, 10_000)

/**
 * Starts a container in the network of its pod and keeps it running, as `restartPolicy: Always` says. Without a readiness
 * probe it is ready while its process runs. Everything real but the image: its program comes from this repository.
 */
export function runContainer({ spec, program, network, log, changed }: ContainerSettings): RunningContainer {
  const stopping = new AbortController()
  let running: RunningProcess | undefined
  let state: ContainerState = { phase: 'running', startedAt: timestamp() }
  let restarts = 0
  let ready = false
  let failures = 0
  let timer: NodeJS.Timeout | undefined

  const becomes = (nowReady: boolean): void => {
    if (nowReady === ready) return
    ready = nowReady
    changed()
  }
  const check = async (): Promise<void> => {
    const { readinessProbe } = spec
    if (readinessProbe === undefined) return becomes(true)
    const { httpGet, periodSeconds, timeoutSeconds, failureThreshold } = readinessProbe
    const asked = running
    const url = `http://${network.address}:${portOf(spec, httpGet.port)}${httpGet.path}`
    const ok = await probe(url, timeoutSeconds)
    // The answer of a process that has ended meanwhile says nothing about the next one.
    if (asked !== running || asked?.exit() !== undefined) return
    failures = ok ? 0 : failures + 1
    if (ok || failures >= failureThreshold) becomes(ok)
    timer = setTimeout(() => void check(), (ready ? periodSeconds : Math.min(periodSeconds, 0.2)) * 1000).unref()
  }
  const start = async (): Promise<void> => {
    const [command, args] = network.inside(program.command, program.args)
    const startedAt = timestamp()
    const started = await startProcess({ name: spec.name, command, args, log })
    running = started
    state = { phase: 'running', startedAt }
    failures = 0
    changed()
    void started.ended.then(() => ended(exitOf(started, startedAt)))
    if (stopping.signal.aborted) await started.stop('SIGKILL')
    else void check()
  }
  const ended = (lastExit: ContainerExit): void => {
    clearTimeout(timer)
    ready = false
    state = { phase: stopping.signal.aborted ? 'ended' : 'backing-off', lastExit }
    changed()
    if (stopping.signal.aborted) return
    timer = setTimeout(() => void start(), backOff(restarts)).unref()
    restarts += 1
  }
  const starting = start()
  return {
    report: () => ({ name: spec.name, image: spec.image, ready, restarts, state }),
    async kill() {
      await starting
      await running?.stop('SIGKILL')
    },
    async stop(graceSeconds) {
      await starting
      const begin = performance.now()
      const sleep = Math.min(spec.lifecycle?.preStop?.sleep.seconds ?? 0, graceSeconds)
      await new Promise((resolve) => setTimeout(resolve, sleep * 1000).unref())
      stopping.abort()
      clearTimeout(timer)
      // As the kubelet does: what the hook has used of the grace period is gone, but two seconds are always left.
      const left = Math.max(graceSeconds * 1000 - (performance.now() - begin), 2000)
      await running?.stop('SIGTERM', left)
    },
  }
}

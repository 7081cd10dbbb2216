import { setTimeout as delay } from 'node:timers/promises'

import type { ControllerProcess } from './controller-process.ts'
import type { Figure } from './figures.ts'
import type { Place, Stage } from './stage.ts'
import { quantile, rounded } from './statistics.ts'
import type { Seen } from './witness.ts'
import { byVerb, type Requests, writesOf } from './writes.ts'

/** What a load measured. */
export interface LoadResult {
  readonly figures: readonly Figure[]
  /** What the controller asked for meanwhile, by verb and resource. */
  readonly requests: Requests
}

/** A load: sizes are numbers of Rollouts, or of repetitions, as each load says. */
export type Load = (stage: Stage, size: number) => Promise<LoadResult>

/** Until writes that follow what was waited for, such as merged counts, are through. */
const settleMs = 3000

/** Names of the Rollouts of a load. */
export const namesOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `app-${index}`)

export const isHealthy = (seen: Seen): boolean =>
  seen.phase === 'Healthy' && seen.observedGeneration === seen.generation

/** Resolves when all have come so far. */
export const whenAll = (
  place: Place,
  names: readonly string[],
  what: string,
  isTrue: (seen: Seen) => boolean,
  timeoutMs = 120_000,
): Promise<number[]> => Promise.all(names.map((name) => place.witness.when(name, what, isTrue, timeoutMs)))

/** What happened between two moments. */
export interface Measured<T> {
  readonly result: T
  readonly cpuSeconds: number
  readonly requests: Requests
  /** Writes besides events and leases. */
  readonly writes: number
}

/** Does something while the controller runs, waits until it is quiet, and tells what it took. */
export const measure = async <T>(
  stage: Stage,
  controller: ControllerProcess,
  work: () => Promise<T>,
): Promise<Measured<T>> => {
  await delay(settleMs)
  const [mark, cpu] = [await stage.plane.audit.mark(), controller.cpuSeconds()]
  const result = await work()
  const cpuSeconds = rounded(controller.cpuSeconds() - cpu, 2)
  await delay(settleMs)
  controller.assertRunning()
  const entries = await stage.requests(mark)
  return { result, cpuSeconds, requests: byVerb(entries), writes: writesOf(entries).length }
}

/** A share of the times as a figure; times in milliseconds, the figure in `ms` or `s`. */
export const timeFigure = (
  figure: Omit<Figure, 'value'> & { readonly unit: 'ms' | 's' },
  times: readonly number[],
  share: number,
): Figure => {
  const ms = quantile(times, share)
  return { ...figure, value: figure.unit === 'ms' ? rounded(ms, 1) : rounded(ms / 1000, 2) }
}

import { Slots } from '../lib/slots.ts'
import type { Arrival } from './record.ts'

/** A measurement that runs, or whose result waits to be written into the status. */
interface Entry {
  readonly abort: AbortController
  readonly lasting: boolean
  arrival?: Arrival
}

/** A measurement to take. */
export interface Work {
  /** Whether it leaves something behind that must be known to be stopped: only the end of its run drops it. */
  readonly lasting: boolean
  /** The signal aborts when nobody waits for it any more. Must not reject. */
  take(signal: AbortSignal): Promise<Arrival>
}

/** How many providers are asked at a time, as in the published controller's worker pool. */
const defaultLimit = 30

/**
 * Takes measurements beside the loop, a bounded number at a time, and keeps each result until the status that holds it was written. It
 * remembers nothing over a restart: a plain measurement that was lost is taken again, and what a provider started elsewhere is found
 * again by its deterministic name or by the status.
 */
export class Measurer {
  readonly #runs = new Map<string, Map<string, Entry>>()
  readonly #slots: Slots
  readonly #onArrival: (uid: string) => void
  #stopped = false

  /** @param onArrival called with the uid of a run that has a new result. */
  constructor(onArrival: (uid: string) => void, limit = defaultLimit) {
    this.#onArrival = onArrival
    this.#slots = new Slots(limit)
  }

  /** Starts, unless the metric is being measured or its result waits already. */
  start(uid: string, metric: string, work: Work): void {
    const entries = this.#runs.get(uid) ?? new Map<string, Entry>()
    if (this.#stopped || entries.has(metric)) return
    const entry: Entry = { abort: new AbortController(), lasting: work.lasting }
    this.#runs.set(uid, entries.set(metric, entry))
    void this.#run(uid, entry, work)
  }

  /** Metrics of a run that are being measured, and whether their measurement is lasting. */
  inFlight(uid: string): ReadonlyMap<string, { readonly lasting: boolean }> {
    return new Map([...(this.#runs.get(uid) ?? [])].filter(([, { arrival }]) => arrival === undefined))
  }

  /** Results of a run that are in no written status, by metric. */
  arrivals(uid: string): ReadonlyMap<string, Arrival> {
    const entries = [...(this.#runs.get(uid) ?? [])]
    return new Map(entries.flatMap(([metric, { arrival }]) => (arrival === undefined ? [] : [[metric, arrival]])))
  }

  /** Drops results whose status was written. */
  consume(uid: string, metrics: Iterable<string>): void {
    const entries = this.#runs.get(uid)
    for (const metric of metrics) entries?.delete(metric)
    if (entries?.size === 0) this.#runs.delete(uid)
  }

  /** Stops and drops everything of a run. */
  abandon(uid: string): void {
    const entries = this.#runs.get(uid)
    this.#runs.delete(uid)
    for (const { abort } of entries?.values() ?? [])
      abort.abort(new Error('nobody waits for this measurement any more'))
  }

  /** Stops and drops what is being measured and leaves nothing behind. */
  abandonPassing(uid: string): void {
    const entries = this.#runs.get(uid)
    for (const [metric, { abort, lasting, arrival }] of entries ?? []) {
      if (lasting || arrival !== undefined) continue
      entries?.delete(metric)
      abort.abort(new Error('the run is told to end'))
    }
    if (entries?.size === 0) this.#runs.delete(uid)
  }

  /** Stops everything, and starts nothing any more: the controller ends. */
  stop(): void {
    this.#stopped = true
    for (const uid of [...this.#runs.keys()]) this.abandon(uid)
  }

  /** Runs that have something under way or waiting. */
  get size(): number {
    return this.#runs.size
  }

  #run(uid: string, entry: Entry, work: Work): Promise<void> {
    return this.#slots.use(async () => {
      if (entry.abort.signal.aborted) return
      const arrival = await work.take(entry.abort.signal)
      if (entry.abort.signal.aborted) return
      entry.arrival = arrival
      this.#onArrival(uid)
    })
  }
}

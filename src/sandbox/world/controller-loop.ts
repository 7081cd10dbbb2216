import type { Clock, Timer } from '../../lib/clock.ts'
import type { Cluster, ClusterChange, ObjectKey } from './cluster.ts'

/** A part of the cluster that acts on its objects as one of Kubernetes' own controllers would. */
export interface SimulatedController {
  /** The user as which it writes. */
  readonly user: string
  /** The objects to look at again after a change. */
  keysOf(change: ClusterChange): readonly ObjectKey[]
  /** Brings one object up to date; returns when to look again even if nothing changes (milliseconds since the epoch). */
  reconcile(key: ObjectKey): number | undefined
}

interface Appointment {
  readonly atMs: number
  readonly timer: Timer
}

/**
 * Runs one controller: a change is acted upon after `latencyMs`, and changes of the same object within that time are
 * acted upon once, as a watch and a work queue would have it.
 */
export class ControllerLoop {
  readonly #controller: SimulatedController
  readonly #clock: Clock
  readonly #latencyMs: number
  readonly #appointments = new Map<string, Appointment>()
  #stopped = false

  constructor(controller: SimulatedController, cluster: Cluster, clock: Clock, latencyMs: number) {
    this.#controller = controller
    this.#clock = clock
    this.#latencyMs = latencyMs
    cluster.onChange((change) => {
      for (const key of controller.keysOf(change)) this.#schedule(key, clock.now() + this.#latencyMs)
    })
  }

  /** Looks at an object again although nothing changed in the cluster. */
  poke(key: ObjectKey): void {
    this.#schedule(key, this.#clock.now())
  }

  /** Acts no more: this part of the cluster is down. */
  stop(): void {
    this.#stopped = true
    for (const { timer } of this.#appointments.values()) timer.cancel()
    this.#appointments.clear()
  }

  #schedule(key: ObjectKey, atMs: number): void {
    if (this.#stopped) return
    const id = `${key.namespace}/${key.name}`
    const earlier = this.#appointments.get(id)
    if (earlier !== undefined && earlier.atMs <= atMs) return
    earlier?.timer.cancel()
    const timer = this.#clock.setTimer(atMs - this.#clock.now(), () => this.#act(id, key))
    this.#appointments.set(id, { atMs, timer })
  }

  #act(id: string, key: ObjectKey): void {
    this.#appointments.delete(id)
    const wakeAtMs = this.#controller.reconcile(key)
    if (wakeAtMs !== undefined) this.#schedule(key, wakeAtMs)
  }
}

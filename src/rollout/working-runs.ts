import { isCompleted } from '../api/phases.ts'
import type { JsonObject } from '../lib/json.ts'
import type { Effect } from './effects.ts'

/** What AnalysisRuns and Experiments have in common: they run once, to an end. */
interface Running {
  readonly metadata: {
    readonly name: string
    readonly uid?: string | undefined
    readonly deletionTimestamp?: string | undefined
  }
  readonly spec: { readonly terminate?: boolean | undefined }
  readonly status?: { readonly phase?: string | undefined } | undefined
}

/** What differs between the two kinds. */
interface RunKind<Live, Manifest> {
  readonly kind: 'AnalysisRun' | 'Experiment'
  /** Stands between a name that is taken and the number that makes it another one. */
  readonly separator: '.' | '-'
  /** Whether one that exists asks for the same as the wanted one. */
  readonly isSame: (there: Live, wanted: Manifest) => boolean
  /** Whether somebody else has one of this name. */
  readonly isTaken?: ((name: string) => boolean) | undefined
}

/** A wanted object under its final name. */
export interface WantedRun {
  readonly name: string
  /** Of the effect that creates it. */
  readonly key: string
  /** Whether the plan creates it. */
  readonly isNew: boolean
}

const isOver = (run: Running | undefined): boolean =>
  run === undefined || run.spec.terminate === true || isCompleted(run.status?.phase)

/** The AnalysisRuns or the Experiments of a Rollout, with what the plan creates, ends and deletes. */
export class WorkingRuns<
  Live extends Running,
  Manifest extends { readonly metadata: { readonly name?: string | undefined } },
> {
  readonly #kind: RunKind<Live, Manifest>
  readonly #live: ReadonlyMap<string, Live>
  readonly #created = new Map<string, { readonly object: Manifest; readonly why: string }>()
  readonly #terminated = new Map<string, string>()
  readonly #deleted = new Map<string, string>()
  readonly #givenUp = new Set<string>()
  changes = 0

  constructor(kind: RunKind<Live, Manifest>, live: readonly Live[]) {
    this.#kind = kind
    this.#live = new Map(live.map((object) => [object.metadata.name, object]))
  }

  /** One that exists and stays. */
  existing(name: string | undefined): Live | undefined {
    return name === undefined || this.#deleted.has(name) ? undefined : this.#live.get(name)
  }

  /** One that the plan creates. */
  created(name: string | undefined): Manifest | undefined {
    return name === undefined || this.#deleted.has(name) ? undefined : this.#created.get(name)?.object
  }

  /** Whether one exists, or the plan creates it. */
  has(name: string): boolean {
    return this.existing(name) !== undefined || this.created(name) !== undefined
  }

  /** All that exist and stay. */
  get live(): readonly Live[] {
    return [...this.#live.values()].filter(({ metadata }) => !this.#deleted.has(metadata.name))
  }

  #keyOf(name: string): string {
    return `${this.#kind.kind.toLowerCase()}/${name}`
  }

  /**
   * Creates one under its name, or the name with a number where that is taken by one that is over or asks for something
   * else, or is somebody else's. An equal one that goes on is taken as it is, so that a pass that was cut off creates nothing twice.
   */
  create(wanted: Manifest, why: string): WantedRun {
    const base = wanted.metadata.name ?? ''
    for (let collisions = 0; ; collisions++) {
      const name = collisions === 0 ? base : `${base}${this.#kind.separator}${collisions}`
      const key = this.#keyOf(name)
      const there = this.#live.get(name)
      if (there === undefined && this.#kind.isTaken?.(name) === true) continue
      if (there === undefined) {
        this.#created.set(name, { object: { ...wanted, metadata: { ...wanted.metadata, name } }, why })
        this.changes++
        return { name, key, isNew: true }
      }
      if (!isOver(there) && !this.#givenUp.has(name) && this.#kind.isSame(there, wanted)) {
        // An earlier round of the pass, at the step before, saw no use for it: its maker was killed before it noted the step.
        this.#terminated.delete(name)
        return { name, key, isNew: false }
      }
    }
  }

  /** Ends one that goes on. */
  terminate(name: string, why: string): void {
    if (isOver(this.#live.get(name)) || this.#terminated.has(name) || this.#deleted.has(name)) return
    this.#terminated.set(name, why)
    this.changes++
  }

  /** Ends one that is not to be taken up again either, although an equal one may be wanted. */
  giveUp(name: string, why: string): void {
    this.#givenUp.add(name)
    this.terminate(name, why)
  }

  delete(name: string, why: string): void {
    if (this.#deleted.has(name) || this.#live.get(name)?.metadata.deletionTimestamp !== undefined) return
    this.#deleted.set(name, why)
    this.changes++
  }

  /** Creations and terminations. */
  get effects(): readonly Effect[] {
    const { kind } = this.#kind
    const created = [...this.#created].map(
      ([name, { object, why }]): Effect => ({
        type: `create${kind}`,
        key: this.#keyOf(name),
        object: object as unknown as JsonObject,
        why,
      }),
    )
    const terminated = [...this.#terminated].map(
      ([name, why]): Effect => ({ type: `terminate${kind}`, key: this.#keyOf(name), name, why }),
    )
    return [...created, ...terminated]
  }

  get deletions(): readonly Effect[] {
    return [...this.#deleted].map(([name, why]) => ({
      type: `delete${this.#kind.kind}`,
      key: this.#keyOf(name),
      name,
      uid: this.#live.get(name)?.metadata.uid ?? '',
      why,
    }))
  }
}

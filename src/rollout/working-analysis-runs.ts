import type { AnalysisRun, AnalysisRunManifest } from '../api/analysis-run.ts'
import { isCompleted } from '../api/phases.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import type { Effect } from './effects.ts'
import type { Snapshot } from './snapshot.ts'

/** An AnalysisRun as policies see it. */
export interface WorkingRun {
  readonly name: string
  /** Empty until the AnalysisRun controller has looked at it. */
  readonly phase: string
  readonly message: string
  /** Whether somebody asked it to end. */
  readonly terminated: boolean
  readonly labels: Readonly<Record<string, string>>
}

const keyOf = (name: string): string => `analysisrun/${name}`

const viewOf = (run: DeepReadonly<AnalysisRun>): WorkingRun => ({
  name: run.metadata.name,
  phase: run.status?.phase ?? '',
  message: run.status?.message ?? '',
  terminated: run.spec.terminate === true,
  labels: run.metadata.labels ?? {},
})

/** The AnalysisRuns of a Rollout with what the plan creates, ends and deletes. */
export class WorkingAnalysisRuns {
  readonly #live: ReadonlyMap<string, DeepReadonly<AnalysisRun>>
  readonly #created = new Map<string, AnalysisRunManifest>()
  readonly #terminated = new Map<string, string>()
  readonly #deleted = new Map<string, string>()
  changes = 0

  constructor({ analysisRuns }: Pick<Snapshot, 'analysisRuns'>) {
    this.#live = new Map(analysisRuns.map((run) => [run.metadata.name, run]))
  }

  /** A run that exists, or that the plan creates. */
  get(name: string | undefined): WorkingRun | undefined {
    if (name === undefined || this.#deleted.has(name)) return undefined
    const created = this.#created.get(name)
    if (created !== undefined) {
      return { name, phase: '', message: '', terminated: false, labels: created.metadata.labels ?? {} }
    }
    const run = this.#live.get(name)
    return run && viewOf(run)
  }

  /** All runs that exist and stay. */
  get live(): readonly DeepReadonly<AnalysisRun>[] {
    return [...this.#live.values()].filter(({ metadata }) => !this.#deleted.has(metadata.name))
  }

  /**
   * Creates a run under its name, or the name with `.1`, `.2` … where that is taken by a run that is over or is another
   * one. An equal run that goes on is taken as it is, so that a pass that was cut off creates nothing twice.
   */
  create(wanted: AnalysisRunManifest, why: string): string {
    const base = wanted.metadata.name ?? ''
    for (let collisions = 0; ; collisions++) {
      const name = collisions === 0 ? base : `${base}.${collisions}`
      const there = this.#live.get(name)
      if (there === undefined) {
        this.#created.set(name, { ...wanted, metadata: { ...wanted.metadata, name } })
        this.#why.set(name, why)
        this.changes++
        return name
      }
      if (!isCompleted(there.status?.phase) && there.spec.terminate !== true && equalJson(there.spec, wanted.spec)) {
        // An earlier round of the pass, at the step before, saw no use for it: its maker was killed before it noted the step.
        this.#terminated.delete(name)
        return name
      }
    }
  }

  /** Ends a run that goes on. */
  terminate(name: string, why: string): void {
    const run = this.#live.get(name)
    if (run === undefined || run.spec.terminate === true || isCompleted(run.status?.phase)) return
    if (this.#terminated.has(name) || this.#deleted.has(name)) return
    this.#terminated.set(name, why)
    this.changes++
  }

  delete(name: string, why: string): void {
    if (this.#deleted.has(name) || this.#live.get(name)?.metadata.deletionTimestamp !== undefined) return
    this.#deleted.set(name, why)
    this.changes++
  }

  /** Creations and terminations. */
  get effects(): readonly Effect[] {
    const created = [...this.#created].map(
      ([name, object]): Effect => ({
        type: 'createAnalysisRun',
        key: keyOf(name),
        object: object as unknown as JsonObject,
        why: this.#why.get(name) ?? '',
      }),
    )
    const terminated = [...this.#terminated].map(
      ([name, why]): Effect => ({ type: 'terminateAnalysisRun', key: keyOf(name), name, why }),
    )
    return [...created, ...terminated]
  }

  get deletions(): readonly Effect[] {
    return [...this.#deleted].map(([name, why]) => ({
      type: 'deleteAnalysisRun',
      key: keyOf(name),
      name,
      uid: this.#live.get(name)?.metadata.uid ?? '',
      why,
    }))
  }

  readonly #why = new Map<string, string>()
}

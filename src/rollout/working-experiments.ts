import type { Experiment, ExperimentManifest } from '../api/experiment.ts'
import { isCompleted } from '../api/phases.ts'
import { samePodTemplate } from '../api/pod-template-equality.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { equalJson, objectOr } from '../lib/json-value.ts'
import type { Effect } from './effects.ts'
import type { Snapshot } from './snapshot.ts'

type Spec = DeepReadonly<Experiment>['spec']

const keyOf = (name: string): string => `experiment/${name}`

const withoutPods = ({ templates, terminate: _, ...rest }: Spec): unknown => ({
  ...rest,
  templates: templates.map(({ template: __, ...own }) => own),
})

/** Whether two specs ask for the same, whatever the server has filled in and whether somebody ended one of them. */
export const sameExperiment = (left: Spec, right: Spec): boolean =>
  equalJson(withoutPods(left), withoutPods(right)) &&
  left.templates.every(({ template }, index) =>
    samePodTemplate(objectOr(template), objectOr(right.templates[index]?.template)),
  )

/** The Experiments of a Rollout with what the plan creates, ends and deletes. */
export class WorkingExperiments {
  readonly #live: ReadonlyMap<string, DeepReadonly<Experiment>>
  readonly #created = new Map<string, ExperimentManifest>()
  readonly #terminated = new Map<string, string>()
  readonly #deleted = new Map<string, string>()
  changes = 0

  constructor({ experiments }: Pick<Snapshot, 'experiments'>) {
    this.#live = new Map(experiments.map((experiment) => [experiment.metadata.name, experiment]))
  }

  /** One that exists and stays. */
  get(name: string | undefined): DeepReadonly<Experiment> | undefined {
    return name === undefined || this.#deleted.has(name) ? undefined : this.#live.get(name)
  }

  /** Whether one exists, or the plan creates it. */
  has(name: string): boolean {
    return this.get(name) !== undefined || this.#created.has(name)
  }

  /** All that exist and stay. */
  get live(): readonly DeepReadonly<Experiment>[] {
    return [...this.#live.values()].filter(({ metadata }) => !this.#deleted.has(metadata.name))
  }

  /**
   * Creates one under its name, or the name with `-1`, `-2` … where that is taken by one that is over or is another one.
   * An equal one that goes on is taken as it is, so that a pass that was cut off creates nothing twice.
   */
  create(wanted: ExperimentManifest): { readonly name: string; readonly key: string; readonly isNew: boolean } {
    const base = wanted.metadata.name ?? ''
    for (let collisions = 0; ; collisions++) {
      const name = collisions === 0 ? base : `${base}-${collisions}`
      const key = keyOf(name)
      const there = this.#live.get(name)
      if (there === undefined) {
        this.#created.set(name, { ...wanted, metadata: { ...wanted.metadata, name } })
        this.changes++
        return { name, key, isNew: true }
      }
      const goesOn = !isCompleted(there.status?.phase) && there.spec.terminate !== true
      if (goesOn && sameExperiment(there.spec, wanted.spec)) {
        // An earlier round of the pass, at the step before, saw no use for it.
        this.#terminated.delete(name)
        return { name, key, isNew: false }
      }
    }
  }

  /** Ends one that goes on. */
  terminate(name: string, why: string): void {
    const there = this.#live.get(name)
    if (there === undefined || there.spec.terminate === true || isCompleted(there.status?.phase)) return
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
        type: 'createExperiment',
        key: keyOf(name),
        object: object as unknown as JsonObject,
        why: 'run the experiment of the step',
      }),
    )
    const terminated = [...this.#terminated].map(
      ([name, why]): Effect => ({ type: 'terminateExperiment', key: keyOf(name), name, why }),
    )
    return [...created, ...terminated]
  }

  get deletions(): readonly Effect[] {
    return [...this.#deleted].map(([name, why]) => ({
      type: 'deleteExperiment',
      key: keyOf(name),
      name,
      uid: this.#live.get(name)?.metadata.uid ?? '',
      why,
    }))
  }
}

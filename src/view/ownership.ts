import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import type { DeepReadonly } from '../lib/json.ts'

interface HasMetadata {
  readonly metadata: DeepReadonly<ObjectMeta>
}

/** Objects by the uid of their controller. Those without one are left out. */
export const byController = <T extends HasMetadata>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const object of objects) {
    const owner = controllerOf(object)
    if (owner === undefined) continue
    const group = groups.get(owner)
    if (group) group.push(object)
    else groups.set(owner, [object])
  }
  return groups
}

const controllerOf = ({ metadata }: HasMetadata): string | undefined =>
  metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byName = (a: HasMetadata, b: HasMetadata): number => byText(a.metadata.name, b.metadata.name)

const byCreation = (a: HasMetadata, b: HasMetadata): number =>
  byText(a.metadata.creationTimestamp, b.metadata.creationTimestamp)

/** The order of what stands below one parent, where a new one is to push none away. */
export const oldestFirst = (a: HasMetadata, b: HasMetadata): number => byCreation(a, b) || byName(a, b)

/** The order of AnalysisRuns: of the same age, the last name first, as the published plugin has it. */
export const oldestRunFirst = (a: HasMetadata, b: HasMetadata): number => byCreation(a, b) || byName(b, a)

/** Milliseconds since an object was created. */
export const ageMs = ({ metadata }: HasMetadata, now: number): number => now - Date.parse(metadata.creationTimestamp)

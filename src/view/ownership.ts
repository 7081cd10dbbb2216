import type { ObjectMeta } from '../api/kubernetes/object-meta.ts'
import { revisionAnnotation } from '../api/labels.ts'
import type { DeepReadonly } from '../lib/json.ts'

interface HasMetadata {
  readonly metadata: DeepReadonly<ObjectMeta>
}

/** Objects by the uid of whoever owns them, controller or not: as the published plugin looks for them. Those without one are left out. */
export const byOwner = <T extends HasMetadata>(objects: readonly T[]): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const object of objects) {
    for (const owner of new Set(object.metadata.ownerReferences?.map(({ uid }) => uid))) {
      const group = groups.get(owner)
      if (group) group.push(object)
      else groups.set(owner, [object])
    }
  }
  return groups
}

/** The revision that an object belongs to; 0 where it names none. */
export const revisionOf = ({ metadata }: HasMetadata): number => {
  const revision = Number(metadata.annotations?.[revisionAnnotation] ?? 0)
  return Number.isSafeInteger(revision) ? revision : 0
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byName = (a: HasMetadata, b: HasMetadata): number => byText(a.metadata.name, b.metadata.name)

const byCreation = (a: HasMetadata, b: HasMetadata): number =>
  byText(a.metadata.creationTimestamp, b.metadata.creationTimestamp)

/** The order of what stands below one parent, where a new one is to push none away. */
export const oldestFirst = (a: HasMetadata, b: HasMetadata): number => byCreation(a, b) || byName(a, b)

const byRevision = (a: HasMetadata, b: HasMetadata): number => revisionOf(b) - revisionOf(a)

/** The order of AnalysisRuns: of the same revision and age, the last name first, as the published plugin has it. */
export const newestRevisionRunFirst = (a: HasMetadata, b: HasMetadata): number =>
  byRevision(a, b) || byCreation(a, b) || byName(b, a)

/** The order of ReplicaSets: those of one revision by name, whatever their age, as the published plugin has it. */
export const newestRevisionFirst = (a: HasMetadata, b: HasMetadata): number => byRevision(a, b) || byName(a, b)

/** Milliseconds since an object was created. */
export const ageMs = ({ metadata }: HasMetadata, now: number): number => now - Date.parse(metadata.creationTimestamp)

import * as z from 'zod'
import type { Ingress } from '../../api/kubernetes/ingress.ts'
import { managedAlbAnnotationsAnnotation } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'

const recordSchema = z.record(z.string(), z.array(z.string()))

type ByRollout = Readonly<Record<string, readonly string[]>>

const recordOf = ({ metadata }: DeepReadonly<Ingress>): ByRollout => {
  try {
    const record = recordSchema.safeParse(JSON.parse(metadata.annotations?.[managedAlbAnnotationsAnnotation] ?? '{}'))
    return record.success ? record.data : {}
  } catch {
    // Somebody wrote over it: the routes that the spec names are found all the same.
    return {}
  }
}

/** Keys of the annotations that a Rollout has written to an Ingress, by the annotation that the published controller keeps too. */
export const managedKeysOf = (ingress: DeepReadonly<Ingress>, { metadata }: DeepReadonly<Rollout>): readonly string[] =>
  recordOf(ingress)[metadata.name] ?? []

const isSameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((key) => b.includes(key))

/**
 * That annotation with these keys for a Rollout, and without the Rollout where there are none: its text, `null` to remove it,
 * `undefined` when it says so already.
 */
export const changedRecord = (
  ingress: DeepReadonly<Ingress>,
  { metadata }: DeepReadonly<Rollout>,
  keys: readonly string[],
): string | null | undefined => {
  const { [metadata.name]: present = [], ...others } = recordOf(ingress)
  if (isSameSet(present, keys)) return undefined
  const record: ByRollout = { ...others, ...(keys.length > 0 && { [metadata.name]: keys }) }
  if (Object.keys(record).length === 0) return null
  return JSON.stringify(Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1))))
}

import { humanDuration } from '../lib/human-duration.ts'
import type { ReplicaSetInfo } from './replica-set-info.ts'
import type { RolloutInfo } from './rollout-info.ts'
import { cell, type Row } from './table.ts'

/** A revision of which there still is a ReplicaSet. */
export interface HistoryEntry {
  readonly revision: number
  readonly roles: ReplicaSetInfo['roles']
  readonly replicaSet: string
  readonly hash: string
  readonly available: number
  readonly desired: number
  readonly ageMs: number
  readonly images: readonly string[]
  /** What the user noted of it, by `kubernetes.io/change-cause`; empty where nothing was noted. */
  readonly changeCause: string
}

/** The revisions of a Rollout, newest first. `causes` has what was noted of ReplicaSets, by name. */
export const historyOf = ({ revisions }: RolloutInfo, causes: ReadonlyMap<string, string>): HistoryEntry[] =>
  revisions.flatMap(({ revision, replicaSets }) =>
    replicaSets.map(({ name, hash, roles, available, desired, ageMs, images }) => ({
      revision,
      roles,
      replicaSet: name,
      hash,
      available,
      desired,
      ageMs,
      images,
      changeCause: causes.get(name) ?? '',
    })),
  )

/** The table of revisions, a head first. `wide` adds the ReplicaSets and what was noted. */
export const historyRows = (entries: readonly HistoryEntry[], wide: boolean): Row[] => [
  ['REVISION', 'ROLE', 'AVAILABLE', 'AGE', 'IMAGES', ...(wide ? ['REPLICASET', 'CHANGE-CAUSE'] : [])].map(cell),
  ...entries.map((entry) =>
    [
      String(entry.revision),
      entry.roles.join(',') || '-',
      `${entry.available}/${entry.desired}`,
      humanDuration(entry.ageMs),
      entry.images.join(','),
      ...(wide ? [entry.replicaSet, entry.changeCause || '-'] : []),
    ].map(cell),
  ),
]

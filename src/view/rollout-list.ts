import { clientPhase } from '../api/client-phase.ts'
import { replicasOf } from '../api/defaults.ts'
import type { Rollout } from '../api/rollout.ts'
import { humanDuration } from '../lib/human-duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { canaryProgress } from './canary-progress.ts'
import { ageMs } from './ownership.ts'
import { cell, type Row } from './table.ts'

type R = DeepReadonly<Rollout>

/** Which columns a list has besides those it always has. */
export interface ListColumns {
  readonly timestamp?: boolean
  readonly namespace?: boolean
  /** Age, images and message, behind all others. */
  readonly wide?: boolean
}

/** The head of the list. The columns are those of the published plugin. */
export const listHead = (columns: ListColumns): Row =>
  [
    ...(columns.timestamp ? ['TIMESTAMP'] : []),
    ...(columns.namespace ? ['NAMESPACE'] : []),
    ...['NAME', 'STRATEGY', 'STATUS', 'STEP', 'SET-WEIGHT', 'READY', 'DESIRED', 'UP-TO-DATE', 'AVAILABLE'],
    ...(columns.wide ? ['AGE', 'IMAGES', 'MESSAGE'] : []),
  ].map(cell)

const strategyCells = (rollout: R): readonly string[] => {
  const { strategy } = rollout.spec
  const { phase } = clientPhase(rollout)
  if (strategy?.canary === undefined) return [strategy?.blueGreen ? 'BlueGreen' : 'unknown', phase, '-', '-']
  const { step, setWeight } = canaryProgress(rollout, 0)
  return ['Canary', phase, step ? `${step.index}/${step.count}` : '-', String(setWeight)]
}

/** What the list shows of a Rollout, without the columns that a caller may leave out: equal rows mean that nothing changed. */
export const listCells = (rollout: R): readonly string[] => {
  const { replicas = 0, readyReplicas = 0, updatedReplicas = 0, availableReplicas = 0 } = rollout.status ?? {}
  const counts = [`${readyReplicas}/${replicas}`, replicasOf(rollout), updatedReplicas, availableReplicas]
  return [rollout.metadata.name, ...strategyCells(rollout), ...counts.map(String)]
}

/** The least widths of cells, so that rows that come later stand below those before, as the published plugin has them. */
const widths = { timestamp: 20, namespace: 9, cells: [10, 9, 12, 4, 10, 5, 7, 10, 9] } as const

const imagesOf = ({ spec }: R): readonly string[] =>
  (spec.template?.spec?.containers ?? []).flatMap(({ image }) => image ?? [])

const wideCells = (rollout: R, now: number): readonly string[] => [
  humanDuration(ageMs(rollout, now)),
  imagesOf(rollout).join(',') || '-',
  clientPhase(rollout).message || '-',
]

/** What the list shows of a Rollout as data. `now` in milliseconds since the epoch. */
export const listEntry = (rollout: R, now: number): object => {
  const { metadata, spec, status = {} } = rollout
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ...(spec.strategy?.canary && { strategy: 'Canary', canary: canaryWish(rollout) }),
    ...(spec.strategy?.blueGreen && { strategy: 'BlueGreen' }),
    ...clientPhase(rollout),
    ageMs: ageMs(rollout, now),
    images: imagesOf(rollout),
    replicas: {
      desired: replicasOf(rollout),
      current: status.replicas ?? 0,
      updated: status.updatedReplicas ?? 0,
      ready: status.readyReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
  }
}

/** How far the steps have come. What is in force is known with the pods only, which a list does not read. */
const canaryWish = (rollout: R): object => {
  const { step, setWeight } = canaryProgress(rollout, 0)
  return { ...(step && { step }), setWeight }
}

/** A row of the list. `now` in milliseconds since the epoch, for the column TIMESTAMP. */
export const listRow = (rollout: R, columns: ListColumns, now: number): Row =>
  [
    ...(columns.timestamp
      ? [
          new Date(now)
            .toISOString()
            .replace(/\.\d+Z$/, 'Z')
            .padEnd(widths.timestamp),
        ]
      : []),
    ...(columns.namespace ? [(rollout.metadata.namespace ?? '').padEnd(widths.namespace)] : []),
    ...listCells(rollout).map((text, at) => text.padEnd(widths.cells[at] ?? 0)),
    ...(columns.wide ? wideCells(rollout, now) : []),
  ].map(cell)

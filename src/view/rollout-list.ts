import { clientPhase } from '../api/client-phase.ts'
import { replicasOf } from '../api/defaults.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { canaryProgress } from './canary-progress.ts'
import { cell, type Row } from './table.ts'

type R = DeepReadonly<Rollout>

/** Which columns a list has besides those it always has. */
export interface ListColumns {
  readonly timestamp?: boolean
  readonly namespace?: boolean
}

/** The head of the list. The columns are those of the published plugin. */
export const listHead = (columns: ListColumns): Row =>
  [
    ...(columns.timestamp ? ['TIMESTAMP'] : []),
    ...(columns.namespace ? ['NAMESPACE'] : []),
    ...['NAME', 'STRATEGY', 'STATUS', 'STEP', 'SET-WEIGHT', 'READY', 'DESIRED', 'UP-TO-DATE', 'AVAILABLE'],
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
  ].map(cell)

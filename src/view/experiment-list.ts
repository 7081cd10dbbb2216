import type { Experiment } from '../api/experiment.ts'
import { isCompleted } from '../api/phases.ts'
import { DurationError, durationMs } from '../lib/duration.ts'
import { humanDuration } from '../lib/human-duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import { ageMs } from './ownership.ts'
import { cell, type Row } from './table.ts'

type E = DeepReadonly<Experiment>

/** The head of the list. The columns are those of the published plugin. */
export const experimentListHead = (withNamespace: boolean): Row =>
  [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'STATUS', 'DURATION', 'REMAINING', 'AGE'].map(cell)

/** Milliseconds of the duration; undefined without one, and for one that is none. */
const durationOf = ({ spec }: E): number | undefined => {
  try {
    return spec.duration === undefined || spec.duration === '' ? undefined : durationMs(spec.duration)
  } catch (error) {
    if (error instanceof DurationError) return undefined
    throw error
  }
}

const remaining = ({ status }: E, duration: number | undefined, now: number): string => {
  const start = fromRfc3339(status?.availableAt)
  if (duration === undefined || start === undefined || (status?.phase && isCompleted(status.phase))) return '-'
  const left = start + duration - now
  return left > 0 ? humanDuration(left) : '-'
}

/** A row of the list. `now` in milliseconds since the epoch. */
export const experimentListRow = (experiment: E, withNamespace: boolean, now: number): Row => {
  const { metadata, status } = experiment
  const duration = durationOf(experiment)
  const cells = [
    ...(withNamespace ? [metadata.namespace ?? ''] : []),
    metadata.name,
    status?.phase || 'Pending',
    duration === undefined ? '-' : humanDuration(duration),
    remaining(experiment, duration, now),
    humanDuration(ageMs(experiment, now)),
  ]
  const widths = [...(withNamespace ? [9] : []), 10, 6, 8, 9, 3]
  return cells.map((text, at) => cell(text.padEnd(widths[at] ?? 0)))
}

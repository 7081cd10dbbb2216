import { quantile } from '../bench/statistics.ts'
import type { TakeOver } from './crew.ts'
import type { EndedRelease } from './releases.ts'

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}

const seconds = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)} s`)

/** How each leader was followed, with the median and the worst of those that were killed below. */
export function takeOverTable(takeOvers: readonly TakeOver[]): string {
  const head = ['leader', '', 'next leader', 'elected after', 'first write after', 'replaced after']
  const rows = takeOvers.map(({ leader, how, next, elected, acted, replaced }) => [
    leader,
    how,
    next,
    ...[elected, acted, replaced].map(seconds),
  ])
  const killed = takeOvers.filter(({ how }) => how === 'killed')
  const summary = (what: string, share: number): string[] => {
    const of = (values: readonly (number | undefined)[]): string => {
      const known = values.filter((value) => value !== undefined)
      return seconds(known.length === 0 ? undefined : quantile(known, share))
    }
    const all = [killed.map(({ elected }) => elected), killed.map(({ acted }) => acted)]
    return ['', '', what, ...all.map(of), of(killed.map(({ replaced }) => replaced))]
  }
  return columns([head, ...rows, summary('median of killed', 0.5), summary('worst of killed', 1)])
}

/** How many releases ended, how, and how long they took. */
export function releaseTable(ended: readonly EndedRelease[]): string {
  const rows = (['promoted', 'aborted'] as const).map((ending) => {
    const all = ended.filter((release) => release.ending === ending)
    const right = all.filter(({ faults }) => faults.length === 0)
    const times = all.map((release) => release.seconds)
    const timeOf = (share: number): string => seconds(times.length === 0 ? undefined : quantile(times, share))
    return [ending, `${all.length}`, `${right.length}`, timeOf(0.5), timeOf(1)]
  })
  return columns([['releases', 'ended', 'right', 'median', 'longest'], ...rows])
}

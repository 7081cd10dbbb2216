import { quantile } from '../bench/statistics.ts'
import type { TakeOver } from './crew.ts'
import type { EndedRelease } from './releases.ts'

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}

const seconds = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)} s`)

/** How each leader was followed, with the median and the worst below. */
export function takeOverTable(takeOvers: readonly TakeOver[]): string {
  const head = ['killed', 'next leader', 'elected after', 'first write after', 'replaced after']
  const rows = takeOvers.map(({ killed, next, elected, acted, replaced }) => [
    killed,
    next,
    ...[elected, acted, replaced].map(seconds),
  ])
  const summary = (what: string, share: number): string[] => {
    const of = (values: readonly (number | undefined)[]): string => {
      const known = values.filter((value) => value !== undefined)
      return seconds(known.length === 0 ? undefined : quantile(known, share))
    }
    const all = [takeOvers.map(({ elected }) => elected), takeOvers.map(({ acted }) => acted)]
    return ['', what, ...all.map(of), of(takeOvers.map(({ replaced }) => replaced))]
  }
  return columns([head, ...rows, summary('median', 0.5), summary('worst', 1)])
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

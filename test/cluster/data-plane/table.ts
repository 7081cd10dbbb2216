import type { Counts } from './tally.ts'

/** A line of the table of a story. */
export interface Row {
  /** What the release was doing. */
  readonly step: string
  /** The canary's weight by the status, or what stands for it. */
  readonly weight: string
  readonly counts: Counts
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  counts.size === 0 ? '-' : [...counts].map(([name, count]) => `${name}: ${count}`).join(', ')

/** How many requests failed, whatever the reason. */
export function failures({ failed }: Counts): number {
  return [...failed.values()].reduce((sum, count) => sum + count, 0)
}

function cellsOf({ step, weight, counts }: Row): readonly string[] {
  const failed = failures(counts)
  const reasons = failed === 0 ? '0' : `${failed} (${listed(counts.failed)})`
  return [step, weight, String(counts.sent), listed(counts.answered), reasons]
}

/** What became of the requests of a story, a line a step. */
export function tableOf(title: string, rows: readonly Row[]): string {
  const lines = [['step', 'weight', 'sent', 'answered by', 'failed'], ...rows.map(cellsOf)]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const text = lines.map((cells) => `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`)
  return [title, ...text.map((line) => line.trimEnd())].join('\n')
}

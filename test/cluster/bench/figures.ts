/** One measured value, beside what the published controller needs and what is asked of ours. */
export interface Figure {
  /** Name of the load, as `--load` takes it. */
  readonly load: string
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What was measured of the published controller with its default settings, on 2 cores; absent where nobody measured it. */
  readonly published?: string
  /** The most that the value may be; absent where it is only told. */
  readonly limit?: number
}

/** The figures with what the published controller reached in the same run, where it was measured. */
export function beside(figures: readonly Figure[], published: readonly Figure[]): readonly Figure[] {
  return figures.map((figure) => {
    const other = published.find(({ what }) => what === figure.what)
    return other === undefined ? figure : { ...figure, published: `${other.value} ${other.unit}`.trim() }
  })
}

/** Whether a value is within its limit; one without a limit is. */
export function isWithin({ value, limit }: Figure): boolean {
  return limit === undefined || value <= limit
}

function row(cells: readonly string[]): string {
  const widths = [66, 12, 24, 10]
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(66) : cell.padStart(widths[index] ?? 0))).join('')
}

/** The figures as a table for people, with those above their limit marked. */
export function table(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const { what, value, unit, published = '', limit } = figure
    const cells = [what, `${value} ${unit}`.trim(), published, limit === undefined ? '' : `≤ ${limit}`]
    return row(cells) + (isWithin(figure) ? '' : '   ABOVE')
  })
  return [row(['', 'measured', 'published', 'limit']), ...lines].join('\n')
}

import { type Line, lineWidth, span } from './line.ts'

/** One row of a table; a cell may have several colours. */
export type Row = readonly Line[]

/** Spaces between two columns. */
const gap = 2

/** A cell of one text. */
export const cell = (text: string): Line => [span(text)]

/** The width of each column: that of its widest cell, and at least what it was before. */
export const columnWidths = (rows: readonly Row[], before: readonly number[] = []): number[] => {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  return Array.from({ length: columns }, (_, column) =>
    Math.max(before[column] ?? 0, ...rows.map((row) => lineWidth(row[column] ?? []))),
  )
}

/** Joins the cells of a row into a line; each but the last is padded to the width of its column. */
export const layOutRow = (row: Row, widths: readonly number[]): Line =>
  row.flatMap((line, column) => {
    if (column === row.length - 1) return line
    const padding = Math.max(0, (widths[column] ?? 0) - lineWidth(line)) + gap
    return [...line, { text: ' '.repeat(padding) }]
  })

/** Joins rows into lines whose columns stand below each other. */
export const layOutTable = (rows: readonly Row[]): Line[] => {
  const widths = columnWidths(rows)
  return rows.map((row) => layOutRow(row, widths))
}

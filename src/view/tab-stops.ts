/** Narrowest column, its padding included; and spaces behind the widest cell. As the published tables have them. */
const minimumWidth = 5
const padding = 2

const lengthOf = (text: string): number => Array.from(text).length

/**
 * Aligns cells that end in a tab. A column reaches over neighbouring lines that have it: a line without that cell, such as the second one
 * of a text with several, begins new columns (Go, text/tabwriter). The last cell of a line is not padded.
 */
export const alignTabs = (text: string): string => {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths = lines.map((cells): number[] => cells.map(() => 0))
  const columns = Math.max(...lines.map((cells) => cells.length - 1))
  for (let column = 0; column < columns; column += 1) {
    for (let start = 0; start < lines.length; start += 1) {
      let end = start
      while ((lines[end]?.length ?? 0) - 1 > column) end += 1
      const cells = lines.slice(start, end).map((line) => lengthOf(line[column] ?? ''))
      const width = Math.max(minimumWidth, ...cells.map((length) => length + padding))
      for (const row of widths.slice(start, end)) row[column] = width
      start = end
    }
  }
  return lines
    .map((cells, row) =>
      cells
        .map((cell, column) => {
          const width = column === cells.length - 1 ? 0 : (widths[row]?.[column] ?? 0)
          return cell + ' '.repeat(Math.max(0, width - lengthOf(cell)))
        })
        .join(''),
    )
    .join('\n')
}

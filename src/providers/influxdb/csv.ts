/**
 * Rows of comma-separated values (RFC 4180): a field in quotes may hold commas, line breaks and doubled quotes. Lines may end in LF or
 * CRLF; empty lines are no rows. A quote that is never closed ends with the text.
 */
export const parseCsv = (text: string): string[][] => {
  const rows: string[][] = []
  // A field, and what ends it. Sticky: every character belongs to exactly one match, so that this takes one walk.
  const field = /(?:"((?:[^"]|"")*)"?|([^,\r\n]*))(,|\r?\n|\r|$)/y
  let row: string[] = []
  while (field.lastIndex < text.length) {
    const match = field.exec(text)
    if (match === null) break
    const [, quoted, plain = '', end] = match
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (row.length > 1 || row[0] !== '') rows.push(row)
    row = []
  }
  if (row.length > 0) rows.push([...row, ''])
  return rows
}

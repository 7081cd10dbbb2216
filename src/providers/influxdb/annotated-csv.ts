import type { Value } from '../../expr/value.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { ProviderError } from '../provider-error.ts'
import { parseCsv } from './csv.ts'
import { fluxValue } from './flux-value.ts'

/** A table of an answer: its annotations so far, and the names of its columns once their row was read. */
interface Table {
  readonly width: number
  readonly types: readonly string[]
  readonly defaults: readonly string[]
  readonly names?: readonly string[]
}

const annotate = (table: Table | undefined, [annotation = '', ...cells]: readonly string[]): Table => {
  // The first annotation after a row of data begins a new table.
  const known =
    table !== undefined && table.names === undefined ? table : { width: cells.length, types: [], defaults: [] }
  if (annotation === '#datatype') return { ...known, types: cells }
  return annotation === '#default' ? { ...known, defaults: cells } : known
}

/** A query that fails after the answer has begun ends in a table with the columns error and reference. */
const refuseErrorTable = ({ names = [] }: Table, cells: readonly string[]): void => {
  if (names[0] !== 'error') return
  const [message = '', reference = ''] = cells
  throw new ProviderError(`${excerpt(message) || 'unknown query error'}${reference === '' ? '' : `,${reference}`}`)
}

const recordValue = ({ names = [], types, defaults }: Table, cells: readonly string[]): Value => {
  const column = names.indexOf('_value')
  if (column === -1) {
    throw new ProviderError(
      `the query gives no column _value, but ${names.filter(Boolean).join(', ')}; rename() or map() makes one`,
    )
  }
  try {
    return fluxValue(cells[column] || (defaults[column] ?? ''), types[column] ?? '')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProviderError(`the column _value: ${reason}`, { cause: error })
  }
}

const checkWidth = ({ width }: Table, cells: readonly string[]): void => {
  if (cells.length === width) return
  throw new ProviderError(
    `parsing error, row has different number of columns than the table: ${cells.length} vs ${width}`,
  )
}

/**
 * The values of all records of all tables, in order (InfluxDB, "Annotated CSV"). Throws {@link ProviderError} for text of another format,
 * and for an error that InfluxDB reports inside of it: the records before that are no answer.
 */
export const readAnnotatedCsv = (text: string): Value[] => {
  const values: Value[] = []
  let table: Table | undefined
  for (const row of parseCsv(text)) {
    const [annotation = '', ...cells] = row
    if (annotation.startsWith('#')) table = annotate(table, row)
    if (table === undefined || (annotation !== '' && !annotation.startsWith('#'))) {
      throw new ProviderError(
        `the answer is no annotated CSV: ${excerpt(text)}; check that the address is that of InfluxDB`,
      )
    }
    checkWidth(table, cells)
    if (annotation !== '') continue
    if (table.names === undefined) {
      table = { ...table, names: cells }
      continue
    }
    refuseErrorTable(table, cells)
    values.push(recordValue(table, cells))
  }
  return values
}

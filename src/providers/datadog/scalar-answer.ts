import * as z from 'zod'
import { floatVector, scalar } from '../../expr/value.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { formatSample, formatSamples } from '../value-text.ts'

const numbers = z.array(z.number().nullable())

/** One value of a tag, or several where the tag has aliases. */
const groupColumn = z.object({ type: z.literal('group'), values: z.array(z.array(z.string()).min(1)) })
const numberColumn = z.object({ type: z.enum(['number', '']).optional(), values: numbers })

/** An answer of Datadog's v2 API, "Query scalar data across multiple products": a column for each tag of `by {…}` and for each formula. */
export const scalarAnswer = z.union([
  z.object({ errors: z.string().min(1) }),
  z.object({ data: z.object({ errors: z.string().min(1) }) }),
  z.object({
    data: z.object({ attributes: z.object({ columns: z.array(z.union([groupColumn, numberColumn])).nullish() }) }),
  }),
])

type Columns = readonly (z.output<typeof groupColumn> | z.output<typeof numberColumn>)[]

/** A value, and the tags that it is for: none where the query does not group. */
interface Row {
  readonly value: number
  readonly name: string
}

const isGroup = (column: Columns[number]): column is z.output<typeof groupColumn> => column.type === 'group'

const nameAt = (groups: readonly z.output<typeof groupColumn>[], index: number): string =>
  groups
    .flatMap(({ values }) => {
      const tags = values[index]
      if (tags === undefined) throw new ProviderError(`could not parse group label at index ${index}`)
      return tags
    })
    .join(',')

/** The first column of numbers; null stands for a group without data and is left out together with its name. */
const rowsOf = (columns: Columns): Row[] => {
  const groups = columns.filter(isGroup)
  const column = columns.find((one): one is z.output<typeof numberColumn> => !isGroup(one))
  return (column?.values ?? []).flatMap((value, index) =>
    value === null ? [] : [{ value, name: nameAt(groups, index) }],
  )
}

/** Most groups that a measurement lists. A status holds many measurements, and a server stores no object beyond 1.5 MiB. */
const mostGroups = 100

/** Of too many groups the lowest and the highest are shown: one of them is why a condition failed. */
const groupsMetadata = (rows: readonly Row[]): Record<string, string> => {
  const shown = rows.map(({ name, value }) => ({ name, value }))
  if (rows.length <= mostGroups) return { groups: JSON.stringify(shown) }
  const sorted = shown.sort((a, b) => a.value - b.value)
  const ends = [...sorted.slice(0, mostGroups / 2), ...sorted.slice(-mostGroups / 2)]
  return { groups: JSON.stringify(ends), groups_truncated: 'true' }
}

const columnsOf = (answer: z.output<typeof scalarAnswer>): Columns => {
  if ('data' in answer && 'attributes' in answer.data) return answer.data.attributes.columns ?? []
  const told = 'errors' in answer ? answer.errors : 'errors' in answer.data ? answer.data.errors : ''
  throw new ProviderError(`There were errors in your query: ${told}`)
}

/** A number where the query does not group; otherwise a list, also of one. */
export const judgeScalar = (answer: z.output<typeof scalarAnswer>, context: MeasureContext): Outcome => {
  const columns = columnsOf(answer)
  const rows = rowsOf(columns)
  const [first] = rows
  if (first === undefined) return judge(context, null, '[]')
  if (!columns.some(isGroup)) return judge(context, scalar(first.value), formatSample(first.value))
  const values = rows.map(({ value }) => value)
  return { ...judge(context, floatVector(values), formatSamples(values)), metadata: groupsMetadata(rows) }
}

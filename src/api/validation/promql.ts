import { parser } from '@prometheus-io/lezer-promql'
import { isOneEditAway } from '../../lib/one-edit.ts'
import type { SyntaxFault } from './syntax-fault.ts'

/**
 * Longest query that is read, in UTF-16 units. The parser recovers from errors, and on text made for it takes time that grows with
 * the square of its length; everybody else would wait.
 */
const longest = 8192

/** Texts and comments, in which anything may stand. */
const quoted = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#[^\n]*/g

/**
 * What VictoriaMetrics adds to PromQL (its documentation of MetricsQL): such a query is for a server that knows it, and is not
 * looked at here.
 */
const metricsQl = [
  /\bWITH\s*\(/i,
  /\b(?:default|if|ifnot|limit|keep_metric_names)\b/i,
  /\[\s*\]|\[\s*\d+i\s*\]|\d[KMGT]i?\b/,
  /\{[^}]*\bor\b[^}]*\}/i,
]

/** Functions of MetricsQL that are one letter away from one of PromQL, and meant all the same. */
const lookalikes: ReadonlySet<string> = new Set([
  ...['tfirst_over_time', 'tlast_over_time', 'tmax_over_time', 'tmin_over_time', 'sum2_over_time'],
  ...['sum2', 'mad', 'rand', 'lag'],
])

const firstError = (query: string): number | undefined => {
  const cursor = parser.parse(query).cursor()
  do {
    if (cursor.type.isError) return cursor.from
  } while (cursor.next())
  return undefined
}

const isFunction = (name: string): boolean => firstError(`${name}(x)`) === undefined

/** Names of functions and aggregations that the grammar knows: its nodes are called after them. */
const functionLike = (name: string): string | undefined =>
  parser.nodeSet.types
    .map((type) => type.name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase())
    .find((known) => isOneEditAway(name, known) && isFunction(known))

/** A call of a function that the grammar does not know: of another dialect or a newer server, unless it looks like a slip. */
const unknownFunction = (query: string, offset: number): SyntaxFault | 'passes' | undefined => {
  const name = /[a-zA-Z_]\w*\s*$/.exec(query.slice(0, offset))?.[0]
  if (query[offset] !== '(' || name === undefined) return undefined
  const meant = lookalikes.has(name.trim()) ? undefined : functionLike(name.trim())
  if (meant === undefined) return 'passes'
  return { offset: offset - name.length, message: `unknown function ${name.trim()}; is it ${meant}?` }
}

const unexpected = (query: string, offset: number): string => {
  const rest = query.slice(offset)
  if (rest.trim() === '') return query.trim() === '' ? 'the query is empty' : 'the query ends too early'
  return `unexpected ${JSON.stringify(/^\s*(\w+|[^\w\s])/u.exec(rest)?.[1] ?? rest.charAt(0))}`
}

/**
 * Why a query is no PromQL, by the grammar of the Prometheus project; undefined when it is, when it is MetricsQL, and when it
 * calls functions that only a newer server may know. Types are not checked, and a query beyond 8192 characters is not read.
 */
export const promqlFault = (query: string): SyntaxFault | undefined => {
  const offset = query.length > longest ? undefined : firstError(query)
  if (offset === undefined) return undefined
  const bare = query.replace(quoted, '""')
  if (metricsQl.some((extension) => extension.test(bare))) return undefined
  const called = unknownFunction(query, offset)
  if (called === 'passes') return undefined
  return called ?? { offset, message: unexpected(query, offset) }
}

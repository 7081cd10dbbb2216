import type { DeepReadonly } from '../../lib/json.ts'
import type { Metric } from '../metric.ts'
import { conditionFault } from './condition-syntax.ts'
import { promqlFault } from './promql.ts'
import { describeSyntaxFault, type SyntaxFault } from './syntax-fault.ts'

/** What is known of a value for `{{args.x}}`; undefined while it is not. */
export type KnownArgument = (name: string) => string | undefined

const tag = /\{\{(.*?)\}\}/gs

const isIn = (text: string, open: string, close: string): boolean => text.lastIndexOf(open) > text.lastIndexOf(close)

type StandIn = (before: string) => string

/** Something that is valid where a tag stands in a query: a duration, an instant, or a name, which is also an expression. */
const standInQuery: StandIn = (before) => {
  const isDuration = isIn(before, '[', ']') || /\boffset\s*-?\s*$/i.test(before)
  if (isDuration) return '1m'
  return /@\s*$/.test(before) ? '1' : 'x'
}

const withKnown = (text: string, known: KnownArgument): string =>
  text.replace(tag, (whole, name: string) => known(name.trim().replace(/^args\./, '')) ?? whole)

/** A tag that has no value yet: where it stands in the text, and what stands for it in the text that is read. */
interface Hole {
  readonly from: number
  readonly length: number
  readonly readFrom: number
  readonly readLength: number
}

/** A text without tags, and where they were. */
const withStandIns = (text: string, standIn: StandIn): { readonly read: string; readonly holes: readonly Hole[] } => {
  const holes: Hole[] = []
  let read = ''
  let end = 0
  for (const { 0: whole, index } of text.matchAll(tag)) {
    read += text.slice(end, index)
    const value = standIn(read)
    holes.push({ from: index, length: whole.length, readFrom: read.length, readLength: value.length })
    read += value
    end = index + whole.length
  }
  return { read: read + text.slice(end), holes }
}

/** Whether a fault may be that of what stands in: it is in it, or right before or behind it. */
const isAtHole = (read: string, offset: number, { readFrom, readLength }: Hole): boolean => {
  const between = offset < readFrom ? read.slice(offset, readFrom) : read.slice(readFrom + readLength, offset)
  return between.trim() === ''
}

/** A place of the text that was read, in the text with its tags. */
const originOf = (offset: number, holes: readonly Hole[]): number =>
  holes
    .filter(({ readFrom }) => readFrom < offset)
    .reduce((origin, { length, readLength }) => origin + length - readLength, offset)

/** A language that metrics are written in: how it is read, and what may stand where an argument has no value yet. */
interface Language {
  readonly faultOf: (text: string) => SyntaxFault | undefined
  readonly standIn: StandIn
}

const promql: Language = { faultOf: promqlFault, standIn: standInQuery }

/** A number is an operand, and may stand in a text too. */
const conditions: Language = { faultOf: conditionFault, standIn: () => '1' }

/** Why a text is wrong whatever its open arguments will be, with a caret under the place; undefined when nothing is known. */
const faultIn = (written: string, { faultOf, standIn }: Language, known: KnownArgument): string | undefined => {
  const text = withKnown(written, known)
  const { read, holes } = withStandIns(text, standIn)
  const fault = faultOf(read)
  if (fault === undefined || holes.some((hole) => isAtHole(read, fault.offset, hole))) return undefined
  return describeSyntaxFault(text, { ...fault, offset: originOf(fault.offset, holes) })
}

/** The queries of a metric that are in PromQL, by their fields. */
const promqlOf = ({ provider, minimumRequests }: DeepReadonly<Metric>): readonly (readonly [string, string])[] => {
  const { prometheus, googleCloudMonitoring: google } = provider
  const counted = minimumRequests === undefined ? [] : [['minimumRequests.query', minimumRequests.query] as const]
  if (prometheus !== undefined) return [['provider.prometheus.query', prometheus.query ?? ''], ...counted]
  if (google === undefined || google.queryLanguage === 'mql') return []
  return [['provider.googleCloudMonitoring.query', google.query], ...counted]
}

/**
 * What is wrong with the queries of a metric, before anybody is asked: the field, the reason, and the query with a caret under the
 * place. A query that only an argument without a value can make wrong is let through.
 */
export const queryFaults = (metric: DeepReadonly<Metric>, known: KnownArgument): string[] =>
  promqlOf(metric).flatMap(([field, query]) => {
    const fault = faultIn(query, promql, known)
    return fault === undefined ? [] : [`${field} is no PromQL: ${fault}`]
  })

/** The same for the conditions: only their syntax, since their types depend on what is measured. */
export const conditionFaults = (metric: DeepReadonly<Metric>, known: KnownArgument): string[] =>
  (['successCondition', 'failureCondition'] as const).flatMap((field) => {
    const written = metric[field] ?? ''
    const fault = written === '' ? undefined : faultIn(written, conditions, known)
    return fault === undefined ? [] : [`${field} cannot be read: ${fault}`]
  })

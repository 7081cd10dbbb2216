import { randomOf } from '../random.ts'

/** What is known about a query at the moment it is answered. */
export interface MetricMoment {
  /** Names of the AnalysisTemplates whose metric asks this, when a run that is under way explains the query. */
  readonly templates: readonly string[]
  /** Name of that metric. */
  readonly metric?: string
  readonly query: string
  /** Revision the query is about: that of the pod hash it names, else that of the run which asks. */
  readonly revision?: number
  /** Images of that revision's containers. */
  readonly images: readonly string[]
  /** Part of all requests that this revision gets, in percent. */
  readonly weight: number
  /** Milliseconds since the ReplicaSet of that revision was made. */
  readonly sinceRevisionMs: number
  /** Milliseconds since the scenario began. */
  readonly sinceStartMs: number
}

/** Circumstances under which a value holds; everything that is given must be true. */
export interface ValueCondition {
  readonly revision?: number
  /** Part of the name of one of the revision's images. */
  readonly image?: string
  /** Least part of the traffic, in percent. */
  readonly minWeight?: number
  readonly maxWeight?: number
  /** Not before the revision is this old, in milliseconds. */
  readonly afterMs?: number
  /** Not before, and not at or after, this time since the scenario began, in milliseconds. */
  readonly fromMs?: number
  readonly untilMs?: number
}

/** A provider that does not do what it should. */
export type MetricFault = 'unavailable' | 'html' | 'malformed' | 'bad-query' | 'timeout'

/** What the metric shows: numbers (one a series), nothing at all, or a fault. */
export interface MetricValue {
  /** One number a series; an empty list is an empty vector. NaN and infinities are passed on as Prometheus writes them. */
  readonly values: readonly number[]
  /** Where the values move to in a straight line, `overMs` after the condition could first hold. */
  readonly towards?: number
  readonly overMs?: number
  /** Largest deviation from the value; which one is drawn depends on the seed, the query and the time only. */
  readonly noise?: number
  readonly fault?: MetricFault
  /** How long the answer takes. */
  readonly delayMs?: number
}

/** The values of one metric. */
export interface MetricRule {
  readonly template?: string
  readonly metric?: string
  /** Part of the query's text. */
  readonly query?: string
  /** The first whose condition holds is shown; without one the answer is empty. */
  readonly cases: readonly (ValueCondition & MetricValue)[]
}

const isAbout = (rule: MetricRule, moment: MetricMoment): boolean =>
  (rule.template === undefined || moment.templates.includes(rule.template)) &&
  (rule.metric === undefined || moment.metric === rule.metric) &&
  (rule.query === undefined || moment.query.includes(rule.query))

const holds = (condition: ValueCondition, moment: MetricMoment): boolean =>
  (condition.revision === undefined || condition.revision === moment.revision) &&
  (condition.image === undefined || moment.images.some((image) => image.includes(condition.image ?? ''))) &&
  moment.weight >= (condition.minWeight ?? 0) &&
  moment.weight <= (condition.maxWeight ?? 100) &&
  moment.sinceRevisionMs >= (condition.afterMs ?? 0) &&
  moment.sinceStartMs >= (condition.fromMs ?? 0) &&
  moment.sinceStartMs < (condition.untilMs ?? Number.POSITIVE_INFINITY)

/** The value that the rules give at this moment; undefined when no rule is about the query. */
export const valueAt = (rules: readonly MetricRule[], moment: MetricMoment): MetricValue | undefined => {
  const matching = rules.filter((rule) => isAbout(rule, moment))
  if (matching.length === 0) return undefined
  const first = matching.flatMap((rule) => rule.cases).find((candidate) => holds(candidate, moment))
  return first === undefined
    ? { values: [] }
    : { ...first, values: first.values.map((value) => moved(value, first, moment)) }
}

const moved = (
  value: number,
  { towards, overMs, ...condition }: MetricValue & ValueCondition,
  moment: MetricMoment,
): number => {
  if (towards === undefined) return value
  const passedMs =
    condition.fromMs === undefined
      ? moment.sinceRevisionMs - (condition.afterMs ?? 0)
      : moment.sinceStartMs - condition.fromMs
  const part = overMs === undefined || overMs <= 0 ? 1 : Math.min(1, Math.max(0, passedMs / overMs))
  return value + (towards - value) * part
}

/** The numbers of a value with its noise, drawn from the seed. */
export const sampleOf = (value: MetricValue, moment: MetricMoment, seed: number): readonly number[] =>
  value.values.map((number, series) => {
    if (value.noise === undefined || !Number.isFinite(number)) return number
    const draw = randomOf(seed, `${moment.query}#${series}@${moment.sinceStartMs}`)
    return Number((number + (2 * draw - 1) * value.noise).toPrecision(6))
  })

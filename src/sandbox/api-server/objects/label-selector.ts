import { badRequest } from '../status-error.ts'

/** A condition on labels. */
export type LabelPredicate = (labels: Readonly<Record<string, unknown>>) => boolean

/** The members of `metav1.LabelSelector` that select. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, unknown>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: string
    readonly values?: readonly unknown[]
  }[]
}

const everything: LabelPredicate = () => true

const all =
  (predicates: readonly LabelPredicate[]): LabelPredicate =>
  (labels) =>
    predicates.every((predicate) => predicate(labels))

const includes = (values: readonly unknown[], value: unknown): boolean => value !== undefined && values.includes(value)

/** `key in (a, b)`, `key notin (a)`. */
const setRequirement = /^([^\s!=(),]+)\s+(in|notin)\s+\(([^)]*)\)$/
/** `key=value`, `key==value`, `key!=value`. */
const equalityRequirement = /^([^\s!=(),]+)\s*(==|=|!=)\s*([^\s!=(),]*)$/
/** `key`, `!key`. */
const existenceRequirement = /^(!?)\s*([^\s!=(),]+)$/

const parseRequirement = (text: string): LabelPredicate => {
  const set = setRequirement.exec(text)
  if (set !== null) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    return (labels) => includes(values, labels[key]) === (operator === 'in')
  }
  const equality = equalityRequirement.exec(text)
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality
    return (labels) => (labels[key] === value) === (operator !== '!=')
  }
  const existence = existenceRequirement.exec(text)
  if (existence !== null) {
    const [, not, key = ''] = existence
    return (labels) => (labels[key] !== undefined) === (not === '')
  }
  throw badRequest(`unable to parse requirement: found '${text}', expected: a label key, an operator or a value`)
}

/** Commas separate requirements, except within the parentheses of a set. */
const splitRequirements = (text: string): readonly string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

/**
 * Reads the `labelSelector` of a request: equality and set based (Kubernetes documentation, "Labels and Selectors").
 * Throws a 400 for text that is no selector.
 */
export const parseLabelSelector = (text: string | undefined): LabelPredicate =>
  text === undefined || text === '' ? everything : all(splitRequirements(text).map(parseRequirement))

/** Turns the selector of an object (`spec.selector` of a ReplicaSet) into a condition. An empty selector selects everything. */
export const labelSelectorPredicate = (selector: LabelSelector): LabelPredicate => {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelPredicate =>
      (labels) =>
        labels[key] === value,
  )
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): LabelPredicate => {
    if (operator === 'In') return (labels) => includes(values, labels[key])
    if (operator === 'NotIn') return (labels) => !includes(values, labels[key])
    if (operator === 'Exists') return (labels) => labels[key] !== undefined
    return (labels) => labels[key] === undefined
  })
  return all([...equalities, ...expressions])
}

/** The text form of an object's selector, as the scale subresource shows it. */
export const formatLabelSelector = (selector: LabelSelector): string => {
  const equalities = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`)
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
    if (operator === 'In' || operator === 'NotIn') return `${key} ${operator.toLowerCase()} (${values.join(',')})`
    return operator === 'Exists' ? key : `!${key}`
  })
  return [...equalities, ...expressions].sort().join(',')
}

import type { LabelSelector } from '../api/kubernetes/label-selector.ts'
import type { DeepReadonly } from '../lib/json.ts'

type Labels = Readonly<Record<string, string>>
type Expression = NonNullable<DeepReadonly<LabelSelector>['matchExpressions']>[number]

const meets = ({ key, operator, values = [] }: Expression, labels: Labels): boolean => {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/** Whether a label selector matches. An empty or absent one matches nothing here: a Rollout must not take over everything. */
export const selectorMatches = (selector: DeepReadonly<LabelSelector> | undefined, labels: Labels): boolean => {
  const equalities = Object.entries(selector?.matchLabels ?? {})
  const expressions = selector?.matchExpressions ?? []
  if (equalities.length === 0 && expressions.length === 0) return false
  return equalities.every(([key, value]) => labels[key] === value) && expressions.every((each) => meets(each, labels))
}

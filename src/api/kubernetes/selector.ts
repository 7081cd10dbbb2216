import type { DeepReadonly } from '../../lib/json.ts'
import type { LabelSelector } from './label-selector.ts'

type Labels = Readonly<Record<string, string>>
type Requirement = NonNullable<DeepReadonly<LabelSelector>['matchExpressions']>[number]

const meets = (requirement: Requirement, labels: Labels): boolean => {
  const value = labels[requirement.key]
  const values = requirement.values ?? []
  switch (requirement.operator) {
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

/** Whether labels satisfy a selector. An empty selector matches everything; an unknown operator nothing. */
export const matchesSelector = (selector: DeepReadonly<LabelSelector>, labels: Labels = {}): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels))

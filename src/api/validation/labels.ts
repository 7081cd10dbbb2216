import type { DeepReadonly } from '../../lib/json.ts'
import { type FieldError, forbidden, invalid, required } from '../field-error.ts'
import type { LabelSelector } from '../kubernetes/label-selector.ts'
import { labelValueReasons, qualifiedNameReasons } from './names.ts'

type Labels = Readonly<Record<string, string>>

/** Labels as an object may carry them: keys and values both checked, all on one field. */
export const labelErrors = (labels: Labels | undefined, field: string): readonly FieldError[] =>
  Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...qualifiedNameReasons(key).map((reason) => invalid(field, key, reason)),
    ...labelValueReasons(value).map((reason) => invalid(field, value, reason)),
  ])

type Requirement = NonNullable<DeepReadonly<LabelSelector>['matchExpressions']>[number]

const operatorErrors = ({ operator, values = [] }: Requirement, field: string): readonly FieldError[] => {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0
        ? []
        : [required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
  }
}

/** A label selector, checked as k8s.io/apimachinery's `ValidateLabelSelector` does. */
export const labelSelectorErrors = (selector: DeepReadonly<LabelSelector>, field: string): readonly FieldError[] => [
  ...labelErrors(selector.matchLabels, `${field}.matchLabels`),
  ...(selector.matchExpressions ?? []).flatMap((requirement, index) => {
    const at = `${field}.matchExpressions[${index}]`
    return [
      ...operatorErrors(requirement, at),
      ...qualifiedNameReasons(requirement.key).map((reason) => invalid(`${at}.key`, requirement.key, reason)),
      ...(requirement.values ?? []).flatMap((value, place) =>
        labelValueReasons(value).map((reason) => invalid(`${at}.values[${place}]`, value, reason)),
      ),
    ]
  }),
]

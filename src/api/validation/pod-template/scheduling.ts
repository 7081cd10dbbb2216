import type { JsonObject } from '../../../lib/json.ts'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../field-error.ts'
import { labelSelectorErrors } from '../labels.ts'
import { labelValueReasons, qualifiedNameReasons } from '../names.ts'
import { numberAt, objectAt, objectsAt, textAt, textsAt } from './reading.ts'
import { oneOf, optionalText, refused } from './values.ts'

const operatorErrors = (toleration: JsonObject, at: string): readonly FieldError[] => {
  const [operator, value] = [textAt(toleration, 'operator'), textAt(toleration, 'value')]
  const field = `${at}.operator`
  switch (operator) {
    case '':
    case 'Equal': {
      const reasons = labelValueReasons(value)
      return reasons.length === 0 ? [] : [invalid(field, value, reasons.join(';'))]
    }
    case 'Exists':
      return value === '' ? [] : [invalid(field, value, "value must be empty when `operator` is 'Exists'")]
    default:
      return [notSupported(field, operator, ['Equal', 'Exists'])]
  }
}

/** Faults of tolerations. */
export const tolerationErrors = (spec: JsonObject, field: string): readonly FieldError[] =>
  objectsAt(spec, 'tolerations').flatMap((toleration, index) => {
    const at = `${field}[${index}]`
    const [key, operator, effect] = ['key', 'operator', 'effect'].map((name) => textAt(toleration, name))
    const keyless = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
    const timed = numberAt(toleration, 'tolerationSeconds') !== undefined
    return [
      ...optionalText(`${at}.key`, key ?? '', qualifiedNameReasons),
      ...(key === '' && operator !== 'Exists' ? [invalid(`${at}.operator`, operator, keyless)] : []),
      ...(timed && effect !== 'NoExecute'
        ? [invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")]
        : []),
      ...operatorErrors(toleration, at),
      ...oneOf(`${at}.effect`, effect ?? '', ['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    ]
  })

const requirementErrors = (requirement: JsonObject, at: string): readonly FieldError[] => {
  const [operator, values] = [textAt(requirement, 'operator'), textsAt(requirement, 'values')]
  const field = `${at}.values`
  switch (operator) {
    case 'In':
    case 'NotIn':
      return values.length > 0 ? [] : [required(field, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0
        ? []
        : [forbidden(field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    case 'Gt':
    case 'Lt':
      return values.length === 1
        ? []
        : [required(field, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalid(`${at}.operator`, operator, 'not a valid selector operator')]
  }
}

const nodeTermErrors = (term: JsonObject | undefined, at: string, checksValues: boolean): readonly FieldError[] =>
  objectsAt(term, 'matchExpressions').flatMap((requirement, index) => {
    const field = `${at}.matchExpressions[${index}]`
    const key = textAt(requirement, 'key')
    return [
      ...requirementErrors(requirement, field),
      ...refused(`${field}.key`, key, qualifiedNameReasons(key)),
      ...(checksValues ? textsAt(requirement, 'values') : []).flatMap((value, place) =>
        refused(`${field}.values[${place}]`, value, labelValueReasons(value)),
      ),
    ]
  })

const weightErrors = (term: JsonObject, at: string): readonly FieldError[] => {
  const weight = numberAt(term, 'weight') ?? 0
  return weight >= 1 && weight <= 100 ? [] : [invalid(`${at}.weight`, weight, 'must be in the range 1-100')]
}

const requiredKey = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferredKey = 'preferredDuringSchedulingIgnoredDuringExecution'

const nodeAffinityErrors = (affinity: JsonObject | undefined, field: string): readonly FieldError[] => {
  const selector = objectAt(affinity, requiredKey)
  const terms = objectsAt(selector, 'nodeSelectorTerms')
  const at = `${field}.${requiredKey}.nodeSelectorTerms`
  return [
    ...(selector !== undefined && terms.length === 0
      ? [required(at, 'must have at least one node selector term')]
      : []),
    ...terms.flatMap((term, index) => nodeTermErrors(term, `${at}[${index}]`, true)),
    ...objectsAt(affinity, preferredKey).flatMap((term, index) => {
      const place = `${field}.${preferredKey}[${index}]`
      return [
        ...weightErrors(term, place),
        ...nodeTermErrors(objectAt(term, 'preference'), `${place}.preference`, false),
      ]
    }),
  ]
}

const podTermErrors = (term: JsonObject | undefined, at: string): readonly FieldError[] => {
  const key = textAt(term, 'topologyKey')
  const selectors = ['labelSelector', 'namespaceSelector'].flatMap((name) => {
    const selector = objectAt(term, name)
    return selector === undefined ? [] : labelSelectorErrors(selector, `${at}.${name}`)
  })
  return [
    ...selectors,
    ...(key === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
    ...refused(`${at}.topologyKey`, key, qualifiedNameReasons(key)),
  ]
}

const podAffinityErrors = (affinity: JsonObject | undefined, field: string): readonly FieldError[] => [
  ...objectsAt(affinity, requiredKey).flatMap((term, index) =>
    podTermErrors(term, `${field}.${requiredKey}[${index}]`),
  ),
  ...objectsAt(affinity, preferredKey).flatMap((term, index) => {
    const at = `${field}.${preferredKey}[${index}]`
    return [...weightErrors(term, at), ...podTermErrors(objectAt(term, 'podAffinityTerm'), `${at}.podAffinityTerm`)]
  }),
]

/** Faults of node and pod affinities. */
export const affinityErrors = (spec: JsonObject, field: string): readonly FieldError[] => {
  const affinity = objectAt(spec, 'affinity')
  return [
    ...nodeAffinityErrors(objectAt(affinity, 'nodeAffinity'), `${field}.nodeAffinity`),
    ...podAffinityErrors(objectAt(affinity, 'podAffinity'), `${field}.podAffinity`),
    ...podAffinityErrors(objectAt(affinity, 'podAntiAffinity'), `${field}.podAntiAffinity`),
  ]
}

/** Faults of topology spread constraints. */
export const spreadErrors = (spec: JsonObject, field: string): readonly FieldError[] =>
  objectsAt(spec, 'topologySpreadConstraints').flatMap((constraint, index) => {
    const at = `${field}[${index}]`
    const skew = numberAt(constraint, 'maxSkew') ?? 0
    const selector = objectAt(constraint, 'labelSelector')
    return [
      ...(skew > 0 ? [] : [invalid(`${at}.maxSkew`, skew, 'must be greater than zero')]),
      ...(textAt(constraint, 'topologyKey') === '' ? [required(`${at}.topologyKey`, 'can not be empty')] : []),
      ...oneOf(
        `${at}.whenUnsatisfiable`,
        textAt(constraint, 'whenUnsatisfiable'),
        ['DoNotSchedule', 'ScheduleAnyway'],
        [notSupported(`${at}.whenUnsatisfiable`, '', ['DoNotSchedule', 'ScheduleAnyway'])],
      ),
      ...(selector === undefined ? [] : labelSelectorErrors(selector, `${at}.labelSelector`)),
    ]
  })

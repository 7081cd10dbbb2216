import {
  anySliceType,
  anyType,
  dereferenced,
  type GoType,
  isAssignable,
  isFloatType,
  isIntegerType,
} from './go-type.ts'
import { durationType, timeType } from './time-types.ts'

/**
 * What is known of an expression before it runs. Neither `type` nor `nil`: nothing is known, and every check is left to the
 * run. An array literal has type `[]interface {}` for Go but may know more of its elements: that is `element`.
 */
export interface Nature {
  readonly type?: GoType
  readonly nil?: true
  readonly element?: Nature
  /** The builtin that this function is: it keeps its own rules under another name. */
  readonly builtin?: string
}

export const unknown: Nature = {}
export const nilNature: Nature = { nil: true }

export const natureOf = (type: GoType): Nature => ({ type })

/** An untyped list whose elements are known. */
export const listNature = (element: Nature): Nature => ({ type: anySliceType, element })

export const isUnknown = ({ type, nil }: Nature): boolean =>
  type === undefined ? nil === undefined : type.name === anyType.name

/** The name in messages: the Go type, or `unknown` (for nil as well). */
export const describe = ({ type }: Nature): string => type?.name ?? 'unknown'

export const isInteger = ({ type }: Nature): boolean => type !== undefined && isIntegerType(type)
export const isFloat = ({ type }: Nature): boolean => type !== undefined && isFloatType(type)
export const isNumber = (nature: Nature): boolean => isInteger(nature) || isFloat(nature)
export const isString = ({ type }: Nature): boolean => type?.kind === 'string'
export const isBool = ({ type }: Nature): boolean => type?.kind === 'bool'
export const isList = ({ type }: Nature): boolean => type?.kind === 'slice' || type?.kind === 'array'
export const isMap = ({ type }: Nature): boolean => type?.kind === 'map'
export const isStruct = ({ type }: Nature): boolean => type?.kind === 'struct'
export const isTime = ({ type }: Nature): boolean => type?.name === timeType.name
export const isDuration = ({ type }: Nature): boolean => type?.name === durationType.name

/** The nature behind a pointer. */
export const deref = (nature: Nature): Nature =>
  nature.type?.kind === 'ptr' ? natureOf(dereferenced(nature.type)) : nature

/** The nature of the elements of a list or map. */
export const elementOf = ({ type, element }: Nature): Nature => {
  if (element !== undefined) return element
  return type?.elem === undefined ? unknown : natureOf(type.elem)
}

/** The nature of the keys of a map. */
export const keyNature = ({ type }: Nature): Nature => (type?.key === undefined ? unknown : natureOf(type.key))

const nilableKinds: ReadonlySet<string | undefined> = new Set(['ptr', 'interface', 'func', 'map', 'slice'])

/** Whether a value of this nature can stand where `to` is wanted. False where one of the two is not known. */
export const isAssignableTo = (nature: Nature, to: Nature): boolean => {
  if (nature.nil && nilableKinds.has(to.type?.kind)) return true
  return nature.type !== undefined && to.type !== undefined && isAssignable(nature.type, to.type)
}

/** Whether `==` may compare the two. */
export const isComparable = (left: Nature, right: Nature): boolean =>
  isUnknown(left) ||
  isUnknown(right) ||
  left.nil === true ||
  right.nil === true ||
  (isNumber(left) && isNumber(right)) ||
  (isDuration(left) && isDuration(right)) ||
  (isTime(left) && isTime(right)) ||
  (isList(left) && isList(right)) ||
  isAssignableTo(left, right)

import { compileRegexp } from '../lib/re2/regexp.ts'
import { RegexpSyntaxError } from '../lib/re2/syntax-error.ts'
import type { BinaryNode } from './ast.ts'
import { type CheckContext, reject } from './check-context.ts'
import { boolType, byteSliceType, float64Type, intType, stringType } from './go-type.ts'
import {
  deref,
  describe,
  elementOf,
  isAssignableTo,
  isBool,
  isComparable,
  isDuration,
  isFloat,
  isInteger,
  isList,
  isMap,
  isNumber,
  isString,
  isStruct,
  isTime,
  isUnknown,
  keyNature,
  listNature,
  type Nature,
  natureOf,
  nilNature,
  unknown,
} from './nature.ts'
import { durationType, timeType } from './time-types.ts'

type Test = (nature: Nature) => boolean
/** Decides an operation by the natures of its sides; undefined refuses it. */
type Rule = (left: Nature, right: Nature) => Nature | undefined

const bool = natureOf(boolType)
const int = natureOf(intType)
const float = natureOf(float64Type)
const time = natureOf(timeType)
const duration = natureOf(durationType)

/** Nothing is known of one side, and nothing speaks against the other: left to the run. */
const mayFit = (left: Nature, right: Nature, ...tests: readonly Test[]): boolean => {
  const [leftUnknown, rightUnknown] = [isUnknown(left), isUnknown(right)]
  if (leftUnknown && rightUnknown) return true
  if (leftUnknown) return tests.some((test) => test(right))
  return rightUnknown && tests.some((test) => test(left))
}

const both = (left: Nature, right: Nature, test: Test): boolean => test(left) && test(right)

const promote = (left: Nature, right: Nature): Nature => (isFloat(left) || isFloat(right) ? float : int)

const logical: Rule = (left, right) => (both(left, right, isBool) || mayFit(left, right, isBool) ? bool : undefined)

const ordered: Rule = (left, right) => {
  const tests = [isNumber, isString, isTime, isDuration]
  return tests.some((test) => both(left, right, test)) || mayFit(left, right, ...tests) ? bool : undefined
}

const add: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promote(left, right)
  if (both(left, right, isString)) return natureOf(stringType)
  if ((isTime(left) && isDuration(right)) || (isDuration(left) && isTime(right))) return time
  if (both(left, right, isDuration)) return duration
  return mayFit(left, right, isNumber, isString, isTime, isDuration) ? unknown : undefined
}

const subtract: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promote(left, right)
  if (both(left, right, isTime) || both(left, right, isDuration)) return duration
  if (isTime(left) && isDuration(right)) return time
  return mayFit(left, right, isNumber, isTime, isDuration) ? unknown : undefined
}

const multiply: Rule = (left, right) => {
  if (both(left, right, isNumber)) return promote(left, right)
  const scales: Test = (nature) => isNumber(nature) || isDuration(nature)
  if (both(left, right, scales)) return duration
  return mayFit(left, right, isNumber, isDuration) ? unknown : undefined
}

const divide: Rule = (left, right) => (both(left, right, isNumber) || mayFit(left, right, isNumber) ? float : undefined)

const modulo: Rule = (left, right) => (both(left, right, isInteger) || mayFit(left, right, isInteger) ? int : undefined)

const range: Rule = (left, right) => (modulo(left, right) === undefined ? undefined : listNature(int))

const text: Rule = (left, right) => (both(left, right, isString) || mayFit(left, right, isString) ? bool : undefined)

const coalesce: Rule = (left, right) => {
  if (left.nil) return right.nil ? nilNature : right
  if (right.nil || isAssignableTo(right, left)) return left
  return unknown
}

const equality: Rule = (left, right) => (isComparable(left, right) ? bool : undefined)

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ...['==', '!='].map((operator): [string, Rule] => [operator, equality]),
  ...['or', '||', 'and', '&&'].map((operator): [string, Rule] => [operator, logical]),
  ...['<', '>', '<=', '>='].map((operator): [string, Rule] => [operator, ordered]),
  ...['/', '**', '^'].map((operator): [string, Rule] => [operator, divide]),
  ...['contains', 'startsWith', 'endsWith'].map((operator): [string, Rule] => [operator, text]),
  ['+', add],
  ['-', subtract],
  ['*', multiply],
  ['%', modulo],
  ['..', range],
  ['??', coalesce],
])

const membership = (node: BinaryNode, left: Nature, right: Nature): Nature | undefined => {
  if ((isString(left) || isUnknown(left)) && isStruct(right)) return bool
  if (isMap(right)) {
    const key = keyNature(right)
    if (isUnknown(left) || isAssignableTo(left, key)) return bool
    return reject(node, `cannot use ${describe(left)} as type ${describe(key)} in map key`)
  }
  if (isList(right)) {
    const element = elementOf(right)
    if (isComparable(left, element)) return bool
    return reject(node, `cannot use ${describe(left)} as type ${describe(element)} in array`)
  }
  return (isUnknown(left) && isString(right)) || isUnknown(right) ? bool : undefined
}

const matches = (node: BinaryNode, left: Nature, right: Nature): Nature | undefined => {
  if (node.right.kind === 'string') {
    try {
      compileRegexp(node.right.value)
    } catch (error) {
      if (error instanceof RegexpSyntaxError) return reject(node, error.message)
      throw error
    }
  }
  if (left.type?.name === byteSliceType.name && isString(right)) return bool
  return text(left, right)
}

/** Checks an operation with two sides. */
export const checkBinary = (context: CheckContext, node: BinaryNode): Nature => {
  const left = deref(context.visit(node.left))
  const right = deref(context.visit(node.right))
  const { operator } = node
  const nature =
    operator === 'in'
      ? membership(node, left, right)
      : operator === 'matches'
        ? matches(node, left, right)
        : rules.get(operator)?.(left, right)
  if (nature !== undefined) return nature
  // "=" and ":" are operators to the lexer; only those above ever become a node.
  return reject(node, `invalid operation: ${operator} (mismatched types ${describe(left)} and ${describe(right)})`)
}

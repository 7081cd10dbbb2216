import { type GoType, isAssignable, isFloatType, isIntegerKind, isIntegerType } from '../expr/go-type.ts'
import { Dictionary, List, Pointer, Scalar, typeOf, type Value } from '../expr/value.ts'
import { type Operand, sourceOf } from './node.ts'
import type { NumberConstant } from './number-constant.ts'
import { FunctionError } from './template-error.ts'
import { anythingType, type Cell, takesNil } from './template-function.ts'

/** The zero value that stands for nil where a parameter of `type` gets none. */
const nilOf = (type: GoType): Cell => {
  if (type === anythingType) return undefined
  if (type.kind === 'map') return new Dictionary(type, new Map())
  if (type.kind === 'slice') return new List(type, [], true)
  return type.kind === 'ptr' ? new Pointer(type, undefined) : null
}

/**
 * A computed value as an argument of `type`. There are no conversions: an int is no string, and an int64 is no int. Throws
 * {@link FunctionError} for a value of another type.
 */
export const requireType = (value: Cell, type: GoType): Cell => {
  if (type === anythingType) return value
  if (value === undefined) {
    if (takesNil(type)) return nilOf(type)
    throw new FunctionError(`invalid value; expected ${type.name}`)
  }
  const given = typeOf(value)
  if (given === undefined ? type.kind === 'interface' : isAssignable(given, type)) return value
  if (value instanceof Pointer && value.type.elem !== undefined && isAssignable(value.type.elem, type)) {
    if (value.target !== undefined) return value.target
    throw new FunctionError(`dereference of nil pointer of type ${type.name}`)
  }
  throw new FunctionError(`wrong type for value; expected ${type.name}; got ${given?.name ?? 'interface {}'}`)
}

/** What a number is where nothing else says it: an int, or a float64 if it is spelled like one. Throws {@link FunctionError}. */
export const idealNumber = ({ text, integer, float, looksLikeFloat }: NumberConstant): Value => {
  if (looksLikeFloat && float !== undefined) return float
  if (integer === undefined || integer >= 2n ** 63n) throw new FunctionError(`${text} overflows int`)
  return integer
}

const numberOf = (operand: Operand, type: GoType): Value => {
  const number = operand.kind === 'number' ? operand.number : undefined
  if (isFloatType(type)) {
    if (number?.float !== undefined) return number.float
    throw new FunctionError(`expected float; found ${sourceOf(operand)}`)
  }
  const isUnsigned = type.kind.startsWith('uint')
  const integer = number?.integer
  const fits = integer !== undefined && (isUnsigned ? integer >= 0n : integer < 2n ** 63n)
  if (!fits) throw new FunctionError(`expected ${isUnsigned ? 'unsigned ' : ''}integer; found ${sourceOf(operand)}`)
  return type.name === 'int' ? integer : new Scalar(type, integer)
}

/** A literal as an argument of `type`. Throws {@link FunctionError} for a literal that is none of that type. */
export const literalArgument = (operand: Operand, type: GoType): Cell => {
  const source = sourceOf(operand)
  if (operand.kind === 'nil') {
    if (takesNil(type)) return nilOf(type)
    throw new FunctionError(`cannot assign nil to ${type.name}`)
  }
  if (type === anythingType || type.kind === 'interface') return literal(operand)
  if (type.kind === 'string' && type.package === '') {
    if (operand.kind === 'string') return operand.text
    throw new FunctionError(`expected string; found ${source}`)
  }
  if (type.kind === 'bool') {
    if (operand.kind === 'bool') return operand.value
    throw new FunctionError(`expected bool; found ${source}`)
  }
  if (isIntegerType(type) || isIntegerKind(type.kind) || isFloatType(type)) return numberOf(operand, type)
  throw new FunctionError(`can't handle ${source} for arg of type ${type.name}`)
}

const literal = (operand: Operand): Cell => {
  if (operand.kind === 'bool') return operand.value
  if (operand.kind === 'string') return operand.text
  return operand.kind === 'number' ? idealNumber(operand.number) : undefined
}

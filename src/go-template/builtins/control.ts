import { anyType, isAssignable, isIntegerKind } from '../../expr/go-type.ts'
import { Func, Scalar, typeName, typeOf, type Value } from '../../expr/value.ts'
import { FunctionError } from '../template-error.ts'
import {
  anythingType,
  type Cell,
  type FunctionTable,
  fixed,
  signatureOf,
  type TemplateFunction,
  takesNil,
  variadic,
} from '../template-function.ts'
import { isTrue } from '../truth.ts'

/** The first false argument, or the last one. The evaluator computes no argument beyond. */
export const andFunction: TemplateFunction = variadic([anythingType], anythingType, (args) => args.at(-1))

/** The first true argument, or the last one. The evaluator computes no argument beyond. */
export const orFunction: TemplateFunction = variadic([anythingType], anythingType, (args) => args.at(-1))

const convert = (value: Cell, type: typeof anyType): Value => {
  if (value === undefined || value === null) {
    if (takesNil(type)) return null
    throw new FunctionError(`value is nil; should be of type ${type.name}`)
  }
  const given = typeOf(value)
  if (given === undefined || isAssignable(given, type)) return value
  const integer = value instanceof Scalar ? value.value : value
  if (isIntegerKind(given.kind) && isIntegerKind(type.kind) && typeof integer === 'bigint') {
    return type.name === 'int' ? integer : new Scalar(type, integer)
  }
  throw new FunctionError(`value has type ${given.name}; should be ${type.name}`)
}

const requireCount = (
  name: string,
  { parameters, rest }: Pick<TemplateFunction, 'parameters' | 'rest'>,
  count: number,
): void => {
  if (rest === undefined && count !== parameters.length)
    throw new FunctionError(`wrong number of args for ${name}: got ${count} want ${parameters.length}`)
  if (count < parameters.length)
    throw new FunctionError(`wrong number of args for ${name}: got ${count} want at least ${parameters.length}`)
}

/** Calls a function that is a value (`call .time.Now`). The evaluator gives its name as an additional first argument. */
export const callFunction: TemplateFunction = variadic([anythingType], anythingType, ([name, called, ...args]) => {
  const spelled = typeof name === 'string' ? name : ''
  if (called === undefined || called === null) throw new FunctionError('call of nil')
  if (!(called instanceof Func)) throw new FunctionError(`non-function ${spelled} of type ${typeName(called)}`)
  const signature = signatureOf(called.type)
  requireCount(spelled, signature, args.length)
  const typed = args.map((arg, index) => {
    try {
      return convert(arg, signature.parameters[index] ?? signature.rest ?? anyType)
    } catch (error) {
      if (error instanceof FunctionError) throw new FunctionError(`arg ${index}: ${error.message}`, { cause: error })
      throw error
    }
  })
  try {
    return called.call(typed)
  } catch (error) {
    // Whatever a function of the data throws: it is the caller's, and its message is all that can be told.
    if (error instanceof Error) throw new FunctionError(error.message, { cause: error })
    throw error
  }
})

/** Go's builtins about truth and calls. */
export const controlBuiltins: FunctionTable = [
  ['and', andFunction],
  ['or', orFunction],
  ['not', fixed([anythingType], ([value]) => !isTrue(value))],
  ['call', callFunction],
]

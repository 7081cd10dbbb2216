import { anySliceType, anyType, funcOf } from '../expr/go-type.ts'
import {
  Dictionary,
  Func,
  Instant,
  List,
  Location,
  list,
  Pointer,
  Scalar,
  Struct,
  stringMap,
  type Value,
} from '../expr/value.ts'

const isTyped = (data: object): data is Scalar | List | Dictionary | Struct | Pointer | Instant | Location | Func =>
  [Scalar, List, Dictionary, Struct, Pointer, Instant, Location, Func].some((type) => data instanceof type)

const anyFunction = funcOf([anySliceType], [anyType], true)

const functionOf = (call: (...args: readonly Value[]) => unknown): Func =>
  new Func(anyFunction, (args) => templateData(call(...args)))

const isFunction = (data: unknown): data is (...args: readonly Value[]) => unknown => typeof data === 'function'

/**
 * JSON as a template sees it: every number is a float64, every object a map. Values of conditions are kept as they are, also inside of
 * objects and lists; a bigint is an int, and a function is called with such values and may answer JSON.
 */
export const templateData = (data: unknown): Value => {
  if (data === null || data === undefined) return null
  if (typeof data === 'boolean' || typeof data === 'number' || typeof data === 'string' || typeof data === 'bigint')
    return data
  if (isFunction(data)) return functionOf(data)
  if (Array.isArray(data)) return list(data.map(templateData))
  if (typeof data !== 'object') throw new TypeError(`a template's data cannot hold a ${typeof data}: pass JSON`)
  if (isTyped(data)) return data
  const members = Object.entries(data).filter(([, member]) => member !== undefined)
  return stringMap(members.map(([key, member]) => [key, templateData(member)]))
}

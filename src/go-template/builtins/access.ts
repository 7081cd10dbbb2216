import { elementAt } from '../../expr/access.ts'
import { isIntegerKind } from '../../expr/go-type.ts'
import { Dictionary, dereference, keyOf, List, Scalar, typeName, typeOf, type Value, zeroOf } from '../../expr/value.ts'
import { byteLength, sliceBytes } from '../../lib/go-string.ts'
import { FunctionError } from '../template-error.ts'
import { anythingType, type Cell, type FunctionTable, fixed, variadic } from '../template-function.ts'

const indexOf = (index: Cell, limit: number): number => {
  if (index === undefined || index === null) throw new FunctionError('cannot index slice/array with nil')
  const value = index instanceof Scalar ? index.value : index
  if (typeof value !== 'bigint') throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`)
  if (value < 0n || value > BigInt(limit)) throw new FunctionError(`index out of range: ${value}`)
  return Number(value)
}

const element = (item: List | string, index: Cell): Value => {
  const length = item instanceof List ? item.items.length : byteLength(item)
  const found = elementAt(item, indexOf(index, length))
  // Go's own check lets the length itself pass.
  if (found === undefined)
    throw new FunctionError(`reflect: ${item instanceof List ? 'slice' : 'string'} index out of range`)
  return found
}

const keyFor = (map: Dictionary, index: Cell): Value => {
  const key = map.type.key
  if (index === undefined || index === null) {
    if (key === undefined || key.kind === 'interface') return null
    throw new FunctionError(`value is nil; should be of type ${key.name}`)
  }
  const given = typeOf(index)
  if (key === undefined || key.kind === 'interface' || given?.name === key.name) return index
  const value = index instanceof Scalar ? index.value : index
  if (given !== undefined && isIntegerKind(given.kind) && isIntegerKind(key.kind) && typeof value === 'bigint')
    return value
  throw new FunctionError(`value has type ${given?.name}; should be ${key.name}`)
}

const member = (map: Dictionary, index: Cell): Cell => {
  const key = keyOf(keyFor(map, index))
  const found = key === undefined ? undefined : map.entries.get(key)
  if (found !== undefined) return found[1]
  return map.type.elem === undefined ? null : zeroOf(map.type.elem)
}

const index = ([first, ...indexes]: readonly Cell[]): Cell => {
  if (first === undefined || first === null) throw new FunctionError('index of untyped nil')
  let item: Cell = first
  for (const at of indexes) {
    const target = dereference(item ?? null)
    if (target === null) throw new FunctionError('index of nil pointer')
    if (target instanceof Dictionary) item = member(target, at)
    else if (typeof target === 'string' || target instanceof List) item = element(target, at)
    else throw new FunctionError(`can't index item of type ${typeName(target)}`)
  }
  return item
}

/** The ends of a slice expression, in order. `capacity` counts items that exist: memory beyond a list's end is nothing to show. */
const bounds = (indexes: readonly Cell[], length: number): readonly [number, number] => {
  const [from = 0, to = length, capacity] = indexes.map((at) => indexOf(at, length))
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`)
  if (capacity !== undefined && to > capacity) throw new FunctionError(`invalid slice index: ${to} > ${capacity}`)
  return [from, to]
}

const slice = ([first, ...indexes]: readonly Cell[]): Cell => {
  if (first === undefined || first === null) throw new FunctionError('slice of untyped nil')
  const item = dereference(first)
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`)
  if (typeof item === 'string') {
    if (indexes.length === 3) throw new FunctionError('cannot 3-index slice a string')
    return sliceBytes(item, ...bounds(indexes, byteLength(item)))
  }
  if (item instanceof List) return new List(item.type, item.items.slice(...bounds(indexes, item.items.length)))
  throw new FunctionError(`can't slice item of type ${typeName(item)}`)
}

/** The number of items, members or bytes. */
const lengthOf = (cell: Cell): bigint => {
  if (cell === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value')
  const value = dereference(cell)
  if (value === null) throw new FunctionError('len of nil pointer')
  if (typeof value === 'string') return BigInt(byteLength(value))
  if (value instanceof List) return BigInt(value.items.length)
  if (value instanceof Dictionary) return BigInt(value.entries.size)
  throw new FunctionError(`len of type ${typeName(value)}`)
}

/** Go's builtins that reach into lists, maps and strings. */
export const accessBuiltins: FunctionTable = [
  ['len', fixed([anythingType], ([value]) => lengthOf(value))],
  ['index', variadic([anythingType], anythingType, index)],
  ['slice', variadic([anythingType], anythingType, slice)],
]

import { byteLength, bytesOf, sliceBytes } from '../lib/go-string.ts'
import { intArgument } from './arithmetic.ts'
import { equal } from './compare.ts'
import { runError } from './expr-error.ts'
import { formatValue } from './format.ts'
import { anyType, methodOf, uint8Type } from './go-type.ts'
import { boundMethod } from './methods.ts'
import {
  Dictionary,
  dereference,
  Instant,
  keyOf,
  List,
  Location,
  Pointer,
  Scalar,
  Struct,
  typeName,
  typeOf,
  type Value,
  zeroOf,
} from './value.ts'

/** The map's value for a key, undefined if it has none. Throws for a key that is not of the map's key type. */
export const lookUp = (map: Dictionary, key: Value): Value | undefined => {
  const keyType = map.type.key
  const wanted = key === null && keyType !== undefined && keyType.kind !== 'interface' ? zeroOf(keyType) : key
  const type = typeOf(wanted)
  if (keyType !== undefined && keyType.kind !== 'interface' && type !== undefined && type.name !== keyType.name) {
    throw runError(`reflect.Value.MapIndex: value of type ${type.name} is not assignable to type ${keyType.name}`)
  }
  const text = keyOf(wanted)
  if (text === undefined) throw runError(`runtime error: hash of unhashable type ${typeName(wanted)}`)
  return map.entries.get(text)?.[1]
}

/** The element at an index that may count from the end; undefined where there is none. */
export const elementAt = (value: List | string, index: number): Value | undefined => {
  if (value instanceof List) return value.items[index]
  const byte = bytesOf(value)[index]
  return byte === undefined ? undefined : new Scalar(uint8Type, BigInt(byte))
}

/** Number of elements, or of bytes. */
export const lengthOf = (value: List | string): number =>
  value instanceof List ? value.items.length : byteLength(value)

/** A position among `length` elements, negative ones counted from the end; may lie outside. */
export const positionOf = (index: Value, length: number): bigint => {
  const position = intArgument(index)
  return position < 0n ? BigInt(length) + position : position
}

const fetchElement = (value: List | string, index: Value): Value => {
  const length = lengthOf(value)
  const position = positionOf(index, length)
  const element = position >= 0n && position < BigInt(length) ? elementAt(value, Number(position)) : undefined
  if (element === undefined) throw runError(`index out of range: ${position} (array length is ${length})`)
  return element
}

/** `object.name` and `object[key]`. Throws where there is nothing to find; a missing map key is no error. */
export const fetch = (object: Value, key: Value): Value => {
  const missing = () => runError(`cannot fetch ${formatValue(key)} from ${typeName(object)}`)
  if (object === null) throw missing()
  if (typeof key === 'string') {
    const type = typeOf(object)
    const method = type === undefined ? undefined : methodOf(type, key)
    if (method !== undefined) return boundMethod(object, key, method)
  }
  const target = object instanceof Pointer ? dereference(object) : object
  if (target instanceof List || typeof target === 'string') return fetchElement(target, key)
  if (target instanceof Dictionary) return lookUp(target, key) ?? zeroOf(target.type.elem ?? anyType)
  const field = target instanceof Struct ? target.fields.get(fieldName(key)) : undefined
  if (field === undefined) throw missing()
  return field
}

const fieldName = (key: Value): string => {
  if (typeof key === 'string') return key
  throw runError(`interface conversion: interface {} is ${key === null ? 'nil' : typeName(key)}, not string`)
}

const clampBound = (bound: bigint, length: bigint): bigint => {
  const position = bound < 0n ? length + bound : bound
  return position < 0n ? 0n : position
}

/** `object[from:to]`: of strings by bytes; bounds beyond the ends are moved to them. */
export const sliceValue = (object: Value, from: Value, to: Value): Value => {
  const target = object instanceof Pointer ? dereference(object) : object
  if (!(target instanceof List) && typeof target !== 'string') throw runError(`cannot slice ${formatValue(from)}`)
  const length = BigInt(lengthOf(target))
  const [low, high] = [clampBound(intArgument(from), length), clampBound(intArgument(to), length)]
  const end = high > length ? length : high
  const start = low > end ? end : low
  if (typeof target === 'string') return sliceBytes(target, Number(start), Number(end))
  return new List(target.type, target.items.slice(Number(start), Number(end)), target.isNil)
}

/** `needle in haystack`: an element, a key, or the name of a field. */
export const contains = (needle: Value, haystack: Value): boolean => {
  if (haystack === null) return false
  if (haystack instanceof List) return haystack.items.some((item) => equal(item, needle))
  if (haystack instanceof Dictionary) return lookUp(haystack, needle) !== undefined
  if (haystack instanceof Struct || haystack instanceof Instant || haystack instanceof Location) {
    if (typeof needle !== 'string')
      throw runError(`cannot use ${typeName(needle)} as field name of ${typeName(haystack)}`)
    // The fields of times and places are their own.
    return haystack instanceof Struct && haystack.fields.has(needle)
  }
  throw runError(`operator "in" not defined on ${typeName(haystack)}`)
}

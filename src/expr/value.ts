import { stringOfBytes } from '../lib/go-string.ts'
import type { GoTime, TimeZone } from '../lib/go-time.ts'
import {
  anySliceType,
  boolType,
  float64SliceType,
  float64Type,
  type GoType,
  intType,
  stringMapType,
  stringType,
} from './go-type.ts'
import { durationType, locationType, timeType } from './time-types.ts'

/**
 * A value inside a condition. JavaScript's own types stand for the Go types that nearly every condition uses, so that the
 * common case is fast: `null` is nil, `bigint` is Go's int, `number` is float64, and strings and booleans are themselves
 * (bytes of a string that are no UTF-8 are U+DC80 to U+DCFF, see `lib/go-string.ts`). Everything else carries its type.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Scalar
  | List
  | Dictionary
  | Struct
  | Pointer
  | Instant
  | Location
  | Func

/** A number or string of another type than int, float64 and string: int64, time.Duration, types.StatusCode, … */
export class Scalar {
  readonly type: GoType
  readonly value: bigint | number | string

  constructor(type: GoType, value: bigint | number | string) {
    this.type = type
    this.value = value
  }
}

/** A Go slice or array. A nil slice is empty and equals nil. */
export class List {
  readonly type: GoType
  readonly items: readonly Value[]
  readonly isNil: boolean

  constructor(type: GoType, items: readonly Value[], isNil = false) {
    this.type = type
    this.items = items
    this.isNil = isNil
  }
}

/** A Go map. Keys keep their type: with `map[interface {}]…`, 1 and 1.0 are two keys. */
export class Dictionary {
  readonly type: GoType
  /** By {@link keyOf}; insertion order stands in for Go's random order, which nobody may rely on. */
  readonly entries: ReadonlyMap<string, readonly [key: Value, value: Value]>

  constructor(type: GoType, entries: ReadonlyMap<string, readonly [Value, Value]>) {
    this.type = type
    this.entries = entries
  }
}

/** A Go struct by field name. */
export class Struct {
  readonly type: GoType
  readonly fields: ReadonlyMap<string, Value>

  constructor(type: GoType, fields: ReadonlyMap<string, Value>) {
    this.type = type
    this.fields = fields
  }
}

/** A Go pointer; without a target it is a typed nil. */
export class Pointer {
  readonly type: GoType
  readonly target: Value | undefined

  constructor(type: GoType, target: Value | undefined) {
    this.type = type
    this.target = target
  }
}

/** A time.Time. */
export class Instant {
  readonly type = timeType
  readonly time: GoTime

  constructor(time: GoTime) {
    this.time = time
  }
}

/** A *time.Location. */
export class Location {
  readonly type = locationType
  readonly zone: TimeZone

  constructor(zone: TimeZone) {
    this.zone = zone
  }
}

/** A function of the environment, or a method bound to its receiver. Throws {@link ExprError} for arguments it cannot take. */
export class Func {
  readonly type: GoType
  readonly call: (args: readonly Value[]) => Value

  constructor(type: GoType, call: (args: readonly Value[]) => Value) {
    this.type = type
    this.call = call
  }
}

/** The Go type of a value; undefined for nil, which has none. */
export const typeOf = (value: Value): GoType | undefined => {
  switch (typeof value) {
    case 'boolean':
      return boolType
    case 'bigint':
      return intType
    case 'number':
      return float64Type
    case 'string':
      return stringType
    default:
      return value?.type
  }
}

/** The type's name as Go's `%T` prints it. */
export const typeName = (value: Value): string => typeOf(value)?.name ?? '<nil>'

/** Nil as `==` sees it: nil itself, and nil slices and pointers of any type. */
export const isNil = (value: Value): boolean =>
  value === null || (value instanceof List && value.isNil) || (value instanceof Pointer && value.target === undefined)

/** What a pointer ends at, nil for a nil pointer; other values are themselves. */
export const dereference = (value: Value): Value => {
  let current = value
  while (current instanceof Pointer) current = current.target ?? null
  return current
}

/** An untyped list, as JSON arrays and array literals are. */
export const list = (items: readonly Value[]): List => new List(anySliceType, items)

/** A map with string keys: JSON objects (by default), or of another type with string keys. */
export const stringMap = (entries: Iterable<readonly [string, Value]>, type: GoType = stringMapType): Dictionary =>
  new Dictionary(type, new Map(Array.from(entries, ([key, value]) => [`string:${key}`, [key, value]])))

/** A time.Duration of that many nanoseconds, which wrap like every int64. */
export const duration = (nanoseconds: bigint): Scalar => new Scalar(durationType, BigInt.asIntN(64, nanoseconds))

let distinctNaN = 0

/**
 * The text under which a map finds a key, or undefined for values that Go cannot hash (lists and maps). NaN is unlike
 * every key, also itself.
 */
export const keyOf = (key: Value): string | undefined => {
  if (key === null) return 'nil'
  if (typeof key === 'string') return `string:${key}`
  if (typeof key === 'number') {
    if (Number.isNaN(key)) {
      distinctNaN += 1
      return `NaN:${distinctNaN}`
    }
    return `float64:${key}`
  }
  if (typeof key === 'bigint' || typeof key === 'boolean') return `${typeof key}:${key}`
  if (key instanceof Scalar) return `${key.type.name}:${key.value}`
  if (key instanceof Instant) return `time.Time:${key.time.nanoseconds}:${key.time.zone.name}`
  if (key instanceof List && key.type.kind === 'array') {
    const parts = key.items.map(keyOf)
    return parts.includes(undefined) ? undefined : `${key.type.name}:${JSON.stringify(parts)}`
  }
  return undefined
}

/** The zero value of a type: what a missing map key gives. */
export const zeroOf = (type: GoType): Value => {
  if (type.kind === 'bool') return false
  if (type.name === intType.name) return 0n
  if (type.name === float64Type.name) return 0
  if (type.name === stringType.name) return ''
  if (type.kind === 'slice') return new List(type, [], true)
  if (type.kind === 'ptr') return new Pointer(type, undefined)
  return null
}

/** A JSON value as web metrics return it: every number is a float64, objects and arrays are untyped. `undefined` members are left out. */
export const fromJson = (json: unknown): Value => {
  if (json === null || json === undefined) return null
  if (typeof json === 'boolean' || typeof json === 'number' || typeof json === 'string') return json
  if (Array.isArray(json)) return list(json.map(fromJson))
  if (typeof json !== 'object') throw new TypeError(`a metric result cannot hold a ${typeof json}: pass JSON`)
  const members = Object.entries(json).filter(([, member]) => member !== undefined)
  return stringMap(members.map(([key, member]) => [key, fromJson(member)]))
}

/** A Prometheus vector or matrix: `[]float64`, empty but never nil. */
export const floatVector = (values: readonly number[]): List => new List(float64SliceType, values)

/** A single float64, as a Prometheus scalar or a Datadog value. */
export const scalar = (value: number): number => value

/** The text that a `[]uint8` spells; undefined for other values. */
export const byteText = (value: Value): string | undefined => {
  if (!(value instanceof List) || value.type.name !== '[]uint8') return undefined
  return stringOfBytes(Uint8Array.from(value.items, (item) => (item instanceof Scalar ? Number(item.value) : 0)))
}

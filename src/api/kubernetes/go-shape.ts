import type { GoTypes } from '../../lib/go-json.ts'
import { parseQuantity, QuantityError } from '../../lib/quantity.ts'

/** A place in a value that the Go type could not have been read from. */
export interface ShapeFault {
  /** A symbol stands for the key of a map, whose place is written in brackets. */
  readonly path: readonly PropertyKey[]
  readonly value: unknown
  readonly message: string
  /** Whether the message needs the value itself, not only its type. */
  readonly showsValue: boolean
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const wrongType = (path: readonly PropertyKey[], value: unknown, type: string): ShapeFault[] => [
  { path, value, message: `must be of type ${type}`, showsValue: false },
]

const quantityFaults = (value: unknown, path: readonly PropertyKey[]): ShapeFault[] => {
  if (typeof value !== 'string' && typeof value !== 'number') return wrongType(path, value, 'integer or string')
  try {
    parseQuantity(String(value))
    return []
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error
    return [{ path, value, message: error.message, showsValue: true }]
  }
}

const scalarFaults = (type: string, value: unknown, path: readonly PropertyKey[]): ShapeFault[] => {
  switch (type) {
    case 'string':
    case 'time':
      return typeof value === 'string' ? [] : wrongType(path, value, 'string')
    case 'bool':
      return typeof value === 'boolean' ? [] : wrongType(path, value, 'boolean')
    case 'int':
      return Number.isSafeInteger(value) ? [] : wrongType(path, value, 'integer')
    case 'intOrString':
      return Number.isSafeInteger(value) || typeof value === 'string' ? [] : wrongType(path, value, 'integer or string')
    case 'quantity':
      return quantityFaults(value, path)
    default:
      return []
  }
}

/**
 * Where a value is not of a Go type: a text where a list belongs, a number where a text does. Fields that the type does
 * not have are not looked at, and absent ones are no fault. `type` is a type as in `GoField`.
 */
export const shapeFaultsOf = (
  types: GoTypes,
  type: string,
  value: unknown,
  path: readonly PropertyKey[] = [],
): readonly ShapeFault[] => {
  if (type.startsWith('*')) return shapeFaultsOf(types, type.slice(1), value, path)
  if (type.startsWith('[]')) {
    if (!Array.isArray(value)) return wrongType(path, value, 'array')
    return value.flatMap((item, index) => shapeFaultsOf(types, type.slice(2), item, [...path, index]))
  }
  if (!type.startsWith('{}') && !type.startsWith('#')) return scalarFaults(type, value, path)
  if (!isObject(value)) return wrongType(path, value, 'object')
  if (type.startsWith('{}')) {
    return Object.entries(value).flatMap(([key, member]) =>
      shapeFaultsOf(types, type.slice(2), member, [...path, Symbol(key)]),
    )
  }
  return (types[type.slice(1)] ?? []).flatMap(([name, fieldType]) =>
    value[name] === undefined ? [] : shapeFaultsOf(types, fieldType, value[name], [...path, name]),
  )
}

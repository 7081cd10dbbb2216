/**
 * The kinds of Go types that a condition can meet. Conditions are typed by Go's rules, and users see Go's type names in
 * measurement messages (`mismatched types []float64 and int`), so the names are part of the interface.
 */
export type Kind =
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'string'
  | 'interface'
  | 'slice'
  | 'array'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'func'

/** A Go type. Two types are the same type exactly if their names are equal. */
export interface GoType {
  /** The name as Go's reflect prints it, such as `map[string]interface {}`. */
  readonly name: string
  readonly kind: Kind
  /** The import path of the package that declares the type; empty for types that the language itself has. */
  readonly package: string
  readonly elem?: GoType
  readonly key?: GoType
  readonly fields?: ReadonlyMap<string, GoType>
  readonly params?: readonly GoType[]
  readonly results?: readonly GoType[]
  readonly variadic?: boolean
  /** Method types without their receiver. A thunk, because types and the methods that return them refer to each other. */
  readonly methods?: () => ReadonlyMap<string, GoType>
}

const basic = (kind: Kind): GoType => ({ name: kind, kind, package: '' })

export const boolType = basic('bool')
export const intType = basic('int')
export const int64Type = basic('int64')
export const uint64Type = basic('uint64')
export const uint8Type = basic('uint8')
export const float32Type = basic('float32')
export const float64Type = basic('float64')
export const stringType = basic('string')
/** Go's empty interface: the static type of everything that only the run can know. */
export const anyType: GoType = { name: 'interface {}', kind: 'interface', package: '' }
/** Go's error: only ever the second result of a method. */
export const errorType: GoType = { name: 'error', kind: 'interface', package: '' }

/** `[]elem`. */
export const sliceOf = (elem: GoType): GoType => ({ name: `[]${elem.name}`, kind: 'slice', package: '', elem })

/** `[length]elem`. */
const arrayOf = (length: number, elem: GoType): GoType => ({
  name: `[${length}]${elem.name}`,
  kind: 'array',
  package: '',
  elem,
})

/** `map[key]elem`. */
export const mapOf = (key: GoType, elem: GoType): GoType => ({
  name: `map[${key.name}]${elem.name}`,
  kind: 'map',
  package: '',
  key,
  elem,
})

/** `*elem`. Methods of the element are methods of the pointer. */
export const pointerTo = (elem: GoType, methods = elem.methods): GoType => ({
  name: `*${elem.name}`,
  kind: 'ptr',
  package: '',
  elem,
  ...(methods && { methods }),
})

/** `func(params) results`; a variadic function's last parameter is a slice. */
export const funcOf = (params: readonly GoType[], results: readonly GoType[], variadic = false): GoType => {
  const inputs = params.map((param, index) =>
    variadic && index === params.length - 1 ? `...${param.elem?.name ?? ''}` : param.name,
  )
  const outputs = results.map((result) => result.name)
  const tail = outputs.length > 1 ? ` (${outputs.join(', ')})` : outputs.map((name) => ` ${name}`).join('')
  return { name: `func(${inputs.join(', ')})${tail}`, kind: 'func', package: '', params, results, variadic }
}

export const anySliceType = sliceOf(anyType)
export const stringSliceType = sliceOf(stringType)
export const intSliceType = sliceOf(intType)
export const float64SliceType = sliceOf(float64Type)
export const byteSliceType = sliceOf(uint8Type)
export const stringMapType = mapOf(stringType, anyType)
export const anyMapType = mapOf(anyType, anyType)
/** What `groupBy` returns. */
export const groupsType = mapOf(anyType, anySliceType)
/** What `toPairs` returns a slice of. */
export const pairType = arrayOf(2, anyType)

const integerNames = new Set(['int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64'])

/** True for Go's own integer types. Named ones (time.Duration, time.Month) are not numbers in conditions. */
export const isIntegerType = (type: GoType): boolean => integerNames.has(type.name)

/** True for float32 and float64. */
export const isFloatType = (type: GoType): boolean => type.name === 'float64' || type.name === 'float32'

/** True for the integer kinds, whatever the type is called. */
export const isIntegerKind = (kind: Kind): boolean => integerNames.has(kind)

/** True for kinds that Go computes with, whatever the type is called. */
export const isNumericKind = (kind: Kind): boolean => isIntegerKind(kind) || kind === 'float32' || kind === 'float64'

/** Whether Go lets a value of `from` be used as a `to`: the same type, or anything as an empty interface. */
export const isAssignable = (from: GoType, to: GoType): boolean => from.name === to.name || to.name === anyType.name

/** The type that a pointer, or a pointer to a pointer, ends at. */
export const dereferenced = (type: GoType): GoType =>
  type.kind === 'ptr' && type.elem !== undefined ? dereferenced(type.elem) : type

/** The method of that name, if the type has it. */
export const methodOf = (type: GoType, name: string): GoType | undefined => type.methods?.().get(name)

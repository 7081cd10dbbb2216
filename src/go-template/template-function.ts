import { anySliceType, anyType, type GoType } from '../expr/go-type.ts'
import type { Value } from '../expr/value.ts'

/** A value in a template. `undefined` is what Go calls an invalid value: a missing map key, which prints as `<no value>`. */
export type Cell = Value | undefined

/**
 * A parameter that takes anything as it is: also a missing value, which other parameters see as nil or refuse. Go's builtins have
 * such parameters (`reflect.Value`).
 */
export const anythingType: GoType = { name: 'reflect.Value', kind: 'struct', package: 'reflect' }

/** What functions about time and chance get from outside, for one run of a template. */
export interface RunSources {
  /** Milliseconds since the epoch. */
  now(): number
  /** A number from 0 up to but not including 1. */
  random(): number
}

/** A function that templates call by its name. */
export interface TemplateFunction {
  /** Types of the arguments; the evaluator refuses others before it calls. */
  readonly parameters: readonly GoType[]
  /** The type of all arguments beyond {@link parameters}; absent if there must be none. */
  readonly rest?: GoType
  /** Throws FunctionError for what it cannot do. */
  call(args: readonly Cell[], sources: RunSources): Cell
}

/** Functions by name. */
export type TemplateFunctions = ReadonlyMap<string, TemplateFunction>

/** A table of functions: a family of them in one file. */
export type FunctionTable = readonly (readonly [name: string, TemplateFunction])[]

/** A function with exactly these parameters. */
export const fixed = (parameters: readonly GoType[], call: TemplateFunction['call']): TemplateFunction => ({
  parameters,
  call,
})

/** A function that takes any number of arguments of one type beyond its first ones. */
export const variadic = (
  parameters: readonly GoType[],
  rest: GoType,
  call: TemplateFunction['call'],
): TemplateFunction => ({ parameters, rest, call })

/** The type of a parameter that may be nil. */
export const takesNil = (type: GoType): boolean =>
  type === anythingType || ['interface', 'slice', 'map', 'ptr', 'func'].includes(type.kind)

/** The parameter types of Go's own function types: the last of a variadic one is a slice. */
export const signatureOf = (type: GoType): Pick<TemplateFunction, 'parameters' | 'rest'> => {
  const parameters = type.params ?? []
  if (type.variadic !== true) return { parameters }
  return { parameters: parameters.slice(0, -1), rest: (parameters.at(-1) ?? anySliceType).elem ?? anyType }
}

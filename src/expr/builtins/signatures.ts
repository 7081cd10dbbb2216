import { ExprError } from '../expr-error.ts'
import {
  anyMapType,
  anySliceType,
  anyType,
  boolType,
  dereferenced,
  errorType,
  float64SliceType,
  float64Type,
  funcOf,
  type GoType,
  groupsType,
  intSliceType,
  intType,
  isNumericKind,
  type Kind,
  stringSliceType,
  stringType,
} from '../go-type.ts'
import { durationType, locationType, timeType } from '../time-types.ts'

/** The static type of an argument; undefined for nil. */
type ArgumentType = GoType | undefined

/**
 * How a builtin checks its arguments before the run: by Go function types, of which one must fit, or by a rule of its own
 * that gives the result's type or throws {@link ExprError}. Source: the expr language definition, and the types that the
 * published engine reports.
 */
export type Signature =
  | { readonly overloads: readonly GoType[] }
  | { readonly validate: (args: readonly ArgumentType[]) => GoType }

/** The arguments of the builtins that loop: `?` marks what may be left out. */
export const predicateBuiltins: ReadonlyMap<string, readonly string[]> = new Map([
  ...['all', 'none', 'any', 'one', 'filter', 'map', 'find', 'findIndex', 'findLast', 'findLastIndex', 'groupBy'].map(
    (name): [string, string[]] => [name, ['expression', 'predicate']],
  ),
  ['count', ['expression', 'predicate?']],
  ['sum', ['expression', 'predicate?']],
  ['sortBy', ['expression', 'predicate', 'expression?']],
  ['reduce', ['expression', 'predicate', 'expression?']],
])

const reject = (message: string): never => {
  throw new ExprError('compile', message)
}

const nameOf = (type: ArgumentType): string => type?.name ?? '%!s(<nil>)'
const kindOf = (type: ArgumentType): Kind | undefined => (type === undefined ? undefined : dereferenced(type).kind)

const expectCount = (args: readonly ArgumentType[], count: number): void => {
  if (args.length !== count) reject(`invalid number of arguments (expected ${count}, got ${args.length})`)
}

const isListKind = (kind: Kind | undefined): boolean => kind === 'interface' || kind === 'slice' || kind === 'array'
const isNumberKind = (kind: Kind | undefined): boolean =>
  kind === 'interface' || (kind !== undefined && isNumericKind(kind))

/** A builtin of one argument whose kind must pass `accepts`. */
const oneArgument = (
  accepts: (kind: Kind | undefined) => boolean,
  complain: (name: string) => string,
  result: (argument: GoType) => GoType,
): Signature => ({
  validate: (args) => {
    expectCount(args, 1)
    const [argument] = args
    if (argument === undefined || !accepts(kindOf(argument))) return reject(complain(nameOf(argument)))
    return result(argument)
  },
})

const invalidArgument = (name: string) => (type: string) => `invalid argument for ${name} (type ${type})`

const conversion = (name: string, result: GoType): Signature =>
  oneArgument(
    (kind) => isNumberKind(kind) || kind === 'string',
    invalidArgument(name),
    () => result,
  )

const rounding = (name: string): Signature => oneArgument(isNumberKind, invalidArgument(name), () => float64Type)

const edge = (which: 'first' | 'last'): Signature =>
  oneArgument(
    isListKind,
    (type) => `cannot get ${which} element from ${type}`,
    (type) => type.elem ?? anyType,
  )

const ofList = (complain: (type: string) => string, result = anySliceType): Signature =>
  oneArgument(isListKind, complain, () => result)

const ofMap = (complain: (type: string) => string): Signature =>
  oneArgument(
    (kind) => kind === 'interface' || kind === 'map',
    complain,
    () => anySliceType,
  )

const aggregate = (name: string): Signature => ({
  validate: (args) => {
    const [first] = args
    if (args.length === 0) return reject(`not enough arguments to call ${name}`)
    for (const argument of args) {
      if (isListKind(kindOf(argument))) return anyType
      if (!isNumberKind(kindOf(argument))) reject(invalidArgument(name)(nameOf(argument)))
    }
    return first ?? anyType
  },
})

const isLocation = (type: ArgumentType): boolean => type?.name === locationType.name

const now: Signature = {
  validate: (args) => {
    if (args.length === 0 || (args.length === 1 && isLocation(args[0]))) return timeType
    return reject(`invalid number of arguments (expected 0, got ${args.length})`)
  },
}

const date: Signature = {
  validate: (args) => {
    if (args.length < 1) return reject('invalid number of arguments (expected at least 1, got 0)')
    const given = isLocation(args[0]) ? args.length - 1 : args.length
    return given > 3 ? reject(`invalid number of arguments (expected at most 3, got ${given})`) : timeType
  },
}

const take: Signature = {
  validate: (args) => {
    expectCount(args, 2)
    const [list, count] = args
    if (list === undefined || !isListKind(kindOf(list))) return reject(`cannot take from ${nameOf(list)}`)
    const kind = kindOf(count)
    if (kind === 'interface' || kind?.startsWith('int')) return list
    return reject(`cannot take ${nameOf(count)} elements`)
  },
}

const concat: Signature = {
  validate: (args) => {
    if (args.length === 0) reject('invalid number of arguments (expected at least 1, got 0)')
    for (const argument of args) if (!isListKind(kindOf(argument))) reject(`cannot concat ${nameOf(argument)}`)
    return anySliceType
  },
}

const overloads = (...types: readonly GoType[]): Signature => ({ overloads: types })
const fn = (params: readonly GoType[], ...results: readonly GoType[]): GoType => funcOf(params, results)
const [s, i, a] = [stringType, intType, anyType]
const bits = overloads(fn([i, i], i))
const predicate = fn([a], boolType)
const loop = (result: GoType): Signature => overloads(fn([anySliceType, predicate], result))

/** The signatures of all builtins by name. Those that loop have one too: it is the type of the bare name. */
export const signatures: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...['all', 'none', 'any', 'one'].map((name): [string, Signature] => [name, loop(boolType)]),
  ...['findIndex', 'findLastIndex', 'count', 'sum'].map((name): [string, Signature] => [name, loop(i)]),
  ...['find', 'findLast'].map((name): [string, Signature] => [name, loop(a)]),
  ['filter', loop(anySliceType)],
  ['map', overloads(fn([anySliceType, fn([a], a)], anySliceType))],
  ['groupBy', overloads(fn([anySliceType, fn([a], a)], groupsType))],
  ['sortBy', overloads(fn([anySliceType, predicate, s], anySliceType))],
  ['reduce', overloads(fn([anySliceType, fn([a, a], a), a], a))],
  [
    'len',
    oneArgument(
      (kind) => isListKind(kind) || kind === 'map' || kind === 'string',
      invalidArgument('len'),
      () => i,
    ),
  ],
  ['type', overloads(fn([a], s))],
  ['abs', oneArgument(isNumberKind, invalidArgument('abs'), (type) => type)],
  ...['ceil', 'floor', 'round'].map((name): [string, Signature] => [name, rounding(name)]),
  ['int', conversion('int', i)],
  ['float', conversion('float', float64Type)],
  ['string', overloads(fn([a], s))],
  ['trim', overloads(fn([s], s), fn([s, s], s))],
  ['trimPrefix', overloads(fn([s, s], s), fn([s], s))],
  ['trimSuffix', overloads(fn([s, s], s), fn([s], s))],
  ['upper', overloads(fn([s], s))],
  ['lower', overloads(fn([s], s))],
  ['split', overloads(fn([s, s], stringSliceType), fn([s, s, i], stringSliceType))],
  ['splitAfter', overloads(fn([s, s], stringSliceType), fn([s, s, i], stringSliceType))],
  ['replace', overloads(fn([s, s, s, i], s), fn([s, s, s], s))],
  ['repeat', overloads(fn([s, i], s))],
  [
    'join',
    overloads(
      fn([stringSliceType, s], s),
      fn([anySliceType, s], s),
      fn([anySliceType], s),
      fn([stringSliceType, s], s),
      fn([stringSliceType], s),
    ),
  ],
  ...['indexOf', 'lastIndexOf'].map((name): [string, Signature] => [name, overloads(fn([s, s], i))]),
  ...['hasPrefix', 'hasSuffix'].map((name): [string, Signature] => [name, overloads(fn([s, s], boolType))]),
  ...['max', 'min', 'mean', 'median'].map((name): [string, Signature] => [name, aggregate(name)]),
  ['toJSON', overloads(fn([a], s))],
  ['fromJSON', overloads(fn([s], a))],
  ['toBase64', overloads(fn([s], s))],
  ['fromBase64', overloads(fn([s], s))],
  ['now', now],
  ['duration', overloads(fn([s], durationType, errorType))],
  ['date', date],
  ['timezone', overloads(fn([s], locationType, errorType))],
  ['first', edge('first')],
  ['last', edge('last')],
  // Checked by the type checker itself, since its result depends on what is known of the elements.
  ['get', overloads()],
  ['take', take],
  ['keys', ofMap((type) => `cannot get keys from ${type}`)],
  ['values', ofMap((type) => `cannot get values from ${type}`)],
  ['toPairs', ofMap((type) => `cannot transform ${type} to pairs`)],
  ['fromPairs', ofList((type) => `cannot transform ${type} from pairs`, anyMapType)],
  ['reverse', ofList((type) => `cannot reverse ${type}`)],
  ['uniq', ofList((type) => `cannot uniq ${type}`)],
  ['concat', concat],
  ['flatten', ofList((type) => `cannot flatten ${type}`)],
  [
    'sort',
    overloads(
      ...[anySliceType, intSliceType, float64SliceType, stringSliceType].map((type) => fn([type, s], anySliceType)),
      ...[anySliceType, float64SliceType, stringSliceType, intSliceType].map((type) => fn([type], anySliceType)),
    ),
  ],
  ...['bitand', 'bitor', 'bitxor', 'bitnand', 'bitshl', 'bitshr', 'bitushr'].map((name): [string, Signature] => [
    name,
    bits,
  ]),
  ['bitnot', overloads(fn([i], i))],
])

/** True for the name of a builtin function. */
export const isBuiltinName = (name: string): boolean => signatures.has(name)

const untypedFunction = funcOf([anySliceType], [anyType, errorType], true)

/** The type that a builtin's bare name has, without a call. */
export const builtinType = (signature: Signature): GoType =>
  ('overloads' in signature ? signature.overloads[0] : undefined) ?? untypedFunction

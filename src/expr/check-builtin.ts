import type { BuiltinNode, Node, PointerNode } from './ast.ts'
import { signatures } from './builtins/signatures.ts'
import { checkSignature } from './check-call.ts'
import { type CheckContext, reject } from './check-context.ts'
import { anySliceType, anyType, boolType, funcOf, groupsType, intType } from './go-type.ts'
import {
  deref,
  describe,
  elementOf,
  isAssignableTo,
  isBool,
  isInteger,
  isList,
  isMap,
  isString,
  isUnknown,
  keyNature,
  listNature,
  type Nature,
  natureOf,
  unknown,
} from './nature.ts'

const int = natureOf(intType)
const noNames: ReadonlyMap<string, Nature> = new Map()
const indexName: ReadonlyMap<string, Nature> = new Map([['index', int]])
const reduceNames: ReadonlyMap<string, Nature> = new Map([
  ['index', int],
  ['acc', unknown],
])

/** Checks the call of a builtin. */
export const checkBuiltin = (context: CheckContext, node: BuiltinNode): Nature => {
  const loop = loops.get(node.name)
  if (loop !== undefined) return loop(context, node)
  if (node.name === 'get') return checkGet(context, node)
  const signature = signatures.get(node.name)
  return signature === undefined
    ? reject(node, `unknown builtin ${node.name}`)
    : checkSignature(context, node, node.name, signature)
}

/** Checks `#`, `#index` and `#acc` where they stand. */
export const checkPointer = ({ scopes }: CheckContext, node: PointerNode): Nature => {
  const scope = scopes.at(-1)
  if (scope === undefined) return reject(node, 'cannot use pointer accessor outside predicate')
  if (node.name === '') return isUnknown(scope.collection) ? unknown : elementOf(scope.collection)
  return scope.names.get(node.name) ?? reject(node, `unknown pointer #${node.name}`)
}

type LoopCheck = (context: CheckContext, node: BuiltinNode) => Nature

const collectionOf = (context: CheckContext, node: BuiltinNode): Nature => {
  const argument = node.args[0]
  if (argument === undefined) return reject(node, `not enough arguments to call ${node.name}`)
  const nature = deref(context.visit(argument))
  if (isList(nature) || isUnknown(nature)) return nature
  return reject(argument, `builtin ${node.name} takes only array (got ${describe(nature)})`)
}

const bodyOf = (context: CheckContext, node: Node, collection: Nature, names = noNames): Nature => {
  context.scopes.push({ collection, names })
  const nature = context.visit(node)
  context.scopes.pop()
  return nature
}

/** A loop with a predicate; `finish` gives the nature of the whole. */
const loop =
  (finish: (collection: Nature, body: Nature) => Nature, wants: 'boolean' | 'any', names = noNames): LoopCheck =>
  (context, node) => {
    const collection = collectionOf(context, node)
    const predicate = node.args[1]
    if (predicate === undefined) return finish(collection, natureOf(boolType))
    const body = bodyOf(context, predicate, collection, names)
    if (body.nil) return reject(predicate, 'predicate should has one input and one output param')
    if (wants === 'boolean' && !isBool(body) && !isUnknown(body)) {
      return reject(predicate, `predicate should return boolean (got ${describe(body)})`)
    }
    return finish(collection, body)
  }

const untypedList = (collection: Nature): Nature =>
  isUnknown(collection) ? natureOf(anySliceType) : listNature(elementOf(collection))

const elementOrUnknown = (collection: Nature): Nature => (isUnknown(collection) ? unknown : elementOf(collection))

const sum: LoopCheck = (context, node) => {
  const collection = collectionOf(context, node)
  const predicate = node.args[1]
  if (predicate === undefined) return elementOrUnknown(collection)
  const body = bodyOf(context, predicate, collection)
  if (!body.nil) return natureOf(body.type ?? anyType)
  if (!isUnknown(collection) && !isAssignableTo(collection, natureOf(anySliceType))) {
    return reject(node, `cannot use ${describe(collection)} as argument (type ${anySliceType.name}) to call sum `)
  }
  const [given, wanted] = [funcOf([anyType], []), funcOf([anyType], [boolType])]
  return reject(node, `cannot use ${given.name} as argument (type ${wanted.name}) to call sum `)
}

const sortBy: LoopCheck = (context, node) => {
  const collection = collectionOf(context, node)
  const [, predicate, order] = node.args
  const body = predicate === undefined ? unknown : bodyOf(context, predicate, collection)
  const orderNature = order === undefined ? unknown : context.visit(order)
  if (order !== undefined && !isString(orderNature) && !isUnknown(orderNature)) {
    return reject(order, `sortBy order argument must be a string (got ${describe(orderNature)})`)
  }
  return body.nil ? reject(node, 'predicate should has one input and one output param') : collection
}

const reduce: LoopCheck = (context, node) => {
  const collection = collectionOf(context, node)
  const [, predicate, start] = node.args
  const body = predicate === undefined ? unknown : bodyOf(context, predicate, collection, reduceNames)
  if (start !== undefined) context.visit(start)
  return body.nil ? reject(node, 'predicate should has two input and one output param') : body
}

const loops: ReadonlyMap<string, LoopCheck> = new Map<string, LoopCheck>([
  ...['all', 'none', 'any', 'one'].map((name): [string, LoopCheck] => [
    name,
    loop(() => natureOf(boolType), 'boolean'),
  ]),
  ...['count', 'findIndex', 'findLastIndex'].map((name): [string, LoopCheck] => [name, loop(() => int, 'boolean')]),
  ...['find', 'findLast'].map((name): [string, LoopCheck] => [name, loop(elementOrUnknown, 'boolean')]),
  ['filter', loop(untypedList, 'boolean')],
  ['map', loop((_, body) => listNature(body), 'any', indexName)],
  ['groupBy', loop(() => natureOf(groupsType), 'any')],
  ['sum', sum],
  ['sortBy', sortBy],
  ['reduce', reduce],
])

const checkGet = (context: CheckContext, node: BuiltinNode): Nature => {
  const [object, property] = node.args
  if (object === undefined || property === undefined || node.args.length !== 2) {
    return reject(node, `invalid number of arguments (expected 2, got ${node.args.length})`)
  }
  const base = context.visit(object)
  const key = deref(context.visit(property))
  if (object.kind === 'identifier' && object.name === '$env') {
    return property.kind === 'string' ? (context.environment.get(property.value) ?? unknown) : unknown
  }
  if (isUnknown(base)) return unknown
  if (isList(base)) {
    if (isInteger(key) || isUnknown(key)) return elementOf(base)
    return reject(property, `non-integer slice index ${describe(key)}`)
  }
  if (isMap(base)) {
    if (isUnknown(key) || isAssignableTo(key, keyNature(base))) return elementOf(base)
    return reject(property, `cannot use ${describe(key)} to get an element from ${describe(base)}`)
  }
  return reject(object, `type ${describe(base)} does not support indexing`)
}

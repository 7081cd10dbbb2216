import type { ArrayNode, ConditionalNode, LetNode, MapNode, MemberNode, Node, SliceNode, UnaryNode } from './ast.ts'
import { builtinType, signatures } from './builtins/signatures.ts'
import { checkBinary } from './check-binary.ts'
import { checkBuiltin, checkPointer } from './check-builtin.ts'
import { checkCall } from './check-call.ts'
import { type CheckContext, reject } from './check-context.ts'
import { anySliceType, boolType, float64Type, intType, methodOf, stringMapType, stringType } from './go-type.ts'
import {
  deref,
  describe,
  elementOf,
  isAssignableTo,
  isBool,
  isInteger,
  isList,
  isMap,
  isNumber,
  isStruct,
  isUnknown,
  keyNature,
  listNature,
  type Nature,
  natureOf,
  nilNature,
  unknown,
} from './nature.ts'
import { typeOf } from './value.ts'

/**
 * Checks the types of an expression, whose names are those of `environment`, as the published engine does before it runs
 * one: a misspelled name or an impossible operation fails the whole condition, also where it would not be reached. Writes
 * to each node what it found. Throws {@link ExprError} of stage compile.
 */
export const check = (root: Node, environment: ReadonlyMap<string, Nature>): Nature => {
  const context: CheckContext = { environment, variables: [], scopes: [], visit: (node) => visit(context, node) }
  return context.visit(root)
}

const visit = (context: CheckContext, node: Node): Nature => {
  node.nature = natureOfNode(context, node)
  return node.nature
}

const natureOfNode = (context: CheckContext, node: Node): Nature => {
  switch (node.kind) {
    case 'nil':
      return nilNature
    case 'identifier':
      return identifier(context, node, node.name)
    case 'integer':
      return natureOf(intType)
    case 'float':
      return natureOf(float64Type)
    case 'bool':
      return natureOf(boolType)
    case 'string':
      return natureOf(stringType)
    case 'constant': {
      const type = typeOf(node.value)
      return type === undefined ? nilNature : natureOf(type)
    }
    case 'unary':
      return unary(context, node)
    case 'binary':
      return checkBinary(context, node)
    case 'chain':
      return context.visit(node.node)
    case 'member':
      return member(context, node)
    case 'slice':
      return slice(context, node)
    case 'call':
      return checkCall(context, node)
    case 'builtin':
      return checkBuiltin(context, node)
    case 'predicate':
      return context.visit(node.body)
    case 'pointer':
      return checkPointer(context, node)
    case 'let':
      return declaration(context, node)
    case 'sequence':
      return node.nodes.map(context.visit).at(-1) ?? unknown
    case 'conditional':
      return conditional(context, node)
    case 'array':
      return array(context, node)
    case 'map':
      return map(context, node)
  }
}

const identifier = (context: CheckContext, node: Node, name: string): Nature => {
  const variable = context.variables.findLast((candidate) => candidate.name === name)
  if (variable !== undefined) return variable.nature
  if (name === '$env') return unknown
  const known = context.environment.get(name)
  if (known !== undefined) return known
  const signature = signatures.get(name)
  return signature === undefined
    ? reject(node, `unknown name ${name}`)
    : { type: builtinType(signature), builtin: name }
}

const unary = (context: CheckContext, node: UnaryNode): Nature => {
  const operand = deref(context.visit(node.operand))
  if (node.operator === '!' || node.operator === 'not') {
    if (isBool(operand) || isUnknown(operand)) return natureOf(boolType)
  } else {
    if (isNumber(operand)) return operand
    if (isUnknown(operand)) return unknown
  }
  return reject(node, `invalid operation: ${node.operator} (mismatched type ${describe(operand)})`)
}

const member = (context: CheckContext, node: MemberNode): Nature => {
  if (node.object.kind === 'identifier' && node.object.name === '$env') return environmentMember(context, node)
  const object = context.visit(node.object)
  const property = context.visit(node.property)
  if (isUnknown(object)) return unknown
  if (node.property.kind === 'string') {
    const name = node.property.value
    if (object.nil) return reject(node, `type nil has no field ${name}`)
    const method = object.type === undefined ? undefined : methodOf(object.type, name)
    if (method !== undefined) return natureOf(method)
  }
  return memberOf(node, deref(object), property)
}

/** `$env.name`: the names of the environment only, builtins are none of it. */
const environmentMember = (context: CheckContext, { object, property, optional }: MemberNode): Nature => {
  object.nature = unknown
  if (property.kind !== 'string') return unknown
  property.nature = natureOf(stringType)
  const known = context.environment.get(property.value)
  if (known === undefined && !optional) return reject(object, `unknown name ${property.value}`)
  return known ?? unknown
}

const memberOf = (node: MemberNode, object: Nature, property: Nature): Nature => {
  if (isMap(object)) {
    const key = keyNature(object)
    if (isUnknown(property) || isAssignableTo(property, key) || isAssignableTo(deref(property), key)) {
      return elementOf(object)
    }
    return reject(node.property, `cannot use ${describe(property)} to get an element from ${describe(object)}`)
  }
  if (isList(object)) {
    const index = deref(property)
    if (isInteger(index) || isUnknown(index)) return elementOf(object)
    return reject(node.property, `array elements can only be selected using an integer (got ${describe(index)})`)
  }
  if (node.property.kind !== 'string')
    return reject(node, `type ${describe(object)}[${describe(property)}] is undefined`)
  const field = isStruct(object) ? object.type?.fields?.get(node.property.value) : undefined
  if (field !== undefined) return natureOf(field)
  return reject(node, `type ${describe(object)} has no ${node.method ? 'method' : 'field'} ${node.property.value}`)
}

const slice = (context: CheckContext, node: SliceNode): Nature => {
  const object = context.visit(node.object)
  if (isUnknown(object)) return unknown
  if (object.type?.kind !== 'string' && !isList(object)) return reject(node, `cannot slice ${describe(object)}`)
  for (const bound of [node.from, node.to]) {
    if (bound === undefined) continue
    const nature = deref(context.visit(bound))
    if (!isInteger(nature) && !isUnknown(nature)) reject(bound, `non-integer slice index ${describe(nature)}`)
  }
  return object
}

const declaration = (context: CheckContext, node: LetNode): Nature => {
  const { name } = node
  if (context.environment.has(name)) return reject(node, `cannot redeclare ${name}`)
  if (signatures.has(name)) return reject(node, `cannot redeclare builtin ${name}`)
  if (context.variables.some((variable) => variable.name === name)) {
    return reject(node, `cannot redeclare variable ${name}`)
  }
  const nature = context.visit(node.value)
  context.variables.push({ name, nature })
  const body = context.visit(node.body)
  context.variables.pop()
  return body
}

const conditional = (context: CheckContext, node: ConditionalNode): Nature => {
  const condition = deref(context.visit(node.condition))
  if (!isBool(condition) && !isUnknown(condition)) {
    reject(node.condition, `non-bool expression (type ${describe(condition)}) used as condition`)
  }
  const yes = context.visit(node.yes)
  const no = context.visit(node.no)
  if (yes.nil) return no
  if (no.nil) return yes
  if (!isAssignableTo(yes, no)) return unknown
  if (!isList(yes) || !isList(no)) return yes
  const [left, right] = [elementOf(yes), elementOf(no)]
  return isAssignableTo(left, right) && isAssignableTo(right, left) ? yes : natureOf(anySliceType)
}

const array = (context: CheckContext, node: ArrayNode): Nature => {
  const natures = node.nodes.map(context.visit)
  const alike = natures.every((nature, index) => index === 0 || nature.type?.kind === natures[index - 1]?.type?.kind)
  return alike ? listNature(natures.at(-1) ?? unknown) : natureOf(anySliceType)
}

const map = (context: CheckContext, node: MapNode): Nature => {
  for (const { key, value } of node.pairs) {
    context.visit(key)
    context.visit(value)
  }
  return natureOf(stringMapType)
}

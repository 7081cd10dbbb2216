import type { BuiltinNode, CallNode, Node } from './ast.ts'
import { type Signature, signatures } from './builtins/signatures.ts'
import { type CheckContext, reject } from './check-context.ts'
import { ExprError } from './expr-error.ts'
import { anyType, type GoType, stringMapType } from './go-type.ts'
import {
  deref,
  describe,
  isAssignableTo,
  isFloat,
  isInteger,
  isUnknown,
  type Nature,
  natureOf,
  unknown,
} from './nature.ts'

/** Checks the call of a function of the environment or of a method. */
export const checkCall = (context: CheckContext, node: CallNode): Nature => {
  const { callee } = node
  if (callee.kind === 'identifier' && callee.name === '$env') {
    return reject(node, `${stringMapType.name} is not callable`)
  }
  const nature = context.visit(callee)
  // Nothing is known of the function, so nothing is checked: not even the names in its arguments, as published.
  if (isUnknown(nature)) return unknown
  const signature = nature.builtin === undefined ? undefined : signatures.get(nature.builtin)
  if (signature !== undefined) return checkSignature(context, node, nature.builtin ?? '', signature)
  const name = calleeName(callee)
  if (nature.nil) return reject(node, `${name} is nil; cannot call nil as function`)
  if (nature.type?.kind !== 'func') return reject(node, `${describe(nature)} is not callable`)
  return checkOverloads(context, node, name, [nature.type])
}

const calleeName = (callee: Node): string => {
  if (callee.kind === 'identifier') return callee.name
  return callee.kind === 'member' && callee.property.kind === 'string' ? callee.property.value : 'function'
}

/** Checks a builtin against its signature. */
export const checkSignature = (
  context: CheckContext,
  node: BuiltinNode | CallNode,
  name: string,
  signature: Signature,
): Nature => {
  if ('validate' in signature) {
    const types = node.args.map((arg) => {
      const nature = context.visit(arg)
      return isUnknown(nature) ? anyType : nature.type
    })
    try {
      return natureOf(signature.validate(types))
    } catch (error) {
      if (error instanceof ExprError) return reject(node, error.message)
      throw error
    }
  }
  return checkOverloads(context, node, name, signature.overloads)
}

/** Tries each overload; if none fits, the last one's complaint is shown. */
const checkOverloads = (
  context: CheckContext,
  node: BuiltinNode | CallNode,
  name: string,
  overloads: readonly GoType[],
): Nature => {
  let complaint: MismatchError | undefined
  for (const overload of overloads) {
    try {
      return checkArguments(context, node, name, overload)
    } catch (error) {
      // A fault inside an argument is the argument's own, and the same with every overload.
      if (!(error instanceof MismatchError)) throw error
      complaint = error
    }
  }
  // As a plain error: to a call around this one it is a fault inside an argument.
  throw new ExprError('compile', complaint?.message ?? `no matching overload for ${name}`, complaint?.offset ?? node.at)
}

class MismatchError extends ExprError {}

const checkArguments = (context: CheckContext, node: CallNode | BuiltinNode, name: string, type: GoType): Nature => {
  const { params = [], results = [] } = type
  const mismatch = (at: Node, message: string): never => {
    throw new MismatchError('compile', message, at.at)
  }
  if (results.length > 2) mismatch(node, `func ${name} returns more then two values`)
  if (node.args.length !== params.length) {
    for (const arg of node.args) context.visit(arg)
    mismatch(node, `${node.args.length > params.length ? 'too many' : 'not enough'} arguments to call ${name}`)
  }
  for (const [index, param] of params.entries()) {
    const arg = node.args[index]
    if (arg === undefined) continue
    const complaint = argumentComplaint(context, node, index, arg, param)
    if (complaint !== undefined) mismatch(arg, `${complaint} to call ${name}${complaint.includes('nil as') ? '' : ' '}`)
  }
  return results[0] === undefined ? unknown : natureOf(results[0])
}

const argumentComplaint = (
  context: CheckContext,
  node: CallNode | BuiltinNode,
  index: number,
  arg: Node,
  param: GoType,
): string | undefined => {
  const nature = context.visit(arg)
  const wanted = natureOf(param)
  if (isFloat(wanted) && isInteger(nature)) {
    node.args[index] = withFloats(arg)
    return undefined
  }
  if (isInteger(wanted) && isInteger(nature)) return undefined
  if (nature.nil) {
    const fits = param.kind === 'ptr' || param.kind === 'interface'
    return fits ? undefined : `cannot use nil as argument (type ${param.name})`
  }
  if (isUnknown(nature) || isAssignableTo(nature, wanted) || isAssignableTo(deref(nature), wanted)) return undefined
  return `cannot use ${describe(nature)} as argument (type ${param.name})`
}

/** `isNaN(1 + x)`: where a float is wanted, integer literals are floats. */
const withFloats = (node: Node): Node => {
  if (node.kind === 'integer') return { kind: 'float', value: Number(node.value), at: node.at, nature: node.nature }
  if (node.kind === 'unary') node.operand = withFloats(node.operand)
  if (node.kind === 'binary' && ['+', '-', '*'].includes(node.operator)) {
    node.left = withFloats(node.left)
    node.right = withFloats(node.right)
  }
  return node
}

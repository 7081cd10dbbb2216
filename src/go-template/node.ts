import { quoteString } from '../lib/go-string.ts'
import type { NumberConstant } from './number-constant.ts'

/** A variable, and the fields that are read from it: `$x.a.b` has the names `$x`, `a`, `b`. */
export interface VariableNode {
  readonly kind: 'variable'
  readonly at: number
  readonly names: readonly string[]
}

/** A value in a command. */
export type Operand =
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | { readonly kind: 'number'; readonly at: number; readonly number: NumberConstant }
  | { readonly kind: 'string'; readonly at: number; readonly quoted: string; readonly text: string }
  | { readonly kind: 'field'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'function'; readonly at: number; readonly name: string }
  | ChainNode
  | VariableNode
  | PipelineNode

/** Fields of something that is neither the dot nor a variable: `(index .list 0).name`. */
export interface ChainNode {
  readonly kind: 'chain'
  readonly at: number
  readonly base: Operand
  readonly names: readonly string[]
}

/** An operand alone, or a function and its arguments. */
export interface CommandNode {
  readonly kind: 'command'
  readonly at: number
  readonly first: Operand
  readonly rest: readonly Operand[]
}

/** Commands, each of which gets the result of the one before as its last argument; and the variables that hold the end's. */
export interface PipelineNode {
  readonly kind: 'pipeline'
  readonly at: number
  /** The variables exist already. */
  readonly isAssignment: boolean
  readonly variables: readonly VariableNode[]
  readonly commands: readonly CommandNode[]
}

/** `if`, `with` and `range`. */
export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range'
  readonly at: number
  readonly pipeline: PipelineNode
  readonly body: readonly Statement[]
  readonly otherwise: readonly Statement[] | undefined
}

/** What a template is made of. */
export type Statement =
  | { readonly kind: 'text'; readonly at: number; readonly text: string }
  | { readonly kind: 'action'; readonly at: number; readonly pipeline: PipelineNode }
  | {
      readonly kind: 'template'
      readonly at: number
      readonly name: string
      readonly pipeline: PipelineNode | undefined
    }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | BranchNode

/** A part of a template that a message can point at. */
export type TemplateNode = Statement | CommandNode | Operand

const inParentheses = (operand: Operand): string =>
  operand.kind === 'pipeline' ? `(${sourceOf(operand)})` : sourceOf(operand)

const pipelineSource = ({ variables, isAssignment, commands }: PipelineNode): string => {
  const names = variables.map(sourceOf).join(', ')
  return `${names === '' ? '' : `${names} ${isAssignment ? '=' : ':='} `}${commands.map(sourceOf).join(' | ')}`
}

const branchSource = ({ kind, pipeline, body, otherwise }: BranchNode): string => {
  const rest = otherwise === undefined ? '' : `{{else}}${otherwise.map(sourceOf).join('')}`
  return `{{${kind} ${sourceOf(pipeline)}}}${body.map(sourceOf).join('')}${rest}{{end}}`
}

/** A part of a template as Go's messages show it: with one space where the text may have had more. */
export const sourceOf = (node: TemplateNode): string => {
  switch (node.kind) {
    case 'text':
    case 'string':
      return node.kind === 'text' ? node.text : node.quoted
    case 'dot':
      return '.'
    case 'nil':
      return 'nil'
    case 'bool':
      return String(node.value)
    case 'number':
      return node.number.text
    case 'function':
      return node.name
    case 'field':
      return node.names.map((name) => `.${name}`).join('')
    case 'variable':
      return node.names.join('.')
    case 'chain':
      return `${inParentheses(node.base)}${node.names.map((name) => `.${name}`).join('')}`
    case 'command':
      return [node.first, ...node.rest].map(inParentheses).join(' ')
    case 'pipeline':
      return pipelineSource(node)
    case 'action':
      return `{{${sourceOf(node.pipeline)}}}`
    case 'template':
      return `{{template ${quoteString(node.name)}${node.pipeline === undefined ? '' : ` ${sourceOf(node.pipeline)}`}}}`
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`
    default:
      return branchSource(node)
  }
}

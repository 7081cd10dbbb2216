import { quoteString } from '../lib/go-string.ts'
import { tokensOf } from './lexer.ts'
import type { BranchNode, CommandNode, Operand, PipelineNode, Statement, VariableNode } from './node.ts'
import { characterConstant, NumberConstantError, numberConstant } from './number-constant.ts'
import { LiteralError, unquoteString } from './quoted-literal.ts'
import { TemplateError } from './template-error.ts'
import { describeToken, type Token, type TokenKind } from './token.ts'

/** The templates of a text by name: its own, and those that it defines. */
export type TemplateSet = ReadonlyMap<string, readonly Statement[]>

/** What ends a list of statements. */
interface Ending {
  readonly kind: 'end' | 'else'
}

const isEnding = (node: Statement | Ending): node is Ending => node.kind === 'end' || node.kind === 'else'

/** Parentheses and blocks within each other: far more than people write, and few enough for the stack. */
const maximumDepth = 400

const isEmpty = (statements: readonly Statement[]): boolean =>
  statements.every((statement) => statement.kind === 'text' && statement.text.trim() === '')

const startsCommand: ReadonlySet<TokenKind> = new Set([
  ...(['bool', 'character', 'dot', 'field', 'identifier', 'number', 'nil', 'rawString', 'string'] as const),
  ...(['variable', '('] as const),
])

class Parser {
  readonly #name: string
  readonly #tokens: readonly Token[]
  readonly #isFunction: (name: string) => boolean
  readonly #templates = new Map<string, readonly Statement[]>()
  #next = 0
  /** How far the text was read, which is what Go's messages name as the line. */
  #furthest = 0
  #variables: string[] = ['$']
  #rangeDepth = 0
  #depth = 0
  /** Line on which the action that is being read began; 0 outside. */
  #actionLine = 0

  constructor(name: string, text: string, isFunction: (name: string) => boolean) {
    this.#name = name
    this.#tokens = tokensOf(text)
    this.#isFunction = isFunction
  }

  parse(): TemplateSet {
    const root: Statement[] = []
    while (this.#peek().kind !== 'end') {
      if (this.#peek().kind === 'open' && this.#startsDefinition()) continue
      const node = this.#textOrAction()
      if (isEnding(node)) throw this.#error(`unexpected {{${node.kind}}}`)
      root.push(node)
    }
    this.#add(this.#name, root)
    return this.#templates
  }

  #token(index: number): Token {
    const last = this.#tokens.at(-1) ?? { kind: 'end', text: '', at: 0, line: 1 }
    return this.#tokens[index] ?? last
  }

  #peek(): Token {
    this.#furthest = Math.max(this.#furthest, this.#next)
    return this.#token(this.#next)
  }

  #take(): Token {
    const token = this.#peek()
    this.#next += 1
    return token
  }

  #peekPastSpace(): Token {
    while (this.#peek().kind === 'space') this.#next += 1
    return this.#peek()
  }

  #takePastSpace(): Token {
    this.#peekPastSpace()
    return this.#take()
  }

  #isKeyword(token: Token, text: string): boolean {
    return token.kind === 'keyword' && token.text === text
  }

  #error(message: string, cause?: unknown): TemplateError {
    const { line } = this.#token(this.#furthest)
    return new TemplateError(`template: ${this.#name}:${line}: ${message}`, line, cause === undefined ? {} : { cause })
  }

  #unexpected(token: Token, context: string): TemplateError {
    if (token.kind !== 'error') return this.#error(`unexpected ${describeToken(token)} in ${context}`)
    if (this.#actionLine === 0 || this.#actionLine === token.line) return this.#error(token.text)
    const where = token.text.endsWith(' action') ? '' : ' in action'
    return this.#error(`${token.text}${where} started at ${this.#name}:${this.#actionLine}`)
  }

  #expect(kind: TokenKind, context: string): Token {
    const token = this.#takePastSpace()
    if (token.kind !== kind) throw this.#unexpected(token, context)
    return token
  }

  #nested<T>(read: () => T): T {
    if (this.#depth >= maximumDepth) throw this.#error('max expression depth exceeded')
    this.#depth += 1
    const result = read()
    this.#depth -= 1
    return result
  }

  #add(name: string, statements: readonly Statement[]): void {
    const known = this.#templates.get(name)
    if (known === undefined || isEmpty(known)) this.#templates.set(name, statements)
    else if (!isEmpty(statements)) throw this.#error(`template: multiple definition of template ${quoteString(name)}`)
  }

  /** A definition stands outside of everything else, and sees no variables of the text around it. */
  #startsDefinition(): boolean {
    const before = this.#next
    this.#take()
    if (!this.#isKeyword(this.#takePastSpace(), 'define')) {
      this.#next = before
      return false
    }
    const name = this.#templateName(this.#takePastSpace(), 'define clause')
    this.#expect('close', 'define clause')
    this.#define(name, 'define clause')
    return true
  }

  #define(name: string, context: string): void {
    const [variables, rangeDepth] = [this.#variables, this.#rangeDepth]
    this.#variables = ['$']
    this.#rangeDepth = 0
    const [statements, ending] = this.#statements()
    if (ending.kind !== 'end') throw this.#error(`unexpected {{else}} in ${context}`)
    this.#variables = variables
    this.#rangeDepth = rangeDepth
    this.#add(name, statements)
  }

  #statements(): [readonly Statement[], Ending] {
    const list: Statement[] = []
    while (this.#peekPastSpace().kind !== 'end') {
      const node = this.#textOrAction()
      if (isEnding(node)) return [list, node]
      list.push(node)
    }
    throw this.#error('unexpected EOF')
  }

  #textOrAction(): Statement | Ending {
    const token = this.#takePastSpace()
    if (token.kind === 'text') return { kind: 'text', at: token.at, text: token.text }
    if (token.kind !== 'open') throw this.#unexpected(token, 'input')
    this.#actionLine = token.line
    const node = this.#nested(() => this.#action())
    this.#actionLine = 0
    return node
  }

  #action(): Statement | Ending {
    const token = this.#peekPastSpace()
    if (token.kind !== 'keyword' || token.text === 'define') {
      return { kind: 'action', at: token.at, pipeline: this.#pipeline('command', 'close') }
    }
    this.#take()
    switch (token.text) {
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.text)
      case 'else':
        return this.#else()
      case 'end':
        this.#expect('close', 'end')
        return { kind: 'end' }
      case 'block':
        return this.#block()
      case 'template':
        return this.#template()
      default:
        return this.#leaveRange(token)
    }
  }

  #leaveRange({ text, at }: Token): Statement {
    const token = this.#takePastSpace()
    if (token.kind !== 'close') throw this.#unexpected(token, `{{${text}}}`)
    if (this.#rangeDepth === 0) throw this.#error(`{{${text}}} outside {{range}}`)
    return { kind: text === 'break' ? 'break' : 'continue', at }
  }

  /** `else if` and `else with` are left to the branch that they continue. */
  #else(): Ending {
    const token = this.#peekPastSpace()
    if (!this.#isKeyword(token, 'if') && !this.#isKeyword(token, 'with')) this.#expect('close', 'else')
    return { kind: 'else' }
  }

  #branch(kind: BranchNode['kind']): BranchNode {
    const variables = this.#variables.length
    const pipeline = this.#pipeline(kind, 'close')
    if (kind === 'range') this.#rangeDepth += 1
    const [body, ending] = this.#statements()
    if (kind === 'range') this.#rangeDepth -= 1
    const otherwise = ending.kind === 'else' ? this.#otherwise(kind) : undefined
    this.#variables.length = variables
    return { kind, at: pipeline.at, pipeline, body, otherwise }
  }

  #otherwise(kind: BranchNode['kind']): readonly Statement[] {
    if (kind !== 'range' && this.#isKeyword(this.#peek(), kind)) {
      this.#take()
      return [this.#nested(() => this.#branch(kind))]
    }
    const [statements, ending] = this.#statements()
    if (ending.kind !== 'end') throw this.#error('expected end; found {{else}}')
    return statements
  }

  #block(): Statement {
    const token = this.#takePastSpace()
    const name = this.#templateName(token, 'block clause')
    const pipeline = this.#pipeline('block clause', 'close')
    this.#define(name, 'block clause')
    return { kind: 'template', at: token.at, name, pipeline }
  }

  #template(): Statement {
    const token = this.#takePastSpace()
    const name = this.#templateName(token, 'template clause')
    if (this.#peekPastSpace().kind === 'close') {
      this.#take()
      return { kind: 'template', at: token.at, name, pipeline: undefined }
    }
    return { kind: 'template', at: token.at, name, pipeline: this.#pipeline('template clause', 'close') }
  }

  #templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') throw this.#unexpected(token, context)
    return this.#explained(() => unquoteString(token.text))
  }

  #explained<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof LiteralError || error instanceof NumberConstantError) throw this.#error(error.message, error)
      throw error
    }
  }

  #pipeline(context: string, end: TokenKind): PipelineNode {
    const { at } = this.#peekPastSpace()
    const variables: VariableNode[] = []
    const isAssignment = this.#declarations(context, variables)
    const commands: CommandNode[] = []
    for (let token = this.#peekPastSpace(); token.kind !== end; token = this.#peekPastSpace()) {
      if (!startsCommand.has(token.kind)) {
        this.#take()
        throw this.#unexpected(token, context)
      }
      commands.push(this.#command())
    }
    this.#take()
    if (commands.length === 0) throw this.#error(`missing value for ${context}`)
    for (const [index, { first }] of commands.entries()) {
      if (index > 0 && ['bool', 'dot', 'nil', 'number', 'string'].includes(first.kind))
        throw this.#error(`non executable command in pipeline stage ${index + 1}`)
    }
    return { kind: 'pipeline', at, isAssignment, variables, commands }
  }

  /** Reads `$x :=`, `$x =`, and in a range `$i, $x :=`; true for an assignment. */
  #declarations(context: string, variables: VariableNode[]): boolean {
    const before = this.#next
    const token = this.#peekPastSpace()
    if (token.kind !== 'variable') return false
    this.#take()
    const next = this.#peekPastSpace()
    const isComma = next.kind === 'punctuation' && next.text === ','
    if (next.kind !== 'assign' && next.kind !== 'declare' && !isComma) {
      this.#next = before
      return false
    }
    this.#take()
    variables.push({ kind: 'variable', at: token.at, names: [token.text] })
    this.#variables.push(token.text)
    if (!isComma) return next.kind === 'assign'
    if (context !== 'range' || variables.length > 1) throw this.#error(`too many declarations in ${context}`)
    if (!['variable', 'close', ')'].includes(this.#peekPastSpace().kind))
      throw this.#error('range can only initialize variables')
    return this.#declarations(context, variables)
  }

  #command(): CommandNode {
    const { at } = this.#peekPastSpace()
    const operands: Operand[] = []
    for (;;) {
      this.#peekPastSpace()
      const operand = this.#operand()
      if (operand !== undefined) operands.push(operand)
      const token = this.#take()
      if (token.kind === 'space') continue
      if (token.kind === 'close' || token.kind === ')') this.#next -= 1
      else if (token.kind !== 'pipe') throw this.#unexpected(token, 'operand')
      break
    }
    const [first, ...rest] = operands
    if (first === undefined) throw this.#error('empty command')
    return { kind: 'command', at, first, rest }
  }

  #operand(): Operand | undefined {
    const base = this.#term()
    const { at, kind } = this.#peek()
    if (base === undefined || kind !== 'field') return base
    const names: string[] = []
    while (this.#peek().kind === 'field') names.push(this.#take().text.slice(1))
    if (base.kind === 'field' || base.kind === 'variable') {
      return { kind: base.kind, at, names: [...base.names, ...names] }
    }
    if (base.kind !== 'function' && base.kind !== 'pipeline') {
      const text = base.kind === 'string' ? base.quoted : this.#token(this.#next - names.length - 1).text
      throw this.#error(`unexpected . after term ${quoteString(text)}`)
    }
    return { kind: 'chain', at, base, names }
  }

  #term(): Operand | undefined {
    const token = this.#takePastSpace()
    const { kind, at, text } = token
    switch (kind) {
      case 'identifier':
        if (!this.#isFunction(text)) throw this.#error(`function ${quoteString(text)} not defined`)
        return { kind: 'function', at, name: text }
      case 'dot':
      case 'nil':
        return { kind, at }
      case 'variable':
        if (!this.#variables.includes(text)) throw this.#error(`undefined variable ${quoteString(text)}`)
        return { kind, at, names: [text] }
      case 'field':
        return { kind, at, names: [text.slice(1)] }
      case 'bool':
        return { kind, at, value: text === 'true' }
      case 'character':
      case 'number':
        return this.#explained(() => {
          const number = kind === 'number' ? numberConstant(text) : characterConstant(text)
          return { kind: 'number', at, number }
        })
      case '(':
        return this.#nested(() => this.#pipeline('parenthesized pipeline', ')'))
      case 'string':
      case 'rawString':
        return this.#explained(() => ({ kind: 'string', at, quoted: text, text: unquoteString(text) }))
      default:
        this.#next -= 1
        return undefined
    }
  }
}

/** Parses a template and those that it defines. Throws {@link TemplateError}, also for functions that do not exist. */
export const parseTemplate = (name: string, text: string, isFunction: (name: string) => boolean): TemplateSet =>
  new Parser(name, text, isFunction).parse()

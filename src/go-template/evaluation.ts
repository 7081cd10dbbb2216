import { ExprError } from '../expr/expr-error.ts'
import { formatValue } from '../expr/format.ts'
import { anyType, type GoType, methodOf } from '../expr/go-type.ts'
import { boundMethod } from '../expr/methods.ts'
import { Dictionary, dereference, Func, List, Scalar, Struct, typeName, typeOf, type Value } from '../expr/value.ts'
import { byteLength, bytesOf, compareStrings, quoteString, stringOfBytes } from '../lib/go-string.ts'
import { idealNumber, literalArgument, requireType } from './argument.ts'
import { Budget } from './budget.ts'
import { andFunction, callFunction, orFunction } from './builtins/control.ts'
import {
  type BranchNode,
  type ChainNode,
  type CommandNode,
  type Operand,
  type PipelineNode,
  type Statement,
  sourceOf,
  type TemplateNode,
  type VariableNode,
} from './node.ts'
import type { TemplateSet } from './parser.ts'
import { sprint } from './printf.ts'
import { FunctionError, TemplateError } from './template-error.ts'
import {
  anythingType,
  type Cell,
  type RunSources,
  signatureOf,
  type TemplateFunction,
  type TemplateFunctions,
} from './template-function.ts'
import { isTrue } from './truth.ts'

/** A value, and whether Go only knows it as an `interface {}`: items of lists and members of maps. Messages say so. */
interface Held {
  readonly value: Cell
  readonly isBoxed: boolean
}

interface Variable extends Held {
  readonly name: string
}

/** What the pipeline hands to a command as its last argument; absent for the first command. */
type Final = { readonly value: Cell } | undefined

/** How a list of statements ended before its end. */
type Leave = 'break' | 'continue' | undefined

/** Templates within templates. Each takes a few frames of the stack. */
const maximumTemplateDepth = 200

const held = (value: Cell, isBoxed = false): Held => ({ value, isBoxed })
const heldTypeName = ({ value, isBoxed }: Held): string => (isBoxed ? anyType.name : typeName(value ?? null))
const isBoxing = (type: GoType | undefined): boolean => type?.elem === undefined || type.elem.kind === 'interface'

/** What {@link Evaluation} runs: one compiled text. */
export interface CompiledText {
  readonly name: string
  readonly text: string
  readonly templates: TemplateSet
  readonly functions: TemplateFunctions
}

/** One run of a template: what was written, the variables, and the place that a message would name. */
export class Evaluation {
  readonly #compiled: CompiledText
  readonly #sources: RunSources
  readonly #budget = new Budget()
  readonly #written: string[] = []
  #variables: Variable[] = []
  #node: TemplateNode | undefined
  #template: string
  #depth = 0

  constructor(compiled: CompiledText, sources: RunSources) {
    this.#compiled = compiled
    this.#sources = sources
    this.#template = compiled.name
  }

  /** The text that the template makes of this data. Throws {@link TemplateError}. */
  run(data: Cell): string {
    this.#variables = [{ name: '$', ...held(data) }]
    this.#attempt(() => this.#walk(held(data), this.#compiled.templates.get(this.#compiled.name) ?? []))
    const text = this.#written.join('')
    // Bytes of one character may have been written apart; those that are part of none cannot be shown.
    return /\p{Surrogate}/u.test(text) ? stringOfBytes(bytesOf(text)).toWellFormed() : text
  }

  /** Tells the place of what functions and limits refuse. */
  #attempt<T>(act: () => T, explain: (message: string) => string = (message) => message): T {
    try {
      return act()
    } catch (error) {
      if (error instanceof TemplateError) throw error
      if (error instanceof FunctionError || error instanceof ExprError) throw this.#error(explain(error.message), error)
      throw error
    }
  }

  #error(message: string, cause?: unknown): TemplateError {
    const { name, text } = this.#compiled
    const before = text.slice(0, this.#node?.at ?? 0)
    const line = before.split('\n').length
    const column = byteLength(before.slice(before.lastIndexOf('\n') + 1))
    const where = this.#node === undefined ? '' : ` at <${sourceOf(this.#node)}>`
    return new TemplateError(
      `template: ${name}:${line}:${column}: executing ${quoteString(this.#template)}${where}: ${message}`,
      line,
      cause === undefined ? {} : { cause },
    )
  }

  #write(text: string): void {
    this.#budget.write(text.length)
    this.#written.push(text)
  }

  #walk(dot: Held, statements: readonly Statement[]): Leave {
    for (const statement of statements) {
      const leave = this.#statement(dot, statement)
      if (leave !== undefined) return leave
    }
    return undefined
  }

  #statement(dot: Held, statement: Statement): Leave {
    this.#node = statement
    this.#budget.step()
    switch (statement.kind) {
      case 'text':
        this.#write(statement.text)
        return undefined
      case 'action': {
        const value = this.#pipeline(dot, statement.pipeline)
        if (statement.pipeline.variables.length === 0) this.#print(statement, value)
        return undefined
      }
      case 'template':
        this.#invoke(dot, statement.name, statement.pipeline)
        return undefined
      case 'break':
      case 'continue':
        return statement.kind
      case 'range':
        return this.#range(dot, statement)
      default:
        return this.#branch(dot, statement)
    }
  }

  #print(node: Statement, value: Cell): void {
    this.#node = node
    if (value instanceof Func) throw this.#error(`can't print ${sourceOf(node)} of type ${value.type.name}`)
    this.#write(value === undefined ? '<no value>' : sprint([value]))
  }

  #branch(dot: Held, { kind, pipeline, body, otherwise }: BranchNode): Leave {
    const mark = this.#variables.length
    const value = this.#pipeline(dot, pipeline)
    const leave = isTrue(value)
      ? this.#walk(kind === 'with' ? held(value) : dot, body)
      : this.#walk(dot, otherwise ?? [])
    this.#variables.length = mark
    return leave
  }

  #range(dot: Held, branch: BranchNode): Leave {
    const mark = this.#variables.length
    const value = dereference(this.#pipeline(dot, branch.pipeline) ?? null)
    let isEmpty = true
    let leave: Leave
    for (const [index, item] of this.#itemsOf(value, branch.pipeline)) {
      isEmpty = false
      leave = this.#iterate(branch, index, item)
      if (leave === 'break') break
    }
    leave = isEmpty ? this.#walk(dot, branch.otherwise ?? []) : undefined
    this.#variables.length = mark
    return leave
  }

  *#itemsOf(value: Value, { variables }: PipelineNode): Generator<readonly [index: Cell, item: Held]> {
    const count = value instanceof Scalar && value.type.package === '' ? value.value : value
    if (typeof count === 'bigint') {
      if (variables.length > 1)
        throw this.#error(`can't use ${formatValue(value)} to iterate over more than one variable`)
      for (let at = 0n; at < count; at += 1n) {
        yield [undefined, held(value instanceof Scalar ? new Scalar(value.type, at) : at)]
      }
    } else if (value instanceof List) {
      const isBoxed = isBoxing(value.type)
      for (const [index, item] of value.items.entries()) yield [BigInt(index), held(item, isBoxed)]
    } else if (value instanceof Dictionary) {
      const isBoxed = isBoxing(value.type)
      const sorted = [...value.entries.values()].sort(([a], [b]) => compareStrings(formatValue(a), formatValue(b)))
      for (const [key, item] of sorted) yield [key, held(item, isBoxed)]
    } else if (value !== null) throw this.#error(`range can't iterate over ${formatValue(value)}`)
  }

  #iterate({ pipeline, body }: BranchNode, index: Cell, item: Held): Leave {
    const { variables, isAssignment } = pipeline
    const [first, second] = variables.map(({ names }) => names[0] ?? '')
    if (isAssignment) {
      if (first !== undefined) this.#assign(first, second === undefined ? item : held(index))
      if (second !== undefined) this.#assign(second, item)
    } else {
      const top = this.#variables.length
      if (first !== undefined) this.#replace(top - variables.length, second === undefined ? item : held(index))
      if (second !== undefined) this.#replace(top - 1, item)
    }
    const mark = this.#variables.length
    const leave = this.#walk(item, body)
    this.#variables.length = mark
    return leave
  }

  #invoke(dot: Held, name: string, pipeline: PipelineNode | undefined): void {
    const statements = this.#compiled.templates.get(name)
    if (statements === undefined) throw this.#error(`template ${quoteString(name)} not defined`)
    if (this.#depth >= maximumTemplateDepth)
      throw this.#error(`exceeded maximum template depth (${maximumTemplateDepth})`)
    const data = pipeline === undefined ? undefined : this.#pipeline(dot, pipeline)
    const [variables, template] = [this.#variables, this.#template]
    this.#variables = [{ name: '$', ...held(data) }]
    this.#template = name
    this.#depth += 1
    this.#walk(held(data), statements)
    this.#depth -= 1
    this.#template = template
    this.#variables = variables
  }

  #replace(index: number, to: Held): void {
    const variable = this.#variables[index]
    if (variable !== undefined) this.#variables[index] = { name: variable.name, ...to }
  }

  #assign(name: string, to: Held): void {
    const index = this.#variables.findLastIndex((variable) => variable.name === name)
    if (index === -1) throw this.#error(`undefined variable: ${name}`)
    this.#replace(index, to)
  }

  #pipeline(dot: Held, pipeline: PipelineNode): Cell {
    this.#node = pipeline
    let final: Final
    for (const command of pipeline.commands) {
      this.#budget.step()
      // What was only known as an interface is now seen as what it is; a nil one is nothing.
      final = { value: this.#command(dot, command, final) ?? undefined }
    }
    const value = final?.value
    for (const { names } of pipeline.variables) {
      const name = names[0] ?? ''
      if (pipeline.isAssignment) this.#assign(name, held(value))
      else this.#variables.push({ name, ...held(value) })
    }
    return value
  }

  #command(dot: Held, command: CommandNode, final: Final): Cell {
    const { first, rest } = command
    switch (first.kind) {
      case 'field':
        this.#node = first
        return this.#fields(dot, dot, first, first.names, rest, final)
      case 'chain':
        return this.#chain(dot, first, rest, final)
      case 'function':
        return this.#function(dot, first, command, rest, final)
      case 'variable':
        return this.#variable(dot, first, rest, final)
      default:
        return this.#value(dot, first, rest, final)
    }
  }

  #refuseArguments(first: Operand, rest: readonly Operand[], final: Final): void {
    if (rest.length > 0 || final !== undefined)
      throw this.#error(`can't give argument to non-function ${sourceOf(first)}`)
  }

  #value(dot: Held, first: Operand, rest: readonly Operand[], final: Final): Cell {
    if (first.kind !== 'pipeline') this.#node = first
    this.#refuseArguments(first, rest, final)
    switch (first.kind) {
      case 'pipeline':
        return this.#pipeline(dot, first)
      case 'dot':
        return dot.value
      case 'bool':
        return first.value
      case 'string':
        return first.text
      case 'number':
        return this.#attempt(() => idealNumber(first.number))
      default:
        throw this.#error('nil is not a command')
    }
  }

  #variable(dot: Held, node: VariableNode, rest: readonly Operand[], final: Final): Cell {
    this.#node = node
    const [name, ...names] = node.names
    const variable = this.#variables.findLast((candidate) => candidate.name === name)
    if (variable === undefined) throw this.#error(`undefined variable: ${name}`)
    if (names.length > 0) return this.#fields(dot, variable, node, names, rest, final)
    this.#refuseArguments(node, rest, final)
    return variable.value
  }

  #chain(dot: Held, node: ChainNode, rest: readonly Operand[], final: Final): Cell {
    this.#node = node
    const base =
      node.base.kind === 'pipeline' ? this.#pipeline(dot, node.base) : this.#argument(dot, anyType, node.base)
    return this.#fields(dot, held(base), node, node.names, rest, final)
  }

  /** Reads fields one from the other; the last one gets the arguments, should it be a method. */
  #fields(
    dot: Held,
    receiver: Held,
    node: TemplateNode,
    names: readonly string[],
    rest: readonly Operand[],
    final: Final,
  ): Cell {
    let current = receiver
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1
      const value = this.#field(dot, current, node, name, isLast ? rest : [], isLast ? final : undefined)
      current = held(value, current.value instanceof Dictionary && isBoxing(current.value.type))
    }
    return current.value
  }

  #field(dot: Held, receiver: Held, node: TemplateNode, name: string, rest: readonly Operand[], final: Final): Cell {
    const { value } = receiver
    if (value === undefined) return undefined
    const typeText = heldTypeName(receiver)
    if (value === null)
      throw this.#error(`nil pointer evaluating ${typeText === '<nil>' ? anyType.name : typeText}.${name}`)
    const type = typeOf(value)
    const method = type === undefined ? undefined : methodOf(type, name)
    if (method !== undefined) return this.#method(dot, boundMethod(value, name, method), node, name, rest, final)
    const target = dereference(value)
    const hasArguments = rest.length > 0 || final !== undefined
    if (target instanceof Dictionary && target.type.key?.kind === 'string') {
      if (hasArguments) throw this.#error(`${name} is not a method but has arguments`)
      return target.entries.get(`string:${name}`)?.[1]
    }
    const field = target instanceof Struct ? target.fields.get(name) : undefined
    if (field instanceof Func) return this.#method(dot, field, node, name, rest, final)
    if (field === undefined) throw this.#error(`can't evaluate field ${name} in type ${typeText}`)
    if (hasArguments) throw this.#error(`${name} has arguments but cannot be invoked as function`)
    return field
  }

  #method(
    dot: Held,
    { type, call }: Func,
    node: TemplateNode,
    name: string,
    rest: readonly Operand[],
    final: Final,
  ): Cell {
    const results = type.results ?? []
    const isOdd = results.length > 2 || (results.length === 2 && results[1]?.name !== 'error')
    const method: TemplateFunction = {
      ...signatureOf(type),
      call: (args) => call(args.map((argument) => argument ?? null)),
    }
    const args = this.#arguments(dot, name, method, rest, final)
    if (isOdd) {
      throw this.#error(
        results.length > 2
          ? `function ${name} has ${results.length} return values; should be 1 or 2`
          : `invalid function signature for ${name}: second return value should be error; is ${results[1]?.name}`,
      )
    }
    return this.#call(method, node, name, args)
  }

  #function(
    dot: Held,
    { name, at, kind }: { readonly kind: 'function'; readonly at: number; readonly name: string },
    node: TemplateNode,
    rest: readonly Operand[],
    final: Final,
  ): Cell {
    this.#node = { kind, at, name }
    const found = this.#compiled.functions.get(name)
    if (found === undefined) throw this.#error(`${quoteString(name)} is not a defined function`)
    if (found === andFunction || found === orFunction) return this.#shortCircuit(dot, name, found, rest, final)
    const args = this.#arguments(dot, name, found, rest, final)
    if (found !== callFunction) return this.#call(found, node, name, args)
    // Messages name what is called as the template spells it.
    const [first] = rest
    return this.#call(found, node, name, [first === undefined ? 'function' : sourceOf(first), ...args])
  }

  /** `and` and `or` look at no argument beyond the one that decides. */
  #shortCircuit(dot: Held, name: string, found: TemplateFunction, rest: readonly Operand[], final: Final): Cell {
    this.#requireCount(name, found, rest, final)
    let value: Cell
    for (const operand of rest) {
      value = this.#argument(dot, anythingType, operand)
      if (isTrue(value) === (found === orFunction)) return value
    }
    return final === undefined ? value : final.value
  }

  #requireCount(name: string, { parameters, rest }: TemplateFunction, given: readonly Operand[], final: Final): void {
    const count = given.length + (final === undefined ? 0 : 1)
    if (rest === undefined && count !== parameters.length)
      throw this.#error(`wrong number of args for ${name}: want ${parameters.length} got ${count}`)
    if (rest !== undefined && count < parameters.length)
      throw this.#error(`wrong number of args for ${name}: want at least ${parameters.length} got ${given.length}`)
  }

  #arguments(dot: Held, name: string, called: TemplateFunction, given: readonly Operand[], final: Final): Cell[] {
    this.#requireCount(name, called, given, final)
    const typeAt = (index: number): GoType => called.parameters[index] ?? called.rest ?? anyType
    const args = given.map((operand, index) => this.#argument(dot, typeAt(index), operand))
    if (final !== undefined) args.push(this.#attempt(() => requireType(final.value, typeAt(given.length))))
    return args
  }

  #call(called: TemplateFunction, node: TemplateNode, name: string, args: readonly Cell[]): Cell {
    this.#budget.step()
    return this.#attempt(
      () => called.call(args, this.#sources),
      (message) => {
        this.#node = node
        return `error calling ${name}: ${message}`
      },
    )
  }

  #argument(dot: Held, type: GoType, operand: Operand): Cell {
    this.#node = operand
    const value = (): Cell => {
      switch (operand.kind) {
        case 'dot':
          return dot.value
        case 'field':
          return this.#fields(dot, dot, operand, operand.names, [], undefined)
        case 'variable':
          return this.#variable(dot, operand, [], undefined)
        case 'pipeline':
          return this.#pipeline(dot, operand)
        case 'function':
          return this.#function(dot, operand, operand, [], undefined)
        case 'chain':
          return this.#chain(dot, operand, [], undefined)
        default:
          return undefined
      }
    }
    const isLiteral = ['nil', 'bool', 'number', 'string'].includes(operand.kind)
    if (isLiteral) return this.#attempt(() => literalArgument(operand, type))
    const computed = value()
    return this.#attempt(() => requireType(computed, type))
  }
}

import { anyType, type GoType, methodOf } from '../expr/go-type.ts'
import { boundMethod } from '../expr/methods.ts'
import { Dictionary, dereference, Func, Struct, typeOf } from '../expr/value.ts'
import { quoteString } from '../lib/go-string.ts'
import { idealNumber, literalArgument, requireType } from './argument.ts'
import { andFunction, callFunction, orFunction } from './builtins/control.ts'
import {
  type ChainNode,
  type CommandNode,
  type Operand,
  type PipelineNode,
  sourceOf,
  type TemplateNode,
  type VariableNode,
} from './node.ts'
import type { RunState } from './run-state.ts'
import { anythingType, type Cell, signatureOf, type TemplateFunction } from './template-function.ts'
import { isTrue } from './truth.ts'
import { type Held, held, heldTypeName, isBoxing } from './variables.ts'

/** What the pipeline hands to a command as its last argument; absent for the first command. */
type Final = { readonly value: Cell } | undefined

/** Evaluates pipelines: commands, fields, methods and calls of functions (Go, text/template, `evalPipeline`). */
export class Pipelines {
  readonly #run: RunState

  constructor(run: RunState) {
    this.#run = run
  }

  /** The value of a pipeline; undefined where Go prints `<no value>`. Declares or sets its variables. */
  evaluate(dot: Held, pipeline: PipelineNode): Cell {
    this.#run.node = pipeline
    let final: Final
    for (const command of pipeline.commands) {
      this.#run.budget.step()
      // What was only known as an interface is now seen as what it is; a nil one is nothing.
      final = { value: this.#command(dot, command, final) ?? undefined }
    }
    const value = final?.value
    for (const { names } of pipeline.variables) {
      const name = names[0] ?? ''
      if (!pipeline.isAssignment) this.#run.variables.declare(name, held(value))
      else if (!this.#run.variables.assign(name, held(value))) throw this.#run.error(`undefined variable: ${name}`)
    }
    return value
  }

  #command(dot: Held, command: CommandNode, final: Final): Cell {
    const { first, rest } = command
    switch (first.kind) {
      case 'field':
        this.#run.node = first
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
      throw this.#run.error(`can't give argument to non-function ${sourceOf(first)}`)
  }

  #value(dot: Held, first: Operand, rest: readonly Operand[], final: Final): Cell {
    if (first.kind !== 'pipeline') this.#run.node = first
    this.#refuseArguments(first, rest, final)
    switch (first.kind) {
      case 'pipeline':
        return this.evaluate(dot, first)
      case 'dot':
        return dot.value
      case 'bool':
        return first.value
      case 'string':
        return first.text
      case 'number':
        return this.#run.attempt(() => idealNumber(first.number))
      default:
        throw this.#run.error('nil is not a command')
    }
  }

  #variable(dot: Held, node: VariableNode, rest: readonly Operand[], final: Final): Cell {
    this.#run.node = node
    const [name, ...names] = node.names
    const variable = this.#run.variables.find(name ?? '')
    if (variable === undefined) throw this.#run.error(`undefined variable: ${name}`)
    if (names.length > 0) return this.#fields(dot, variable, node, names, rest, final)
    this.#refuseArguments(node, rest, final)
    return variable.value
  }

  #chain(dot: Held, node: ChainNode, rest: readonly Operand[], final: Final): Cell {
    this.#run.node = node
    const base = node.base.kind === 'pipeline' ? this.evaluate(dot, node.base) : this.#argument(dot, anyType, node.base)
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
      throw this.#run.error(`nil pointer evaluating ${typeText === '<nil>' ? anyType.name : typeText}.${name}`)
    const type = typeOf(value)
    const method = type === undefined ? undefined : methodOf(type, name)
    if (method !== undefined) return this.#method(dot, boundMethod(value, name, method), node, name, rest, final)
    const target = dereference(value)
    const hasArguments = rest.length > 0 || final !== undefined
    if (target instanceof Dictionary && target.type.key?.kind === 'string') {
      if (hasArguments) throw this.#run.error(`${name} is not a method but has arguments`)
      return target.entries.get(`string:${name}`)?.[1]
    }
    const field = target instanceof Struct ? target.fields.get(name) : undefined
    if (field instanceof Func) return this.#method(dot, field, node, name, rest, final)
    if (field === undefined) throw this.#run.error(`can't evaluate field ${name} in type ${typeText}`)
    if (hasArguments) throw this.#run.error(`${name} has arguments but cannot be invoked as function`)
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
      throw this.#run.error(
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
    this.#run.node = { kind, at, name }
    const found = this.#run.compiled.functions.get(name)
    if (found === undefined) throw this.#run.error(`${quoteString(name)} is not a defined function`)
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
      throw this.#run.error(`wrong number of args for ${name}: want ${parameters.length} got ${count}`)
    if (rest !== undefined && count < parameters.length)
      throw this.#run.error(`wrong number of args for ${name}: want at least ${parameters.length} got ${given.length}`)
  }

  #arguments(dot: Held, name: string, called: TemplateFunction, given: readonly Operand[], final: Final): Cell[] {
    this.#requireCount(name, called, given, final)
    const typeAt = (index: number): GoType => called.parameters[index] ?? called.rest ?? anyType
    const args = given.map((operand, index) => this.#argument(dot, typeAt(index), operand))
    if (final !== undefined) args.push(this.#run.attempt(() => requireType(final.value, typeAt(given.length))))
    return args
  }

  #call(called: TemplateFunction, node: TemplateNode, name: string, args: readonly Cell[]): Cell {
    this.#run.budget.step()
    return this.#run.attempt(
      () => {
        for (const arg of args) this.#run.budget.work(arg)
        const result = called.call(args, this.#run.sources)
        this.#run.budget.work(result)
        return result
      },
      (message) => {
        this.#run.node = node
        return `error calling ${name}: ${message}`
      },
    )
  }

  #argument(dot: Held, type: GoType, operand: Operand): Cell {
    this.#run.node = operand
    const value = (): Cell => {
      switch (operand.kind) {
        case 'dot':
          return dot.value
        case 'field':
          return this.#fields(dot, dot, operand, operand.names, [], undefined)
        case 'variable':
          return this.#variable(dot, operand, [], undefined)
        case 'pipeline':
          return this.evaluate(dot, operand)
        case 'function':
          return this.#function(dot, operand, operand, [], undefined)
        case 'chain':
          return this.#chain(dot, operand, [], undefined)
        default:
          return undefined
      }
    }
    const isLiteral = ['nil', 'bool', 'number', 'string'].includes(operand.kind)
    if (isLiteral) return this.#run.attempt(() => literalArgument(operand, type))
    const computed = value()
    return this.#run.attempt(() => requireType(computed, type))
  }
}

import { formatValue } from '../expr/format.ts'
import { Dictionary, dereference, Func, List, Scalar, type Value } from '../expr/value.ts'
import { bytesOf, compareStrings, quoteString, stringOfBytes } from '../lib/go-string.ts'
import { type BranchNode, type PipelineNode, type Statement, sourceOf } from './node.ts'
import { Pipelines } from './pipelines.ts'
import { sprint } from './printf.ts'
import { type CompiledText, RunState } from './run-state.ts'
import type { Cell, RunSources } from './template-function.ts'
import { isTrue } from './truth.ts'
import { type Held, held, isBoxing, Variables } from './variables.ts'

/** How a list of statements ended before its end. */
type Leave = 'break' | 'continue' | undefined

/** Templates within templates. Each takes a few frames of the stack. */
const maximumTemplateDepth = 200

/** One run of a template's statements. */
class Evaluation {
  readonly #run: RunState
  readonly #pipelines: Pipelines
  readonly #written: string[] = []
  #depth = 0

  constructor(run: RunState) {
    this.#run = run
    this.#pipelines = new Pipelines(run)
  }

  run(data: Cell): string {
    const { name, templates } = this.#run.compiled
    this.#run.attempt(() => this.#walk(held(data), templates.get(name) ?? []))
    const text = this.#written.join('')
    // Bytes of one character may have been written apart; those that are part of none cannot be shown.
    return /\p{Surrogate}/u.test(text) ? stringOfBytes(bytesOf(text)).toWellFormed() : text
  }

  #write(text: string): void {
    this.#run.budget.write(text.length)
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
    this.#run.node = statement
    this.#run.budget.step()
    switch (statement.kind) {
      case 'text':
        this.#write(statement.text)
        return undefined
      case 'action': {
        const value = this.#pipelines.evaluate(dot, statement.pipeline)
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
    this.#run.node = node
    if (value instanceof Func) throw this.#run.error(`can't print ${sourceOf(node)} of type ${value.type.name}`)
    this.#write(value === undefined ? '<no value>' : sprint([value]))
  }

  #branch(dot: Held, { kind, pipeline, body, otherwise }: BranchNode): Leave {
    const mark = this.#run.variables.count
    const value = this.#pipelines.evaluate(dot, pipeline)
    const leave = isTrue(value)
      ? this.#walk(kind === 'with' ? held(value) : dot, body)
      : this.#walk(dot, otherwise ?? [])
    this.#run.variables.cutTo(mark)
    return leave
  }

  #range(dot: Held, branch: BranchNode): Leave {
    const mark = this.#run.variables.count
    const value = dereference(this.#pipelines.evaluate(dot, branch.pipeline) ?? null)
    let isEmpty = true
    let leave: Leave
    for (const [index, item] of this.#itemsOf(value, branch.pipeline)) {
      isEmpty = false
      leave = this.#iterate(branch, index, item)
      if (leave === 'break') break
    }
    leave = isEmpty ? this.#walk(dot, branch.otherwise ?? []) : undefined
    this.#run.variables.cutTo(mark)
    return leave
  }

  *#itemsOf(value: Value, { variables }: PipelineNode): Generator<readonly [index: Cell, item: Held]> {
    const count = value instanceof Scalar && value.type.package === '' ? value.value : value
    if (typeof count === 'bigint') {
      if (variables.length > 1)
        throw this.#run.error(`can't use ${formatValue(value)} to iterate over more than one variable`)
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
    } else if (value !== null) throw this.#run.error(`range can't iterate over ${formatValue(value)}`)
  }

  #iterate({ pipeline, body }: BranchNode, index: Cell, item: Held): Leave {
    this.#run.budget.step()
    const { variables, isAssignment } = pipeline
    const [first, second] = variables.map(({ names }) => names[0] ?? '')
    if (isAssignment) {
      if (first !== undefined) this.#assign(first, second === undefined ? item : held(index))
      if (second !== undefined) this.#assign(second, item)
    } else {
      const top = this.#run.variables.count
      if (first !== undefined)
        this.#run.variables.replace(top - variables.length, second === undefined ? item : held(index))
      if (second !== undefined) this.#run.variables.replace(top - 1, item)
    }
    const mark = this.#run.variables.count
    const leave = this.#walk(item, body)
    this.#run.variables.cutTo(mark)
    return leave
  }

  #invoke(dot: Held, name: string, pipeline: PipelineNode | undefined): void {
    const statements = this.#run.compiled.templates.get(name)
    if (statements === undefined) throw this.#run.error(`template ${quoteString(name)} not defined`)
    if (this.#depth >= maximumTemplateDepth)
      throw this.#run.error(`exceeded maximum template depth (${maximumTemplateDepth})`)
    const data = pipeline === undefined ? undefined : this.#pipelines.evaluate(dot, pipeline)
    const { variables, template } = this.#run
    this.#run.variables = new Variables(data)
    this.#run.template = name
    this.#depth += 1
    this.#walk(held(data), statements)
    this.#depth -= 1
    this.#run.template = template
    this.#run.variables = variables
  }

  #assign(name: string, to: Held): void {
    if (!this.#run.variables.assign(name, to)) throw this.#run.error(`undefined variable: ${name}`)
  }
}

/** The text that a template makes of this data. Throws TemplateError. */
export const evaluate = (compiled: CompiledText, data: Cell, sources: RunSources): string =>
  new Evaluation(new RunState(compiled, sources, data)).run(data)

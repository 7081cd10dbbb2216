import { anyType, type GoType } from '../expr/go-type.ts'
import { typeName } from '../expr/value.ts'
import type { Cell } from './template-function.ts'

/** A value, and whether Go only knows it as an `interface {}`: items of lists and members of maps. Messages say so. */
export interface Held {
  readonly value: Cell
  readonly isBoxed: boolean
}

interface Variable extends Held {
  readonly name: string
}

/** A value as {@link Held}. */
export const held = (value: Cell, isBoxed = false): Held => ({ value, isBoxed })

/** The name of a value's type as Go's messages have it. */
export const heldTypeName = ({ value, isBoxed }: Held): string => (isBoxed ? anyType.name : typeName(value ?? null))

/** Whether what is in a list or map of this type is only known as an `interface {}`. */
export const isBoxing = (type: GoType | undefined): boolean =>
  type?.elem === undefined || type.elem.kind === 'interface'

/** The variables of a running template, those of inner blocks on top. `$` is the data. */
export class Variables {
  #stack: Variable[]

  constructor(data: Cell) {
    this.#stack = [{ name: '$', ...held(data) }]
  }

  /** How many there are: what {@link cutTo} goes back to at the end of a block. */
  get count(): number {
    return this.#stack.length
  }

  cutTo(count: number): void {
    this.#stack.length = count
  }

  declare(name: string, value: Held): void {
    this.#stack.push({ name, ...value })
  }

  /** Gives the variable at a place another value. */
  replace(index: number, value: Held): void {
    const variable = this.#stack[index]
    if (variable !== undefined) this.#stack[index] = { name: variable.name, ...value }
  }

  /** Gives the innermost variable of this name another value; false where there is none. */
  assign(name: string, value: Held): boolean {
    const index = this.#stack.findLastIndex((variable) => variable.name === name)
    this.replace(index, value)
    return index >= 0
  }

  find(name: string): Held | undefined {
    return this.#stack.findLast((variable) => variable.name === name)
  }
}

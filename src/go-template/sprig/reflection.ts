import { anyType, type GoType, stringType } from '../../expr/go-type.ts'
import { typeName, typeOf, type Value } from '../../expr/value.ts'
import { type Cell, type FunctionTable, fixed } from '../template-function.ts'
import { stringOf } from './arguments.ts'

const kindOf = (value: Value): GoType['kind'] | 'invalid' => typeOf(value)?.kind ?? 'invalid'
const nameOf = (cell: Cell): string => typeName(cell ?? null)

/** Sprig's functions about types. */
export const reflectionFunctions: FunctionTable = [
  ['typeOf', fixed([anyType], ([value]) => nameOf(value))],
  ['typeIs', fixed([stringType, anyType], ([name, value]) => nameOf(value) === name)],
  [
    'typeIsLike',
    fixed([stringType, anyType], ([name, value]) => [stringOf(name), `*${stringOf(name)}`].includes(nameOf(value))),
  ],
  ['kindOf', fixed([anyType], ([value]) => kindOf(value ?? null))],
  ['kindIs', fixed([stringType, anyType], ([kind, value]) => kindOf(value ?? null) === kind)],
]

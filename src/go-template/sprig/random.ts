import { intType, stringType } from '../../expr/go-type.ts'
import { requireLength } from '../budget.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type RunSources, type TemplateFunction } from '../template-function.ts'
import { intOf, stringOf } from './arguments.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

const below = (limit: number, { random }: RunSources): number => Math.floor(random() * limit)

const some = (characters: string): TemplateFunction =>
  fixed([intType], ([count], sources) => {
    requireLength(intOf(count))
    const length = Math.max(0, intOf(count))
    return Array.from({ length }, () => characters[below(characters.length, sources)]).join('')
  })

const between = ([low, high]: readonly Cell[], sources: RunSources): Cell => {
  const span = intOf(high) - intOf(low)
  if (span <= 0) throw new FunctionError('invalid argument to Intn')
  return BigInt(intOf(low) + below(span, sources))
}

const shuffle = (text: string, sources: RunSources): string => {
  const characters = Array.from(text)
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const chosen = below(last + 1, sources)
    const [a = '', b = ''] = [characters[last], characters[chosen]]
    characters[last] = b
    characters[chosen] = a
  }
  return characters.join('')
}

/** RFC 9562, version 4. */
const uuid = (sources: RunSources): string => {
  const hex = (count: number): string => Array.from({ length: count }, () => below(16, sources).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + below(4, sources)).toString(16)}${hex(3)}-${hex(12)}`
}

/** Sprig's functions of chance. They tell notifications apart and are no source of secrets. */
export const randomFunctions: FunctionTable = [
  ['randAlphaNum', some(letters + digits)],
  ['randAlpha', some(letters)],
  ['randNumeric', some(digits)],
  ['randAscii', some(ascii)],
  ['randInt', fixed([intType, intType], between)],
  ['shuffle', fixed([stringType], ([text], sources) => shuffle(stringOf(text), sources))],
  ['uuidv4', fixed([], (_, sources) => uuid(sources))],
]

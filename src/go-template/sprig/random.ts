import { intType, stringType } from '../../expr/go-type.ts'
import { requireLength } from '../budget.ts'
import { FunctionError } from '../template-error.ts'
import { type Cell, type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { intOf, stringOf } from './arguments.ts'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const digits = '0123456789'
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

/**
 * Sprig's functions of chance. They tell notifications apart and are no source of secrets. `random` gives numbers from 0 up to but not
 * including 1.
 */
export const randomFunctions = (random: () => number): FunctionTable => {
  const below = (limit: number): number => Math.floor(random() * limit)
  const some = (characters: string): TemplateFunction =>
    fixed([intType], ([count]) => {
      requireLength(intOf(count))
      return Array.from({ length: Math.max(0, intOf(count)) }, () => characters[below(characters.length)]).join('')
    })
  const between = ([low, high]: readonly Cell[]): Cell => {
    const span = intOf(high) - intOf(low)
    if (span <= 0) throw new FunctionError('invalid argument to Intn')
    return BigInt(intOf(low) + below(span))
  }
  const shuffle = (text: string): string => {
    const characters = Array.from(text)
    for (let last = characters.length - 1; last > 0; last -= 1) {
      const chosen = below(last + 1)
      const [a = '', b = ''] = [characters[last], characters[chosen]]
      characters[last] = b
      characters[chosen] = a
    }
    return characters.join('')
  }
  const hex = (count: number): string => Array.from({ length: count }, () => below(16).toString(16)).join('')
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-${(8 + below(4)).toString(16)}${hex(3)}-${hex(12)}`
  return [
    ['randAlphaNum', some(letters + digits)],
    ['randAlpha', some(letters)],
    ['randNumeric', some(digits)],
    ['randAscii', some(ascii)],
    ['randInt', fixed([intType, intType], between)],
    ['shuffle', fixed([stringType], ([text]) => shuffle(stringOf(text)))],
    ['uuidv4', fixed([], uuid)],
  ]
}

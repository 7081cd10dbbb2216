import { Base64Error, decodeBase64 } from '../../lib/go-base64.ts'
import { GoJsonError, parseGoJson } from '../../lib/go-json-parse.ts'
import { bytesOf, stringOfBytes } from '../../lib/go-string.ts'
import { runError } from '../expr-error.ts'
import { toJson } from '../to-json.ts'
import { fromJson } from '../value.ts'
import { argument, type Builtin, type BuiltinTable, stringArgument } from './builtin.ts'

const fromJSON: Builtin = (args) => {
  try {
    return fromJson(parseGoJson(stringArgument(args, 0)))
  } catch (error) {
    if (error instanceof GoJsonError) throw runError(error.message)
    throw error
  }
}

const fromBase64: Builtin = (args) => {
  try {
    return stringOfBytes(decodeBase64(stringArgument(args, 0)))
  } catch (error) {
    if (error instanceof Base64Error) throw runError(error.message)
    throw error
  }
}

/** JSON and base64. */
export const encodingBuiltins: BuiltinTable = [
  ['toJSON', (args, { budget }) => budget.write(toJson(argument(args, 0)))],
  ['fromJSON', fromJSON],
  ['toBase64', (args, { budget }) => budget.write(Buffer.from(bytesOf(stringArgument(args, 0))).toString('base64'))],
  ['fromBase64', fromBase64],
]

import { aggregateBuiltins } from './aggregates.ts'
import type { Builtin } from './builtin.ts'
import { collectionBuiltins } from './collections.ts'
import { encodingBuiltins } from './encoding.ts'
import { numberBuiltins } from './numbers.ts'
import { stringBuiltins } from './strings.ts'
import { timeBuiltins } from './times.ts'

/** All builtins that take their arguments as values. Those that loop over a predicate are part of the evaluator. */
export const builtins: ReadonlyMap<string, Builtin> = new Map([
  ...numberBuiltins,
  ...stringBuiltins,
  ...collectionBuiltins,
  ...aggregateBuiltins,
  ...encodingBuiltins,
  ...timeBuiltins,
])

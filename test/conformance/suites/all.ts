import type { Suite } from '../suite.ts'
import { conditionSuite, evaluateResultSuite, timeSuite } from './expr.ts'

/** Every suite, in the order in which the table shows them. */
export const suites: readonly Suite[] = [conditionSuite, evaluateResultSuite, timeSuite]

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Runtime } from '../../src/kube/runtime.ts'
import { CollectingLogger } from './collecting-logger.ts'
import { ManualClock } from './manual-clock.ts'

/** A runtime that stands still: a manual clock, no jitter to speak of, and a log to look at. */
export interface TestRuntime extends Runtime {
  readonly clock: ManualClock
  readonly log: CollectingLogger
}

/** See {@link TestRuntime}. `random` is what every draw gives. */
export const testRuntime = (random = 0.5): TestRuntime => ({
  clock: new ManualClock(),
  log: new CollectingLogger(),
  random: () => random,
  yieldToLoop: async () => {
    await nextTurn()
  },
})

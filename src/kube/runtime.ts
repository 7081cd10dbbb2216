import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../telemetry/logger.ts'

/** What the machinery of this folder takes from outside, so that tests and the sandbox decide it. */
export interface Runtime {
  readonly clock: Clock
  /** A number in [0, 1), for jitter and nothing else. */
  readonly random: () => number
  /** Lets the event loop serve sockets and timers before long work goes on: `setImmediate` as a promise. */
  readonly yieldToLoop: () => Promise<void>
  readonly log: Logger
}

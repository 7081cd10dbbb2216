import { type Clock, systemClock } from '../../src/lib/clock.ts'

/** The machine's clock for what sleeps before it tries again: it waits for nothing. Time limits are kept. */
export const impatientClock: Clock = { ...systemClock, sleep: async () => {} }

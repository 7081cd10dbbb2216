import type { Draft } from '../draft.ts'

/**
 * One decision: reads the draft and writes down what it wants. Returning `end` leaves out the actions after it in this
 * round; the policies that write the status always run.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: most policies never end a round and return nothing
export type Policy = (draft: Draft) => 'end' | void

/** The harness could not do its part: a program is missing, does not start, or does not answer in time. Never a verdict on the product. */
export class HarnessError extends Error {
  override name = 'HarnessError' as const
}

/** Something that a story waits for has not come true in its time. The message carries the last state that was seen. */
export class ExpectationError extends Error {
  override name = 'ExpectationError' as const
}

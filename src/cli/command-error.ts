/** A command that was not given right, or did not end well. The message is for the user; it needs no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/** The user ended the command before its answer was known. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

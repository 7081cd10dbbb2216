/** A command that was not given right, or did not end well. The message is for the user; it needs no stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  /** What the program exits with: 1 for everything that has no code of its own. */
  readonly exitCode: number
  /** What people are told besides; scripts are not. */
  readonly hint: string

  constructor(
    message: string,
    { exitCode = 1, hint = '', ...options }: { exitCode?: number; hint?: string; cause?: unknown } = {},
  ) {
    super(message, options)
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** A command that was called in another way than it takes: its usage says all there is to say. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The user ended the command before its answer was known. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/**
 * A metric that cannot be asked for, or an answer that cannot be used. The message becomes that of the measurement: it says what to do
 * where something can be done, and follows the published controller's words where it has some.
 */
export class ProviderError extends Error {
  override readonly name: string = 'ProviderError'
}

/** The metric system answered, and has no value. */
export class NoDataError extends ProviderError {
  override readonly name = 'NoDataError'
}

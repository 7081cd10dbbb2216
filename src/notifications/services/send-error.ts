/** What decides whether a notification is sent again. */
export interface SendErrorOptions extends ErrorOptions {
  /** Whether another try may succeed: true for 429, 5xx and where there was no answer. */
  readonly retry: boolean
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** Milliseconds that the receiver asks to wait before the next try. */
  readonly retryAfterMs?: number | undefined
}

/** A notification did not arrive. The message says why and what to do, and holds no secret. */
export class SendError extends Error {
  override readonly name = 'SendError'
  readonly retry: boolean
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(message: string, { retry, status, retryAfterMs, ...rest }: SendErrorOptions) {
    super(message, rest)
    this.retry = retry
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** A setting of a service, or a field of a template's section, that is not what it must be. Trying again does not help. */
export class ServiceConfigError extends Error {
  override readonly name = 'ServiceConfigError'
}

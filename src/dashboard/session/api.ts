import type { ApiError } from '../../server/dashboard/messages.ts'
import type { Ports } from './ports.ts'

/** The server refused; its own words are the message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  /** Status of HTTP. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const messageIn = (text: string): string => {
  try {
    const body: Partial<ApiError> = JSON.parse(text)
    return typeof body.message === 'string' ? body.message : text
  } catch {
    return text
  }
}

const answerOf = async (response: Response): Promise<string> => {
  const text = await response.text()
  if (response.ok) return text
  throw new RefusedError(response.status, messageIn(text).trim() || `the server answered ${response.status}`)
}

/**
 * Reads an answer of the API, whose shape the server of the same release vouches for. Rejects with {@link RefusedError}, or
 * with the browser's error where nobody answers.
 */
export const read = async <T>(ports: Pick<Ports, 'request'>, path: string): Promise<T> =>
  JSON.parse(await answerOf(await ports.request(path)))

/** Asks the API to change something. Rejects as {@link read} does. */
export const put = async (ports: Pick<Ports, 'request'>, path: string, body: unknown): Promise<void> => {
  await answerOf(await ports.request(path, { method: 'PUT', body: JSON.stringify(body) }))
}

/** The code of gRPC for what is not there. */
export const notFoundCode = 5

/** Whether the server knows nothing of what was asked for. */
export const isNotFound = (error: unknown): boolean => error instanceof RefusedError && error.status === 404

/** What a person reads of a failure. */
export const failureText = (error: unknown): string => {
  if (error instanceof RefusedError) return error.message
  return 'The dashboard does not answer. Is `kubectl crossfade dashboard` still running?'
}

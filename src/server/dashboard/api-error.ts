import { RefusedCommandError } from '../../client/write-rollout.ts'
import { KubeError, NetworkError } from '../../kube/errors.ts'
import type { ApiError } from './messages.ts'

/** Codes of gRPC that are answered (gRPC documentation, "Status codes"), since clients of the published server know them. */
export const grpcCodes = {
  unknown: 2,
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** Something that a request cannot have, told to whoever sent it. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  /** HTTP status. */
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** What is said of a Rollout that is not there, as the published server says it, which reads from a cache. */
export const notFoundText = (name: string): string => `rollout.argoproj.io ${JSON.stringify(name)} not found`

/** A Rollout that is not there. */
export const notFound = (name: string): RequestError => new RequestError(404, grpcCodes.notFound, notFoundText(name))

/** A request that makes no sense; the message says why. */
export const badRequest = (message: string): RequestError => new RequestError(400, grpcCodes.invalidArgument, message)

/** Statuses of the API server that are passed on. */
const passedOn: ReadonlyMap<number, number> = new Map([
  [400, grpcCodes.invalidArgument],
  [403, grpcCodes.permissionDenied],
  [404, grpcCodes.notFound],
  [409, grpcCodes.failedPrecondition],
  [422, grpcCodes.invalidArgument],
  [429, grpcCodes.resourceExhausted],
])

const fromApiServer = (error: KubeError): RequestError => {
  const code = passedOn.get(error.code)
  if (code !== undefined) return new RequestError(error.code, code, error.serverMessage)
  // 401 would say that the token of the dashboard is wrong.
  const message =
    error.code === 401
      ? 'the API server refuses the credentials of the kubeconfig: log in again, then start the dashboard anew'
      : `the API server answers: ${error.serverMessage}`
  return new RequestError(502, grpcCodes.unavailable, message)
}

/** What is answered for an error: a status and a sentence for the user, never a stack. */
export const requestErrorOf = (error: unknown): RequestError => {
  if (error instanceof RequestError) return error
  if (error instanceof KubeError) return fromApiServer(error)
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof RefusedCommandError) return new RequestError(400, grpcCodes.failedPrecondition, message)
  if (error instanceof NetworkError) {
    return new RequestError(502, grpcCodes.unavailable, `the API server was not reached: ${message}`)
  }
  return new RequestError(500, grpcCodes.unknown, message)
}

/** The body of an answer that tells an error. */
export const errorMessage = ({ code, message }: RequestError): ApiError => ({ code, message })

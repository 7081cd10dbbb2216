import { KubeError, NetworkError } from '../kube/errors.ts'

/** Whether a call of the API server failed for a reason that passes by itself: no answer, overload, a server that starts. */
export const isPassingError = (error: unknown): boolean => {
  if (error instanceof NetworkError) return true
  if (error instanceof KubeError) return error.code === 429 || error.code >= 500
  return error instanceof Error && error.cause !== undefined && isPassingError(error.cause)
}

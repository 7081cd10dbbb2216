import type { JsonObject } from '../lib/json.ts'

/** What an API call was about: enough to find it in an audit log, nothing that could hold a secret. */
export interface CallDescription {
  readonly method: string
  readonly path: string
}

/** A cause inside a `Status` object, such as one refused field of an Invalid answer. */
export interface StatusCause {
  readonly reason?: string
  readonly field?: string
  readonly message?: string
}

/**
 * An answer of the API server that is not a success, or a stream error of a watch.
 * Fields follow `metav1.Status` (Kubernetes API conventions, "Response Status Kind").
 */
export class KubeError extends Error {
  override readonly name = 'KubeError'
  /** HTTP status code. */
  readonly code: number
  /** Machine-readable reason of the Status, such as `NotFound` or `Conflict`; empty when the answer was not a Status. */
  readonly reason: string
  /** How long the server asks to wait, in milliseconds, when it said so. */
  readonly retryAfterMs: number | undefined
  readonly causes: readonly StatusCause[]
  readonly call: CallDescription
  /** The server's own sentence, without the call in front of it. */
  readonly serverMessage: string

  constructor(
    answer: {
      code: number
      reason?: string | undefined
      message?: string | undefined
      retryAfterMs?: number | undefined
      causes?: readonly StatusCause[] | undefined
    },
    call: CallDescription,
  ) {
    const serverMessage = answer.message ?? answer.reason ?? `HTTP ${answer.code}`
    super(`${call.method} ${call.path}: ${serverMessage}`)
    this.code = answer.code
    this.reason = answer.reason ?? ''
    this.retryAfterMs = answer.retryAfterMs
    this.causes = answer.causes ?? []
    this.call = call
    this.serverMessage = serverMessage
  }
}

/** The request did not reach the server, or its answer was lost: the write may or may not have happened. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
  readonly call: CallDescription

  constructor(call: CallDescription, cause: unknown) {
    super(`${call.method} ${call.path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.call = call
  }
}

/**
 * A cluster besides the controller's own, where some of the objects are, cannot be used: what is known of it is wrong, or it
 * does not answer, or it lets the controller do nothing. The message names the cluster and says why.
 */
export class OtherClusterError extends Error {
  override readonly name = 'OtherClusterError'
}

const hasCode =
  (code: number) =>
  (error: unknown): boolean =>
    error instanceof KubeError && error.code === code

/** 404: the object, or its kind, is not there. */
export const isNotFound: (error: unknown) => boolean = hasCode(404)

/** 409 on create: an object of that name exists. */
export const isAlreadyExists = (error: unknown): boolean =>
  error instanceof KubeError && error.code === 409 && error.reason === 'AlreadyExists'

/** 409 on a write that carried a resourceVersion: somebody wrote in between. A reason to look again, not a failure. */
export const isConflict = (error: unknown): boolean =>
  error instanceof KubeError && error.code === 409 && error.reason !== 'AlreadyExists'

/** 410: the resourceVersion is too old to continue from; list again. */
export const isGone: (error: unknown) => boolean = hasCode(410)

/** 422: the server refuses the object as it is. */
export const isInvalid: (error: unknown) => boolean = hasCode(422)

/** 403: RBAC (or admission) refuses the call. */
export const isForbidden: (error: unknown) => boolean = hasCode(403)

const budgetCause = 'DisruptionBudget'

/**
 * 429 on an eviction: a PodDisruptionBudget does not allow it now (Kubernetes documentation, "API-initiated eviction"). The
 * same code means overload everywhere else.
 */
export const isRefusedByBudget = (error: unknown): boolean =>
  error instanceof KubeError && error.code === 429 && error.causes.some(({ reason }) => reason === budgetCause)

/** Reads a `metav1.Status` into an error; a body of another shape keeps the HTTP code and a part of its text. */
export const errorFromStatus = (
  code: number,
  status: JsonObject | undefined,
  call: CallDescription,
  retryAfterMs?: number,
): KubeError => {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
  const details = status?.details
  const detailsObject = details !== null && typeof details === 'object' && !Array.isArray(details) ? details : undefined
  const causes = Array.isArray(detailsObject?.causes) ? detailsObject.causes : []
  const retryAfterSeconds = detailsObject?.retryAfterSeconds
  return new KubeError(
    {
      code: typeof status?.code === 'number' ? status.code : code,
      reason: text(status?.reason),
      message: text(status?.message),
      retryAfterMs: retryAfterMs ?? (typeof retryAfterSeconds === 'number' ? retryAfterSeconds * 1000 : undefined),
      causes: causes.filter(
        (cause): cause is JsonObject => cause !== null && typeof cause === 'object',
      ) as StatusCause[],
    },
    call,
  )
}

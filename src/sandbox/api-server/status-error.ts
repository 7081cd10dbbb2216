import type { FieldError } from '../../api/field-error.ts'
import { formatFieldError, formatFieldErrorBody } from '../../api/field-error.ts'
import type { CallDescription, StatusCause } from '../../kube/errors.ts'
import { KubeError } from '../../kube/errors.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import type { ResourceType } from './resources/resource-type.ts'
import { groupKind, groupResource } from './resources/resource-type.ts'

/** A refused field. A value of the wrong JSON type has a reason of its own in the causes. */
export interface InvalidField extends FieldError {
  readonly wrongType?: true
}

const causeReason = ({ type, wrongType }: InvalidField): string => {
  if (wrongType === true) return 'FieldValueTypeInvalid'
  return type === 'Internal' ? 'InternalError' : `FieldValue${type}`
}

/**
 * An answer that is no success, before it is known to whom it goes. Messages and reasons are those of the real server
 * (`apimachinery/pkg/api/errors`), because people and programs read them.
 */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: number
  readonly reason: string
  readonly details: JsonObject
  readonly causes: readonly StatusCause[]

  constructor(answer: {
    code: number
    reason: string
    message: string
    details?: JsonObject
    causes?: readonly StatusCause[]
  }) {
    super(answer.message)
    this.code = answer.code
    this.reason = answer.reason
    this.details = answer.details ?? {}
    this.causes = answer.causes ?? []
  }

  /** The answer as a `metav1.Status` object. */
  toStatus(): JsonObject {
    const causes = this.causes.map((cause): Json => ({ ...cause }))
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      ...(this.reason === '' ? {} : { reason: this.reason }),
      details: causes.length === 0 ? this.details : { ...this.details, causes },
      code: this.code,
    }
  }

  /** The answer as clients of a transport see it. */
  toKubeError(call: CallDescription): KubeError {
    const retryAfter = this.details.retryAfterSeconds
    return new KubeError(
      {
        code: this.code,
        reason: this.reason,
        message: this.message,
        causes: this.causes,
        retryAfterMs: typeof retryAfter === 'number' ? retryAfter * 1000 : undefined,
      },
      call,
    )
  }
}

type Named = Pick<ResourceType, 'group' | 'plural' | 'kind'>

const detailsOf = (type: Named, name: string): JsonObject => ({
  name,
  ...(type.group === '' ? {} : { group: type.group }),
  kind: type.plural,
})

/** 404 for an object. */
export const notFound = (type: Named, name: string): StatusError =>
  new StatusError({
    code: 404,
    reason: 'NotFound',
    message: `${groupResource(type)} "${name}" not found`,
    details: detailsOf(type, name),
  })

/** 404 for a path that no resource serves. */
export const noSuchResource = (): StatusError =>
  new StatusError({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource' })

/** 405 for a method that a resource does not have. */
export const methodNotAllowed = (): StatusError =>
  new StatusError({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
  })

/** 409 for a name that is taken. */
export const alreadyExists = (type: Named, name: string): StatusError =>
  new StatusError({
    code: 409,
    reason: 'AlreadyExists',
    message: `${groupResource(type)} "${name}" already exists`,
    details: detailsOf(type, name),
  })

/** 409 for a write that does not fit what is stored. */
export const conflict = (type: Named, name: string, why: string, causes: readonly StatusCause[] = []): StatusError =>
  new StatusError({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${groupResource(type)} "${name}": ${why}`,
    details: detailsOf(type, name),
    causes,
  })

/** 409 for a write that carries an old resourceVersion. */
export const modifiedMeanwhile = (type: Named, name: string): StatusError =>
  conflict(type, name, 'the object has been modified; please apply your changes to the latest version and try again')

/** 400. */
export const badRequest = (message: string): StatusError =>
  new StatusError({ code: 400, reason: 'BadRequest', message })

/** 422 with one cause a field. */
export const invalid = (type: Named, name: string, fields: readonly InvalidField[]): StatusError => {
  const sentences = [...new Set(fields.map(formatFieldError))]
  const all = sentences.length === 1 ? sentences[0] : `[${sentences.join(', ')}]`
  return new StatusError({
    code: 422,
    reason: 'Invalid',
    message: `${groupKind(type)} "${name}" is invalid: ${all}`,
    details: {
      ...(name === '' ? {} : { name }),
      ...(type.group === '' ? {} : { group: type.group }),
      kind: type.kind,
    },
    causes: fields.map((field) => ({
      reason: causeReason(field),
      message: formatFieldErrorBody(field),
      field: field.field,
    })),
  })
}

/** 403 by something that is not RBAC: a namespace that is going away, an admission rule. */
export const forbidden = (type: Named, name: string, why: string, causes: readonly StatusCause[] = []): StatusError =>
  new StatusError({
    code: 403,
    reason: 'Forbidden',
    message: `${groupResource(type)} "${name}" is forbidden: ${why}`,
    details: detailsOf(type, name),
    causes,
  })

/** 410 for a resourceVersion that is no longer in the history. */
export const expired = (message: string): StatusError => new StatusError({ code: 410, reason: 'Expired', message })

/** 415 for a patch type that a resource does not take. */
export const unsupportedMediaType = (accepted: readonly string[]): StatusError =>
  new StatusError({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  })

import type * as z from 'zod'

/** What a plugin can be. The same program may be several. */
export type PluginKind = 'metric' | 'router' | 'step'

/** Version of the contract. It is the first part of every path, so that a later one can be offered beside it. */
export const contractVersion = 'v1'

/**
 * One thing that a plugin can be asked to do. All of them are idempotent: a request whose answer was lost is sent again, so
 * doing one twice must be the same as once.
 */
export interface Operation<Request extends z.ZodType = z.ZodType, Answer extends z.ZodType = z.ZodType> {
  readonly kind: PluginKind
  /** For messages and as the operationId of the OpenAPI document. */
  readonly name: string
  readonly method: 'POST' | 'PUT'
  readonly path: `/${string}`
  /** What it does, for the OpenAPI document. */
  readonly summary: string
  readonly request: Request
  readonly answer: Answer
}

import type { KubeRequest, WatchRequest } from '../../kube/transport.ts'
import type { JsonObject } from '../../lib/json.ts'

/** A call on its way to the server, numbered from 1 in the order in which the server got them. */
export interface Call {
  readonly number: number
  readonly user: string
  /** As in audit logs: get, list, watch, create, update, patch, delete, deletecollection. */
  readonly verb: string
  /** Plural with its group: `replicasets.apps`; empty when nobody serves the path. */
  readonly resource: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly request: KubeRequest | WatchRequest
}

/**
 * What is to happen with a call. `fail`: it never reaches the server and throws the error. `loseResponse`: the server
 * carries it out and the caller gets the error. `delay`: it reaches the server later, by the server's clock. `hang`: there is
 * never an answer; the caller's time limit or signal ends it.
 */
export type Verdict =
  | { readonly type: 'proceed' }
  | { readonly type: 'fail'; readonly error: Error }
  | { readonly type: 'loseResponse'; readonly error: Error }
  | { readonly type: 'delay'; readonly ms: number }
  | { readonly type: 'hang' }

/** Stands between the users of transports and the server. Both functions run synchronously; `before` may throw to fail the call. */
export interface Interceptor {
  before?(call: Call): Verdict | undefined
  /** After the server has carried out the call and before the caller hears of it: the moment "between two calls". */
  after?(call: Call, outcome: { readonly body?: JsonObject; readonly error?: unknown }): void
}

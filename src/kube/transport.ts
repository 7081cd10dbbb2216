import type { JsonObject } from '../lib/json.ts'

/** How a patch body is meant (Kubernetes API concepts, "Updates to existing resources"). */
export type PatchType =
  | 'application/merge-patch+json'
  | 'application/json-patch+json'
  | 'application/strategic-merge-patch+json'
  | 'application/apply-patch+yaml'

/** What of several waiting calls goes first: what acts, then what tells about it (`later`), then courtesies (`last`). */
export type Urgency = 'first' | 'later' | 'last'

/** One call of the API server. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the server's address, without query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Content type of `body`; JSON unless a patch says otherwise. */
  readonly contentType?: PatchType | 'application/json'
  /** Limit for the whole call in milliseconds; the transport's default is 30 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** `lease` calls have their own connections, so that leadership does not wait behind other traffic. */
  readonly purpose?: 'lease'
  /** Matters only while calls wait for their turn. Default `first`. */
  readonly urgency?: Urgency
}

/** One line of a watch. `BOOKMARK` carries only a resourceVersion. An `ERROR` line is thrown as KubeError instead. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  readonly object: JsonObject
}

/** A watch of one collection. */
export interface WatchRequest {
  readonly path: string
  /** Selectors, `resourceVersion`, `allowWatchBookmarks`, `timeoutSeconds`; `watch=true` is added. */
  readonly query: Readonly<Record<string, string>>
  /** Silence longer than this is a dead connection and throws NetworkError. */
  readonly idleTimeoutMs: number
  readonly signal: AbortSignal
  /** Called once, when the server has accepted the watch: a quiet collection sends nothing else for a while. */
  readonly onOpen?: () => void
}

/**
 * The way to an API server: real HTTPS, or the sandbox in process. Raw JSON in, raw JSON out; nothing is dropped,
 * renamed or made a Date on the way.
 */
export interface Transport {
  /** The decoded answer. Throws KubeError for an answer that is no success and NetworkError when there was none. */
  request(request: KubeRequest): Promise<JsonObject>
  /**
   * Events in the server's order. The sequence ends when the server closes the stream in order; it throws KubeError
   * (also for an in-stream ERROR) or NetworkError otherwise. Aborting `signal` ends it without an error.
   */
  watch(request: WatchRequest): AsyncIterable<WatchEvent>
}

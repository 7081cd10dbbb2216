/** A request to anything that is not the API server: a metric provider, a webhook. */
export interface NetRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Limit for the whole exchange in milliseconds. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
  /** Largest answer that is read, in bytes; a longer one is a NetFailure. Default 4 MiB. */
  readonly maxBytes?: number
  /** Accept any server certificate. */
  readonly insecure?: boolean
  /** PEM certificates that are trusted besides the system's. */
  readonly ca?: string
  /** Path of a unix socket to connect to instead of the host of the address, which is then only the Host header. */
  readonly socketPath?: string
}

/** An answer that was read whole. Header names are in lower case. */
export interface NetResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** No usable answer: refused, timed out, too long, TLS. The message names host and cause, never credentials. */
export class NetFailure extends Error {
  override readonly name = 'NetFailure'
}

/** Outgoing HTTP: the machine's network, or the sandbox's simulated one. */
export interface Net {
  /** Throws {@link NetFailure}; an HTTP error status is an answer, not a failure. */
  fetch(request: NetRequest): Promise<NetResponse>
}

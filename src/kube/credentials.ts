import { createHash } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'

/** What a TLS connection is made with, as Node's `tls.connect` takes it. */
export interface TlsMaterial {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized?: boolean
}

/** How requests prove who they come from, at the moment. */
export interface Credentials {
  readonly tls: TlsMaterial
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/** Where an API server is and how to talk to it. */
export interface Connection {
  /** Address with scheme, and with the path that a gateway in front of it adds. */
  readonly server: string
  /** The namespace that is meant where none is named. */
  readonly namespace: string
  /** Proxy settings under the names of the environment variables (`HTTPS_PROXY`, `NO_PROXY`, …). */
  readonly proxyEnv?: Readonly<Record<string, string | undefined>>
  /** Credentials for a request. `fresh`: the ones before were refused, so read them anew. */
  authenticate(fresh: boolean): Promise<Credentials>
}

/** A hash that changes exactly when a connection must be made anew. */
export const tlsFingerprint = (tls: TlsMaterial): string => {
  const hash = createHash('sha256')
  for (const part of [tls.ca, tls.cert, tls.key, tls.servername, String(tls.rejectUnauthorized)]) {
    hash.update(part ?? '').update('\u0000')
  }
  return hash.digest('base64')
}

/** How long credentials are used before they are read again: bound tokens on disk rotate well before they expire. */
const lifetimeMs = 60_000

/** Remembers credentials for a minute. Requests that need them at the same time share one read. */
export class CredentialCache {
  readonly #clock: Clock
  readonly #read: (fresh: boolean) => Promise<Credentials>
  #current: { readonly credentials: Promise<Credentials>; readonly readAt: number } | undefined
  #refreshing: Promise<Credentials> | undefined

  /** @param read reads them; with `fresh`, past every cache of its own. */
  constructor(clock: Clock, read: (fresh: boolean) => Promise<Credentials>) {
    this.#clock = clock
    this.#read = read
  }

  /** The credentials; see {@link Connection.authenticate}. Rejects with what reading them threw, and then reads again. */
  get(fresh: boolean): Promise<Credentials> {
    if (fresh) return this.#refresh()
    if (this.#current && this.#clock.monotonic() - this.#current.readAt < lifetimeMs) return this.#current.credentials
    return this.#remember(this.#read(false))
  }

  /** Many requests may be refused at once: one new read serves them all. */
  #refresh(): Promise<Credentials> {
    this.#refreshing ??= this.#remember(this.#read(true)).finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  #remember(credentials: Promise<Credentials>): Promise<Credentials> {
    const current = { credentials, readAt: this.#clock.monotonic() }
    this.#current = current
    credentials.catch(() => {
      if (this.#current === current) this.#current = undefined
    })
    return credentials
  }
}

import http from 'node:http'
import https from 'node:https'
import { type Connection, type TlsMaterial, tlsFingerprint } from './credentials.ts'

/** What a connection is for. Each has its own sockets, so that one kind of traffic never waits for another. */
export type Purpose = 'api' | 'watch' | 'lease'

const maxSockets: Readonly<Record<Purpose, number>> = { api: 16, watch: Number.POSITIVE_INFINITY, lease: 2 }

/** Long enough to be rare, short enough that a peer that is gone is noticed within a minute. */
export const tcpKeepAliveMs = 30_000

interface Pooled {
  readonly fingerprint: string
  readonly agent: http.Agent
}

/**
 * Keep-alive agents by purpose. A new certificate means new connections: the agent is replaced then, requests under way on
 * the old one end in peace, and its idle sockets close.
 */
export class ConnectionPool {
  readonly #secure: boolean
  readonly #proxyEnv: Connection['proxyEnv']
  readonly #agents = new Map<Purpose, Pooled>()

  constructor(connection: Pick<Connection, 'server' | 'proxyEnv'>) {
    this.#secure = connection.server.startsWith('https:')
    this.#proxyEnv = connection.proxyEnv
  }

  agent(purpose: Purpose, tls: TlsMaterial): http.Agent {
    const fingerprint = tlsFingerprint(tls)
    const pooled = this.#agents.get(purpose)
    if (pooled?.fingerprint === fingerprint) return pooled.agent
    if (pooled) retire(pooled.agent)
    const agent = this.#create(purpose, tls)
    this.#agents.set(purpose, { fingerprint, agent })
    return agent
  }

  /** Closes every connection, also those in use. */
  close(): void {
    for (const { agent } of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  #create(purpose: Purpose, tls: TlsMaterial): http.Agent {
    const options: http.AgentOptions = {
      keepAlive: true,
      keepAliveMsecs: tcpKeepAliveMs,
      maxSockets: maxSockets[purpose],
      ...(this.#proxyEnv && { proxyEnv: { ...this.#proxyEnv } }),
    }
    return this.#secure ? new https.Agent({ ...options, ...tls }) : new http.Agent(options)
  }
}

/** `destroy` would also cut the requests under way. */
const retire = (agent: http.Agent): void => {
  agent.maxFreeSockets = 0
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy()
  }
}

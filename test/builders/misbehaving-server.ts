import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'

/** How the server treats one request. Not answering at all is allowed. */
export type Behavior = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
  /** Number of the connection on which it came, from 1. */
  readonly connection: number
}

/** An HTTP(S) server on loopback that does what a test tells it, with real sockets. */
export class MisbehavingServer {
  readonly requests: SeenRequest[] = []
  /** Sockets that are open now. */
  readonly sockets = new Set<Socket>()
  behavior: Behavior
  #connections = 0
  readonly #numbers = new WeakMap<Socket, number>()
  readonly #server: http.Server
  readonly #secure: boolean
  #waiting: { readonly count: number; readonly resolve: () => void }[] = []

  private constructor(behavior: Behavior, tls: https.ServerOptions | undefined) {
    this.behavior = behavior
    this.#secure = tls !== undefined
    const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#receive(request, response)
    this.#server = tls ? https.createServer(tls, onRequest) : http.createServer(onRequest)
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#numbers.set(socket, ++this.#connections)
      this.sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => this.sockets.delete(socket))
    })
  }

  /** Starts it on a free port. */
  static async start(behavior: Behavior, tls?: https.ServerOptions): Promise<MisbehavingServer> {
    const server = new MisbehavingServer(behavior, tls)
    await server.listen()
    return server
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  get url(): string {
    return `${this.#secure ? 'https' : 'http'}://127.0.0.1:${this.port}`
  }

  /** Connections that were ever made. */
  get connections(): number {
    return this.#connections
  }

  /** Resolves once `count` requests have come. */
  received(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  /** Listens, by default on a port of the system's choice; with the port it had before, it is the same server after an outage. */
  listen(port = 0): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }

  /** Cuts every connection and stops listening. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', url = '', headers } = request
    this.requests.push({ method, url, headers, body, connection: this.#numbers.get(request.socket) ?? 0 })
    this.behavior(request, response, body)
    const ready = this.#waiting.filter(({ count }) => this.requests.length >= count)
    this.#waiting = this.#waiting.filter(({ count }) => this.requests.length < count)
    for (const { resolve } of ready) resolve()
  }
}

/** Answers with JSON. */
export const json =
  (code: number, body: unknown, headers: http.OutgoingHttpHeaders = {}): Behavior =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

/** Does one thing for each request in turn; the last for all that follow. */
export const inTurn = (...behaviors: readonly Behavior[]): Behavior => {
  let index = 0
  return (request, response, body) => {
    const behavior = behaviors[Math.min(index++, behaviors.length - 1)]
    behavior?.(request, response, body)
  }
}

/** Never answers. */
export const silence: Behavior = () => {}

/** Cuts the connection instead of an answer. */
export const hangUp: Behavior = (request) => request.socket.destroy()

/** What a Kubernetes API server answers with an error. */
export const statusBody = (code: number, reason: string, more: object = {}): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message: `${reason} it is`,
  ...more,
})

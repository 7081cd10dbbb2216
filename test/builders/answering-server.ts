import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What the server answers; a function decides by the request. */
export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Never answers. */
  readonly silent?: boolean
  /** Cuts the connection instead of answering. */
  readonly reset?: boolean
  /** Sends status and body, and never ends. */
  readonly endless?: boolean
}

/** A real HTTP server on loopback, for tests of what goes over the wire. */
export class AnsweringServer implements AsyncDisposable {
  readonly seen: SeenRequest[] = []
  /** Resolves with the first request. */
  readonly asked: Promise<void>
  readonly #server: Server
  readonly #noteAsked: () => void
  readonly #answer: (request: SeenRequest) => Answer

  private constructor(answer: (request: SeenRequest) => Answer) {
    this.#answer = answer
    const { promise, resolve } = Promise.withResolvers<void>()
    this.asked = promise
    this.#noteAsked = resolve
    this.#server = createServer((request, response) => void this.#serve(request, response))
  }

  /** Starts a server on a free port. */
  static async start(answer: Answer | ((request: SeenRequest) => Answer)): Promise<AnsweringServer> {
    const server = new AnsweringServer(typeof answer === 'function' ? answer : () => answer)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get address(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const { method = '', url = '', headers } = request
    const seen = { method, url, headers, body }
    this.seen.push(seen)
    this.#noteAsked()
    const answer = this.#answer(seen)
    if (answer.silent) return
    if (answer.reset) {
      request.socket.destroy()
      return
    }
    response.writeHead(answer.status ?? 200, answer.headers)
    if (answer.endless) response.write(answer.body ?? '')
    else response.end(answer.body ?? '')
  }

  /** Ends the server and all its connections; a second time does nothing. */
  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { JsonObject } from '../../lib/json.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import { userOfToken } from '../api-server/handlers/token.ts'
import type { ResourceType } from '../api-server/resources/resource-type.ts'
import { parseRoute } from '../api-server/route.ts'
import { StatusError } from '../api-server/status-error.ts'
import { discoveryDocument } from './discovery/discovery.ts'
import type { FrontAddress } from './kubeconfig.ts'
import { formOf, inForm } from './negotiation.ts'
import { OpenApi } from './openapi/openapi.ts'
import type { WireRequest } from './request.ts'
import { readBody, readWireRequest, serverRequestOf } from './request.ts'
import { streamWatch } from './watch-stream.ts'

/** What the front of a sandbox needs. */
export interface FrontOptions {
  readonly server: ApiServer
  /** The secret of the user of the kubeconfig. Others are the tokens that the server gives to ServiceAccounts. */
  readonly token: string
  /** The name of that user in managed fields and request counts. Default `kubernetes-admin`. */
  readonly user?: string
  /** Port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number
}

/** A sandbox that listens. */
export interface Front extends FrontAddress {
  /** Ends all connections and stops to listen. */
  close(): Promise<void>
}

/** The release whose behaviour the sandbox imitates. */
const version: JsonObject = {
  major: '1',
  minor: '34',
  gitVersion: 'v1.34.4+sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'sandbox/memory',
}

const unauthorized = (): StatusError => new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })

const send = (
  response: ServerResponse,
  code: number,
  body: JsonObject | string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void => {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json')
  response.writeHead(code, { 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** A header value holds printable ASCII only; quotes are escaped (RFC 7234, "Warning"). */
const warningHeader = (sentence: string): string =>
  `299 - "${sentence.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, '\\$&')}"`

/** Answers requests of one sandbox. */
class RequestHandler {
  readonly #server: ApiServer
  readonly #token: string
  readonly #user: string
  #openApi: { readonly generation: number; readonly documents: OpenApi } | undefined

  constructor({ server, token, user = 'kubernetes-admin' }: FrontOptions) {
    this.#server = server
    this.#token = token
    this.#user = user
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#answer(readWireRequest(message), message, response)
    } catch (error) {
      const status =
        error instanceof StatusError
          ? error
          : new StatusError({ code: 500, reason: 'InternalError', message: `Internal error: ${error}` })
      if (response.headersSent) response.destroy()
      else send(response, status.code, status.toStatus())
    }
  }

  async #answer(wire: WireRequest, message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (['/healthz', '/readyz', '/livez'].includes(wire.path)) return send(response, 200, 'ok', textHeader)
    const user = wire.token === this.#token ? this.#user : userOfToken(wire.token)
    if (user === undefined) throw unauthorized()
    if (wire.method === 'GET' && this.#answerAbout(wire, response)) return
    const type = this.#typeAt(wire.path)
    if (type === undefined) return send(response, 404, '404 page not found\n', textHeader)
    const isWatch = wire.method === 'GET' && (wire.query.watch === 'true' || wire.query.watch === '1')
    if (isWatch) return this.#watch(user, wire, type, response)
    this.#answerObject(user, wire, type, await readBody(message), response)
  }

  /** Answers what is not about objects: version, discovery, OpenAPI. */
  #answerAbout(wire: WireRequest, response: ServerResponse): boolean {
    const { path } = wire
    if (path === '/version') {
      send(response, 200, version)
      return true
    }
    const document = path.startsWith('/openapi/v3') ? this.#openApiDocument(path) : undefined
    if (document !== undefined) {
      send(response, 200, document)
      return true
    }
    const discovery = discoveryDocument(this.#server.types, path, wire.accept)
    if (discovery === undefined) return false
    send(response, 200, discovery.body, { 'content-type': discovery.contentType })
    return true
  }

  #openApiDocument(path: string): JsonObject | string | undefined {
    const generation = this.#server.typesGeneration
    if (this.#openApi?.generation !== generation) {
      this.#openApi = { generation, documents: new OpenApi(this.#server.types) }
    }
    const { documents } = this.#openApi
    return path === '/openapi/v3' ? documents.index() : documents.document(path.slice('/openapi/v3/'.length))
  }

  #typeAt(path: string): ResourceType | undefined {
    const route = parseRoute(path)
    if (route === undefined) return undefined
    return this.#server.types.find(
      ({ group, version: served, plural }) =>
        group === route.group && served === route.version && plural === route.plural,
    )
  }

  #watch(user: string, wire: WireRequest, type: ResourceType, response: ServerResponse): void {
    this.#server.admit(user, {
      path: wire.path,
      query: wire.query,
      idleTimeoutMs: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
    })
    streamWatch(this.#server, user, wire, type, response)
  }

  #answerObject(user: string, wire: WireRequest, type: ResourceType, body: Buffer, response: ServerResponse): void {
    const warnings: string[] = []
    const request = serverRequestOf(wire, body, (sentence) => warnings.push(warningHeader(sentence)))
    this.#server.admit(user, request)
    const answer = this.#server.handle(user, request)
    const shown = inForm(formOf(wire.accept), type, answer.body, { query: wire.query, now: this.#server.clock.now() })
    send(response, answer.code, shown, warnings.length === 0 ? {} : { warning: warnings })
  }
}

const textHeader = { 'content-type': 'text/plain; charset=utf-8' }

const listen = (http: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, '127.0.0.1', () => {
      const address = http.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })

/**
 * Lets programs talk to a sandbox over HTTP on 127.0.0.1, well enough for kubectl. Requests run on the machine's time,
 * ages and timeouts on the sandbox's clock.
 */
export const serveSandbox = async (options: FrontOptions): Promise<Front> => {
  const handler = new RequestHandler(options)
  const http = createServer((message, response) => void handler.handle(message, response))
  const port = await listen(http, options.port ?? 0)
  return {
    url: `http://127.0.0.1:${port}`,
    token: options.token,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

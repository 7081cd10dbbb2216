import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type ListenAddress, listen } from '../listen.ts'
import { type AccessRules, checkHost, checkOrigin, checkToken, isToken, tokenCookie } from './access.ts'
import { DashboardApi, type DashboardApiOptions } from './api.ts'
import { badRequest, errorMessage, grpcCodes, RequestError, requestErrorOf } from './api-error.ts'
import { type ServedPage, servedPage } from './page.ts'

/** A key and a certificate, both PEM. */
export interface TlsMaterial {
  readonly key: string
  readonly cert: string
}

/** How a dashboard is served. */
export interface DashboardOptions extends DashboardApiOptions {
  readonly at: ListenAddress
  /** Path below which everything is served, such as `rollouts`; empty for none. */
  readonly rootPath: string
  /** The page: one HTML document with its script and style in it. */
  readonly page: string
  /** The secret that whoever asks must have. */
  readonly token: string
  /** Names by which browsers reach it besides `localhost` and addresses of numbers. */
  readonly hostNames: readonly string[]
  /** Without it, plain HTTP is spoken. */
  readonly tls?: TlsMaterial
}

/** A dashboard that runs. */
export interface Dashboard {
  readonly port: number
  /** The path of the page, with slashes at both ends. */
  readonly path: string
  /** Ends all streams and connections, and every watch. */
  close(): Promise<void>
}

const headers: Readonly<Record<string, string>> = {
  'cache-control': 'no-store, no-transform',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // The address that is opened first has the token in it.
  'referrer-policy': 'no-referrer',
}

/** The path below which everything is served, with slashes at both ends: `/rollouts/`. */
export const basePathOf = (rootPath: string): string => {
  const words = rootPath.split('/').filter((word) => word !== '')
  return words.length === 0 ? '/' : `/${words.map(encodeURIComponent).join('/')}/`
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    throw badRequest('the path is not encoded right')
  }
}

const redirect = (response: ServerResponse, location: string): void => {
  response.writeHead(303, { location })
  response.end()
}

/** Answers whatever comes, by its path. */
class DashboardHandler {
  readonly #api: DashboardApi
  readonly #page: ServedPage
  readonly #rules: AccessRules
  readonly #base: string
  readonly #secure: boolean

  constructor(api: DashboardApi, base: string, rules: AccessRules, { page, tls }: DashboardOptions) {
    this.#api = api
    this.#base = base
    this.#rules = rules
    this.#page = servedPage(page, base)
    this.#secure = tls !== undefined
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    try {
      await this.#answer(request, response)
    } catch (error) {
      this.#answerError(response, error)
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    checkHost(request, this.#rules)
    const [path = '/', query = ''] = (request.url ?? '/').split('?')
    const base = this.#base
    if (path === '/' && base !== '/') return redirect(response, base)
    if (`${path}/` === base) return redirect(response, query === '' ? base : `${base}?${query}`)
    if (!path.startsWith(base)) throw new RequestError(404, grpcCodes.unimplemented, `everything is below ${base}`)
    const inner = path.slice(base.length)
    if (!inner.startsWith('api/')) return this.#answerPage(request, response, path, new URLSearchParams(query))
    checkOrigin(request)
    checkToken(request, this.#rules)
    await this.#api.answer(decoded(inner.slice('api/'.length)), request, response)
  }

  /** The page is at every path that is not the API's: it has paths of its own. It holds no secret. */
  #answerPage(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new RequestError(405, grpcCodes.unimplemented, 'the page is read by GET')
    }
    const token = query.get('token')
    if (token !== null) {
      this.#acceptToken(response, token, path)
      return
    }
    const { html, policy } = this.#page
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': Buffer.byteLength(html),
      'content-security-policy': policy,
    })
    response.end(request.method === 'HEAD' ? undefined : html)
  }

  /** The token goes from the address into a cookie: an address is seen, kept and passed on. */
  #acceptToken(response: ServerResponse, token: string, path: string): void {
    if (!isToken(this.#rules, token)) {
      const text =
        'this token is of another dashboard: open the address that "kubectl crossfade dashboard" printed last'
      throw new RequestError(401, grpcCodes.unauthenticated, text)
    }
    response.setHeader('set-cookie', tokenCookie(this.#rules, { path: this.#base, secure: this.#secure }))
    // Two slashes at its beginning would lead to another host.
    redirect(response, path.replace(/^\/+/, '/'))
  }

  #answerError(response: ServerResponse, error: unknown): void {
    // A stream that has begun can only be cut off; a client that has gone hears nothing.
    if (response.headersSent || response.destroyed) {
      response.destroy()
      return
    }
    const known = requestErrorOf(error)
    response.writeHead(known.status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(errorMessage(known))}\n`)
  }
}

const serverFor = (listener: RequestListener, tls: TlsMaterial | undefined) => {
  const server = tls === undefined ? createServer(listener) : createTlsServer({ ...tls }, listener)
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  return server
}

/**
 * Serves the dashboard: the page and its API, which is that of the published one below `api/v1/`. Whoever has the token acts
 * with the rights of the client. Rejects with a ListenError when the port is taken.
 */
export const serveDashboard = async (options: DashboardOptions): Promise<Dashboard> => {
  const { at, rootPath, token, hostNames, tls } = options
  const api = new DashboardApi(options)
  const path = basePathOf(rootPath)
  let handler: DashboardHandler | undefined
  const server = serverFor((request, response) => void handler?.handle(request, response), tls)
  const port = await listen(server, at)
  // Cookies are those of a host: the port in the name keeps two dashboards apart.
  handler = new DashboardHandler(api, path, { token, hostNames, cookie: `crossfade-dashboard-${port}` }, options)
  return {
    port,
    path,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await api.close()
      server.closeAllConnections()
      await closed
    },
  }
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One answer to a GET. */
export interface Page {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** Pages by path. Anything else is 404, any other method 405. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>

/** A running server. */
export interface PageServer {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number
  /** Stops listening and ends idle connections; those that are answering get `deadlineMs`. */
  close(): Promise<void>
}

/** A page of plain text. */
export const textPage = (status: number, body: string): Page => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${body}\n`,
})

const pageFor = async (pages: Pages, request: IncomingMessage): Promise<Page> => {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  if (page === undefined) return textPage(404, `no such page; there are ${Object.keys(pages).join(', ')}`)
  if (request.method !== 'GET' && request.method !== 'HEAD') return textPage(405, 'only GET is allowed')
  try {
    return await page()
  } catch (error) {
    return textPage(500, error instanceof Error ? error.message : 'failed')
  }
}

const answer = async (pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { status, contentType, body } = await pageFor(pages, request)
  response.writeHead(status, { 'content-type': contentType })
  response.end(request.method === 'HEAD' ? undefined : body)
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, () => {
      server.off('error', reject)
      resolve()
    })
  })

/**
 * Serves a few pages, such as health checks and metrics, on all interfaces: probes and Prometheus come from outside the
 * pod. Nothing here writes anything. Rejects with Node's error when the port is taken.
 */
export const servePages = async (port: number, pages: Pages): Promise<PageServer> => {
  const server = createServer((request, response) => void answer(pages, request, response))
  // A probe needs one short exchange; slow clients must not collect connections.
  server.requestTimeout = 10_000
  server.headersTimeout = 5_000
  await listen(server, port)
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

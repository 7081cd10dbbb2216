import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type ListenAddress, listen } from './listen.ts'

/** One answer to a GET. */
export interface Page {
  readonly status: number
  readonly contentType: string
  /** A long one comes in parts, between which the process does something else. */
  readonly body: string | AsyncIterable<string | Uint8Array>
}

/** Pages by path, each told the query of its address. Anything else is 404, any other method 405. */
export type Pages = Readonly<Record<string, (query: URLSearchParams) => Page | Promise<Page>>>

/** A running server. */
export interface PageServer {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number
  /** Stops listening, ends idle connections, and resolves when the others are answered. */
  close(): Promise<void>
}

/** A page of plain text. */
export const textPage = (status: number, body: string): Page => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${body}\n`,
})

const pageFor = async (pages: Pages, request: IncomingMessage): Promise<Page> => {
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined
  if (page === undefined) return textPage(404, `no such page; there are ${Object.keys(pages).join(', ')}`)
  if (request.method !== 'GET' && request.method !== 'HEAD') return textPage(405, 'only GET is allowed')
  try {
    return await page(new URLSearchParams(query))
  } catch (error) {
    return textPage(500, error instanceof Error ? error.message : 'failed')
  }
}

const writeParts = async (response: ServerResponse, parts: AsyncIterable<string | Uint8Array>): Promise<void> => {
  for await (const part of parts) {
    if (response.destroyed) return
    if (!response.write(part)) await Promise.race([once(response, 'drain'), once(response, 'close')])
    await nextTurn()
  }
  response.end()
}

const answer = async (pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { status, contentType, body } = await pageFor(pages, request)
  response.writeHead(status, { 'content-type': contentType })
  if (request.method === 'HEAD') response.end()
  else if (typeof body === 'string') response.end(body)
  // The head is sent: all that is left to tell of a failure is that the answer is cut off.
  else await writeParts(response, body).catch(() => response.destroy())
}

/**
 * Serves a few pages, such as health checks and metrics; on all interfaces unless told otherwise, since probes and Prometheus
 * come from outside the pod. Nothing here writes anything. Rejects with a ListenError when the port is taken.
 */
export const servePages = async (at: ListenAddress, pages: Pages): Promise<PageServer> => {
  const server = createServer((request, response) => void answer(pages, request, response))
  // A probe needs one short exchange; slow clients must not collect connections.
  server.requestTimeout = 10_000
  server.headersTimeout = 5_000
  const port = await listen(server, at)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

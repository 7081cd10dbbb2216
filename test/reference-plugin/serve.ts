import { createServer } from 'node:http'
import type { PluginHttpAnswer, PluginHttpRequest } from './reference-plugin.ts'

/** A plugin that is served. */
export interface ServedPlugin extends AsyncDisposable {
  readonly port: number
}

/** Serves a plugin over HTTP, on a port of loopback or on a unix socket. */
export const servePlugin = async (
  handle: (request: PluginHttpRequest) => PluginHttpAnswer,
  place: { readonly port?: number } | { readonly socketPath: string } = {},
): Promise<ServedPlugin> => {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const { method = '', url: path = '' } = request
    const { status, body } = handle({ method, path, body: text === '' ? {} : JSON.parse(text) })
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => {
    if ('socketPath' in place) server.listen(place.socketPath, resolve)
    else server.listen(place.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

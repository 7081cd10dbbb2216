/**
 * The application of the stories with real pods: `node shop.ts <tag>`, port 8080. It tells its version in the header
 * `x-version`. The end of the tag says how a version behaves: `-bad` answers 500 to every second request, `-slow` takes
 * 300 ms for each, `-crash` ends at once, `-inviting` gives everybody the cookie `invited=always`.
 *
 *   /healthz   whether it takes requests: not once it was asked to stop
 *   /received  how many requests it has had, by path
 *   elsewhere  the shop
 */
import { createServer, type ServerResponse } from 'node:http'

const tag = process.argv[2] ?? 'unknown'
if (tag.endsWith('-crash')) process.exit(1)

const received = new Map<string, number>()
let stopping = false
let requests = 0

function answer(response: ServerResponse, code: number, text: string): void {
  const cookie = tag.endsWith('-inviting') ? { 'set-cookie': 'invited=always; Max-Age=3600; Path=/' } : {}
  response.writeHead(code, { 'x-version': tag, 'content-type': 'text/plain', ...cookie })
  response.end(`${text}\n`)
}

function sell(path: string, response: ServerResponse): void {
  requests += 1
  received.set(path, (received.get(path) ?? 0) + 1)
  const code = tag.endsWith('-bad') && requests % 2 === 0 ? 500 : 200
  setTimeout(() => answer(response, code, tag), tag.endsWith('-slow') ? 300 : 0)
}

const server = createServer((request, response) => {
  const path = request.url ?? '/'
  if (path === '/healthz') answer(response, stopping ? 503 : 200, stopping ? 'stopping' : 'ok')
  else if (path === '/received') answer(response, 200, JSON.stringify(Object.fromEntries(received)))
  else sell(path, response)
})
// Longer than proxies keep theirs, so that they are the ones to close connections.
server.keepAliveTimeout = 600_000
server.listen(8080)

// Answers what is under way, takes nothing new, and ends.
process.once('SIGTERM', () => {
  stopping = true
  server.close(() => process.exit(0))
})

import type { ServerResponse } from 'node:http'
import type { JsonObject } from '../../lib/json.ts'
import type { ApiServer } from '../api-server/api-server.ts'
import type { ResourceType } from '../api-server/resources/resource-type.ts'
import { formOf, inForm } from './negotiation.ts'
import type { WireRequest } from './request.ts'

/** Answers a watch: one JSON object a line, until the server or the client ends it. Throws StatusError when it cannot start. */
export const streamWatch = (
  server: ApiServer,
  user: string,
  wire: WireRequest,
  type: ResourceType,
  response: ServerResponse,
): void => {
  const form = formOf(wire.accept)
  let started = false
  const send = (event: { type: string; object: JsonObject }): void => {
    if (!started) response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    started = true
    response.write(`${JSON.stringify(event)}\n`)
  }
  const request = {
    path: wire.path,
    query: wire.query,
    idleTimeoutMs: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
  }
  const watch = server.watch(user, request, {
    event: ({ type: eventType, object }) => {
      const shown =
        eventType === 'BOOKMARK' && form !== 'table'
          ? object
          : inForm(form, type, object, { query: wire.query, now: server.clock.now() })
      send({ type: eventType, object: shown })
    },
    end: (error) => {
      if (error !== undefined) send({ type: 'ERROR', object: error.toStatus() })
      if (!started) response.writeHead(200, { 'content-type': 'application/json' })
      response.end()
    },
  })
  if (!started) {
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    response.flushHeaders()
    started = true
  }
  response.on('close', () => watch.stop())
}

import http from 'node:http'
import https from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { tcpKeepAliveMs } from './connection-pool.ts'

const unzip = promisify(gunzip)

/** One HTTP request on its way. */
export interface ExchangeRequest {
  readonly url: URL
  readonly method: string
  readonly headers: http.OutgoingHttpHeaders
  readonly body?: string | undefined
  readonly agent: http.Agent
  /** A unix socket to connect to instead of the host of the URL. */
  readonly socketPath?: string | undefined
  /** Ends the exchange at any point; the error is the signal's reason. */
  readonly signal: AbortSignal
}

/** The connection was closed before a byte of the answer came, after it had served requests before. */
export class StaleSocketError extends Error {
  override readonly name = 'StaleSocketError'
}

const isReset = (error: Error): boolean => 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')

/**
 * Sends a request and resolves with the head of the answer. Rejects with {@link StaleSocketError} when a kept connection
 * turned out to be closed, with the signal's reason, or with the socket's error.
 */
export const openExchange = (options: ExchangeRequest): Promise<http.IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { url, method, headers, body, agent, socketPath, signal } = options
    if (signal.aborted) {
      reject(signal.reason)
      return
    }
    const send = url.protocol === 'https:' ? https.request : http.request
    const request = send(url, { method, headers, agent, ...(socketPath !== undefined && { socketPath }) })
    const onAbort = (): void => {
      request.destroy(signal.reason instanceof Error ? signal.reason : new Error('the request was aborted'))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('close', () => signal.removeEventListener('abort', onAbort))
    request.on('socket', (socket) => socket.setKeepAlive(true, tcpKeepAliveMs))
    request.on('response', resolve)
    request.on('error', (error) => {
      if (signal.aborted) reject(signal.reason)
      else if (request.reusedSocket && isReset(error)) reject(new StaleSocketError(error.message, { cause: error }))
      else reject(error)
    })
    request.end(body)
  })

/** Thrown when an answer is longer than anybody is willing to keep in memory. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
}

const readBytes = async (response: http.IncomingMessage, maxBytes: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > maxBytes) throw new BodyTooLargeError(`the answer is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** The whole body as text, unzipped where it is gzip. The limit holds before and after. @throws BodyTooLargeError */
export const readBody = async (response: http.IncomingMessage, maxBytes: number): Promise<string> => {
  const bytes = await readBytes(response, maxBytes)
  if (response.headers['content-encoding'] !== 'gzip') return bytes.toString('utf8')
  try {
    return (await unzip(bytes, { maxOutputLength: maxBytes })).toString('utf8')
  } catch (error) {
    const tooLarge = error instanceof RangeError
    throw tooLarge ? new BodyTooLargeError(`the answer is longer than ${maxBytes} bytes`, { cause: error }) : error
  }
}

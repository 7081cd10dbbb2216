import type { IncomingMessage } from 'node:http'
import type { KubeRequest } from '../../kube/transport.ts'
import { parseYaml } from '../../lib/yaml.ts'
import type { ServerRequest } from '../api-server/api-server.ts'
import { badRequest, methodNotAllowed, StatusError, unsupportedMediaType } from '../api-server/status-error.ts'
import { duplicateFields } from './duplicate-fields.ts'
import { decodeProtobuf, protobufType } from './protobuf/decode.ts'

/** Largest body that is read, as the real server limits it (3 MiB). */
const largestBody = 3 * 1024 * 1024

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string
  /** Without the token that may stand in front of it. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly token: string
  readonly accept: string
  readonly contentType: string
  readonly userAgent: string
}

const bearer = (header: string | undefined): string | undefined => /^Bearer\s+(.+)$/i.exec(header ?? '')?.[1]

/** Splits off a first path segment that is none of the API's own: the token of clients that send no header. */
const splitToken = (path: string): { token: string | undefined; path: string } => {
  const match = /^\/([^/]+)(\/.*)?$/.exec(path)
  const [, first = '', rest = '/'] = match ?? []
  const known = ['api', 'apis', 'openapi', 'version', 'healthz', 'readyz', 'livez', 'logs', ''].includes(first)
  return known ? { token: undefined, path } : { token: first, path: rest }
}

/** Reads everything of a request but its body. */
export const readWireRequest = (message: IncomingMessage): WireRequest => {
  const url = new URL(message.url ?? '/', 'http://sandbox')
  const { token, path } = splitToken(url.pathname)
  const { headers } = message
  return {
    method: message.method ?? 'GET',
    path: path.length > 1 ? path.replace(/\/$/, '') : path,
    query: Object.fromEntries(url.searchParams),
    token: bearer(headers.authorization) ?? token ?? '',
    accept: headers.accept ?? '*/*',
    contentType: (headers['content-type'] ?? 'application/json').split(';')[0] ?? '',
    userAgent: headers['user-agent'] ?? '',
  }
}

const tooLarge = (): StatusError =>
  new StatusError({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${largestBody}`,
  })

/** Reads a body. Throws 413 for one that is too large. */
export const readBody = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message) {
    size += chunk.length
    if (size > largestBody) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw badRequest(`the body of the request is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}

const parseYamlBody = (text: string): unknown => {
  try {
    return parseYaml(text)
  } catch (error) {
    throw badRequest(`the body of the request is not YAML: ${error instanceof Error ? error.message : error}`)
  }
}

const yamlTypes = new Set(['application/yaml', 'application/apply-patch+yaml'])

const parseBody = (text: string, contentType: string): unknown =>
  yamlTypes.has(contentType) && !text.trimStart().startsWith('{') ? parseYamlBody(text) : parseJson(text)

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies readonly KubeRequest['method'][]

const isMethod = (method: string): method is KubeRequest['method'] => methods.includes(method)

const patchTypes: readonly string[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] satisfies readonly KubeRequest['contentType'][]

const isPatchType = (contentType: string): contentType is NonNullable<KubeRequest['contentType']> =>
  patchTypes.includes(contentType)

/** Fields that are in the text twice are refused or warned about as the request asks; the last one counts. */
const checkDuplicates = (wire: WireRequest, text: string, warn: (sentence: string) => void): void => {
  const validation = wire.query.fieldValidation ?? 'Warn'
  if (validation === 'Ignore' || wire.method === 'DELETE' || wire.contentType === 'application/json-patch+json') return
  const sentences = duplicateFields(text).map((path) => `duplicate field "${path}"`)
  if (sentences.length === 0) return
  if (validation === 'Strict') throw badRequest(`strict decoding error: ${sentences.join(', ')}`)
  for (const sentence of sentences) warn(sentence)
}

/** Makes a request of the server from what came over the wire. Throws {@link StatusError} for what cannot be read. */
export const serverRequestOf = (wire: WireRequest, bytes: Buffer, warn: (sentence: string) => void): ServerRequest => {
  if (!isMethod(wire.method)) throw methodNotAllowed()
  const { method, path, query, userAgent, contentType } = wire
  const base = { method, path, query, userAgent, warn }
  if (bytes.length === 0) return base
  if (contentType === protobufType) return { ...base, body: decodeProtobuf(bytes) }
  const text = bytes.toString('utf8')
  if (method === 'PATCH' && !isPatchType(contentType)) throw unsupportedMediaType([...patchTypes])
  checkDuplicates(wire, text, warn)
  const body = parseBody(text, contentType)
  return isPatchType(contentType) ? { ...base, body, contentType } : { ...base, body }
}

import type { Json, JsonObject } from '../../../lib/json.ts'
import { isJsonObject, listOr, objectOr } from '../../../lib/json-value.ts'
import { badRequest } from '../../api-server/status-error.ts'
import builtinMessages from './builtin-messages.json' with { type: 'json' }
import { ProtobufError, readFields, type WireField } from './wire.ts'

/** The content type in which `kubectl create <kind>` sends built-in kinds. */
export const protobufType = 'application/vnd.kubernetes.protobuf'

/** Field number to name and type; made by `scripts/derive-builtin-protobuf.ts`, which says how types are written. */
type Message = Readonly<Record<string, readonly string[]>>

const messages: Readonly<Record<string, Message>> = builtinMessages

/** What stands in front of every message that Kubernetes sends. */
const magic = Buffer.from('k8s\0')

const bytesOf = (value: WireField['value']): Buffer => (typeof value === 'bigint' ? Buffer.alloc(0) : value)

const numberOf = (fields: readonly WireField[], number: number): number => {
  const value = fields.find((field) => field.number === number)?.value
  return typeof value === 'bigint' ? Number(value) : 0
}

const textOf = (fields: readonly WireField[], number: number): string =>
  bytesOf(fields.find((field) => field.number === number)?.value ?? 0n).toString('utf8')

/** A zero time is an empty message; JSON leaves it out or writes null, and the server reads both alike. */
const timeOf = (bytes: Buffer, micro: boolean): Json => {
  const fields = readFields(bytes)
  if (fields.length === 0) return null
  const text = new Date(numberOf(fields, 1) * 1000).toISOString().slice(0, 19)
  return micro ? `${text}.${String(Math.floor(numberOf(fields, 2) / 1000)).padStart(6, '0')}Z` : `${text}Z`
}

const intOrStringOf = (bytes: Buffer): Json => {
  const fields = readFields(bytes)
  return numberOf(fields, 1) === 0 ? numberOf(fields, 2) : textOf(fields, 3)
}

const rawJsonOf = (bytes: Buffer): Json => JSON.parse(textOf(readFields(bytes), 1) || 'null')

const decodeValue = (type: string, value: WireField['value']): Json => {
  if (type === 'int') return Number(value)
  if (type === 'bool') return value === 1n
  const bytes = bytesOf(value)
  if (type.startsWith('#')) return decodeMessage(type.slice(1), bytes)
  switch (type) {
    case 'string':
      return bytes.toString('utf8')
    case 'bytes':
      return bytes.toString('base64')
    case 'double':
      return bytes.readDoubleLE()
    case 'quantity':
      return textOf(readFields(bytes), 1)
    case 'time':
      return timeOf(bytes, false)
    case 'microTime':
      return timeOf(bytes, true)
    case 'intOrString':
      return intOrStringOf(bytes)
    default:
      return rawJsonOf(bytes)
  }
}

const mapEntryOf = (type: string, value: WireField['value']): JsonObject => {
  const entry = readFields(bytesOf(value))
  const inner = entry.find(({ number }) => number === 2)?.value
  return { [textOf(entry, 1)]: inner === undefined ? '' : decodeValue(type, inner) }
}

/** Go writes texts, times and some numbers also when they are zero; JSON leaves them out. */
const isOmitted = (value: Json, type: string): boolean =>
  value === '' || value === null || (type.endsWith('?') && (value === 0 || value === false))

const decodeMessage = (name: string, bytes: Buffer): JsonObject => {
  const message = messages[name] ?? {}
  const object: JsonObject = {}
  for (const { number, value } of readFields(bytes)) {
    const [field, type = ''] = message[number] ?? []
    if (field === undefined) continue
    if (type.startsWith('[]')) object[field] = [...listOr(object[field]), decodeValue(type.slice(2), value)]
    else if (type.startsWith('{}')) object[field] = { ...objectOr(object[field]), ...mapEntryOf(type.slice(2), value) }
    else {
      const decoded = decodeValue(type.replace('?', ''), value)
      if (field === '<') Object.assign(object, isJsonObject(decoded) ? decoded : {})
      else if (!isOmitted(decoded, type)) object[field] = decoded
    }
  }
  return object
}

const messageOf = (apiVersion: string, kind: string): string | undefined => {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
  const name = `${group.split('.')[0]}.${version}.${kind}`
  const known = [`k8s.io.api.${name}`, `k8s.io.apimachinery.pkg.apis.meta.${version}.${kind}`]
  return known.find((one) => messages[one] !== undefined)
}

const decodeEnvelope = (bytes: Buffer): JsonObject => {
  const envelope = readFields(bytes.subarray(magic.length))
  const typeMeta = readFields(bytesOf(envelope.find(({ number }) => number === 1)?.value ?? 0n))
  const [apiVersion, kind] = [textOf(typeMeta, 1), textOf(typeMeta, 2)]
  const message = messageOf(apiVersion, kind)
  if (message === undefined) {
    throw badRequest(`the sandbox does not read ${kind} (${apiVersion}) as protobuf: send it as JSON`)
  }
  const raw = bytesOf(envelope.find(({ number }) => number === 2)?.value ?? 0n)
  return { apiVersion, kind, ...decodeMessage(message, raw) }
}

/** Reads a body of built-in kinds in Kubernetes' protobuf encoding. Throws 400 for what cannot be read. */
export const decodeProtobuf = (bytes: Buffer): JsonObject => {
  if (!bytes.subarray(0, magic.length).equals(magic)) throw badRequest('the body of the request is not protobuf')
  try {
    return decodeEnvelope(bytes)
  } catch (error) {
    if (error instanceof ProtobufError) throw badRequest(error.message)
    throw error
  }
}

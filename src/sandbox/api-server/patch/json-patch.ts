import type { Json } from '../../../lib/json.ts'
import { cloneJson, equalJson, isJsonObject } from '../../../lib/json-value.ts'
import { badRequest, StatusError } from '../status-error.ts'

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: Json
}

/** What the server answers to an operation that does not fit the object; it does not say which one. */
const refused = (): StatusError =>
  new StatusError({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
  })

const membersOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((member) => member.replaceAll('~1', '/').replaceAll('~0', '~'))

const indexIn = (list: readonly Json[], member: string): number => {
  const index = Number(member)
  if (!/^\d+$/.test(member) || index >= list.length) throw refused()
  return index
}

const read = (document: Json, pointer: string): Json => {
  let value: Json | undefined = document
  for (const member of membersOf(pointer)) {
    if (Array.isArray(value)) value = value[indexIn(value, member)]
    else if (isJsonObject(value)) value = value[member]
    else throw refused()
    if (value === undefined) throw refused()
  }
  return value
}

/** Splits a pointer into the container that holds the target and the target's name in it. */
const locate = (document: Json, pointer: string): { container: Json; member: string } => {
  const last = pointer.lastIndexOf('/')
  if (last < 0) throw refused()
  return { container: read(document, pointer.slice(0, last)), member: membersOf(pointer.slice(last))[0] ?? '' }
}

const add = (document: Json, pointer: string, value: Json): void => {
  const { container, member } = locate(document, pointer)
  if (Array.isArray(container)) {
    if (member === '-') container.push(value)
    else if (Number(member) === container.length) container.push(value)
    else container.splice(indexIn(container, member), 0, value)
  } else if (isJsonObject(container)) container[member] = value
  else throw refused()
}

const remove = (document: Json, pointer: string): void => {
  const { container, member } = locate(document, pointer)
  if (Array.isArray(container)) container.splice(indexIn(container, member), 1)
  else if (isJsonObject(container) && container[member] !== undefined) delete container[member]
  else throw refused()
}

const replace = (document: Json, pointer: string, value: Json): void => {
  const { container, member } = locate(document, pointer)
  if (Array.isArray(container)) container[indexIn(container, member)] = value
  else if (isJsonObject(container) && container[member] !== undefined) container[member] = value
  else throw refused()
}

/** Kubernetes' library takes a missing member as null in a test. */
const test = (document: Json, pointer: string, value: Json): void => {
  let found: Json | undefined
  try {
    found = read(document, pointer)
  } catch {
    found = null
  }
  if (!equalJson(found, value)) throw refused()
}

const perform = (document: Json, { op, path, from = '', value = null }: Operation): void => {
  if (op === 'add') add(document, path, cloneJson(value))
  else if (op === 'remove') remove(document, path)
  else if (op === 'replace') replace(document, path, cloneJson(value))
  else if (op === 'test') test(document, path, value)
  else if (op === 'copy') add(document, path, cloneJson(read(document, from)))
  else if (op === 'move') {
    const moved = read(document, from)
    remove(document, from)
    add(document, path, moved)
  } else throw refused()
}

/** RFC 6902. Throws 422 when an operation does not fit, 400 when the body is no list of operations. */
export const applyJsonPatch = (target: Json, patch: unknown): Json => {
  if (!Array.isArray(patch)) {
    throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp')
  }
  const document = cloneJson(target)
  for (const operation of patch) perform(document, operation)
  return document
}

/**
 * Derives the field numbers of built-in kinds from the protobuf definitions that Kubernetes publishes with its Go types:
 * `kubectl create <kind>` sends nothing else. Run by hand, after `derive-builtin-schemas.ts`, when the Kubernetes version is
 * raised:
 *
 *     node scripts/derive-builtin-protobuf.ts <dir of k8s.io/api> <dir of k8s.io/apimachinery>
 *
 * A message is a table from field number to `[name, type]`. A type is a scalar, `#` and the name of a message, with `[]`
 * or `{}` in front for lists and for maps with text keys. `?` behind a type says that JSON leaves out its zero. Fields that
 * JSON writes into their parent have the name `<`.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

type Field = readonly [number: string, name: string, type: string]

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  bytes: 'bytes',
  bool: 'bool',
  int32: 'int',
  int64: 'int',
  double: 'double',
}

/** Messages that JSON does not write as objects. */
const special: Readonly<Record<string, string>> = {
  'k8s.io.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'k8s.io.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'k8s.io.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'k8s.io.apimachinery.pkg.apis.meta.v1.FieldsV1': 'rawJson',
  'k8s.io.apimachinery.pkg.runtime.RawExtension': 'rawJson',
}

const messages = new Map<string, readonly Field[]>()

const typeOf = (text: string, packageName: string): string => {
  const scalar = scalars[text]
  if (scalar !== undefined) return scalar
  const name = text.startsWith('.') ? text.slice(1) : `${packageName}.${text}`
  return special[name] ?? `#${name}`
}

const fieldOf = (line: string, packageName: string): Field | undefined => {
  const map = /^\s*map<string, ([.\w]+)> (\w+) = (\d+);/.exec(line)
  if (map !== null) return [map[3] ?? '', map[2] ?? '', `{}${typeOf(map[1] ?? '', packageName)}`]
  const field = /^\s*(optional|repeated) ([.\w]+) (\w+) = (\d+);/.exec(line)
  if (field === null) return undefined
  const type = typeOf(field[2] ?? '', packageName)
  return [field[4] ?? '', field[3] ?? '', field[1] === 'repeated' ? `[]${type}` : type]
}

const readFile = (file: string): void => {
  const text = readFileSync(file, 'utf8')
  const packageName = /^package ([.\w]+);/m.exec(text)?.[1] ?? ''
  for (const [, name = '', body = ''] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = body.split('\n').map((line) => fieldOf(line, packageName))
    messages.set(
      `${packageName}.${name}`,
      fields.filter((field) => field !== undefined),
    )
  }
}

/** Numbers and flags that Go does not hold by pointer: it writes their zeros to protobuf and leaves them out of JSON. */
const omitted = new Set<string>()

const readGoTypes = (file: string, packageName: string): void => {
  const text = readFileSync(file, 'utf8')
  for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
    for (const line of body.split('\n')) {
      const field = /^\t\w+\s+([^\s`]+)\s+`json:"\w+,omitempty" protobuf:"varint,(\d+),/.exec(line)
      if (field !== null && !field[1]?.startsWith('*')) omitted.add(`${packageName}.${name} ${field[2]}`)
    }
  }
}

const schemasFile = new URL('../src/sandbox/api-server/schema/builtin-schemas.json', import.meta.url)
const schemas: Record<string, { properties?: Record<string, unknown> }> = JSON.parse(readFileSync(schemasFile, 'utf8'))

/** A field that the JSON schema of its type does not have is embedded in Go, and its members stand in the parent. */
const nameOf = (message: string, field: string, type: string): string => {
  const properties = schemas[message.replace('k8s.io.', 'io.k8s.')]?.properties
  if (properties === undefined || properties[field] !== undefined) return field
  return type.startsWith('#') ? '<' : field.replace(/^aPI/, 'api')
}

const entryOf = (message: string, [number, field, type]: Field): readonly [string, string] => [
  nameOf(message, field, type),
  omitted.has(`${message} ${number}`) ? `${type}?` : type,
]

const derive = (): Record<string, Record<string, readonly [string, string]>> => {
  const pending = Object.keys(schemas).map((name) => name.replace('io.k8s.', 'k8s.io.'))
  const found: Record<string, Record<string, readonly [string, string]>> = {}
  while (pending.length > 0) {
    const name = pending.pop() ?? ''
    const fields = messages.get(name)
    if (fields === undefined || found[name] !== undefined) continue
    found[name] = Object.fromEntries(fields.map((field) => [field[0], entryOf(name, field)]))
    for (const [, , type] of fields) if (type.includes('#')) pending.push(type.slice(type.indexOf('#') + 1))
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const folders = process.argv.slice(2)
if (folders.length !== 2) throw new Error('give the directories of the Go modules k8s.io/api and k8s.io/apimachinery')
for (const folder of folders) {
  for (const file of globSync('**/generated.proto', { cwd: folder })) readFile(join(folder, file))
  const root = folder.includes('apimachinery') ? 'k8s.io.apimachinery' : 'k8s.io.api'
  for (const file of globSync('**/types*.go', { cwd: folder })) {
    readGoTypes(join(folder, file), `${root}.${dirname(file).replaceAll('/', '.')}`)
  }
}
const target = new URL('../src/sandbox/http/protobuf/builtin-messages.json', import.meta.url)
writeFileSync(target, `${JSON.stringify(derive())}\n`)

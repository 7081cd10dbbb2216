import type { Json, JsonObject } from '../../lib/json.ts'
import { isJsonObject } from '../../lib/json-value.ts'
import { formatGoYaml } from '../../lib/yaml.ts'
import { compareYamlKeys } from '../../lib/yaml-key-order.ts'
import { CommandError } from '../command-error.ts'
import { type Invocation, say } from '../invocation.ts'

/** Characters of HTML that Go's encoder escapes, with the two line ends that JavaScript did not take in texts. */
const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** JSON as Go writes it, indented by two spaces unless told otherwise. Keys stay in their order. */
export const goJson = (value: Json, indent: number | undefined = 2): string =>
  escaped(JSON.stringify(value, undefined, indent))

/** An object with its keys in the order of Go's YAML library, also inside. */
export const sortedKeys = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(sortedKeys)
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).sort(([a], [b]) => compareYamlKeys(a, b))
  return Object.fromEntries(members.map(([key, member]) => [key, sortedKeys(member ?? null)]))
}

/** Prints data by name in the format of `-o`: names, JSON or YAML. Throws CommandError for a format that there is not. */
export const printData = (invocation: Invocation, items: JsonObject, format: string): void => {
  if (format === 'name') for (const name of Object.keys(items)) say(invocation, name)
  else if (format === 'json') say(invocation, goJson(items))
  else if (format === 'yaml') invocation.context.out.write(formatGoYaml(sortedKeys(items)))
  else throw new CommandError(`output '${format}' is not supported`)
}

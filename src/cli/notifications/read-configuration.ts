import { configMaps, secrets } from '../../api/resources.ts'
import type { Resource } from '../../kube/resource.ts'
import type { Json, JsonObject } from '../../lib/json.ts'
import { isJsonObject, objectOr, stringOr } from '../../lib/json-value.ts'
import { parseYamlDocuments } from '../../lib/yaml.ts'
import {
  type NotificationConfig,
  notificationConfigMapName,
  notificationSecretName,
  parseNotificationConfig,
} from '../../notifications/configuration.ts'
import { compileTemplates, type Templates } from '../../notifications/templates.ts'
import { compileTriggers, type Triggers } from '../../notifications/triggers.ts'
import { CommandError } from '../command-error.ts'
import type { Invocation } from '../invocation.ts'
import { readText } from '../read-text.ts'

/** The value of `--secret` for a Secret without keys. */
const noSecret = ':empty'

type Texts = Readonly<Record<string, string>>

/** A configuration whose templates and conditions have been compiled. */
export interface Compiled {
  readonly config: NotificationConfig
  readonly templates: Templates
  readonly triggers: Triggers['byName']
}

const textsOf = (value: Json | undefined): Texts =>
  Object.fromEntries(
    Object.entries(objectOr(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )

/** The object of a file with several. Throws CommandError in the published plugin's words. */
const fromFile = async ({ context }: Invocation, path: string, kind: string, name: string): Promise<JsonObject> => {
  const documents = parseYamlDocuments(await readText(context, path))
  const found = documents.filter(isJsonObject).find((object) => {
    const isCore = !(stringOr(object.apiVersion) ?? '').includes('/')
    return isCore && object.kind === kind && objectOr(object.metadata).name === name
  })
  if (found === undefined) throw new CommandError(`file '${path}' does not have '/${kind}/${name}'`)
  return found
}

const fromCluster = (invocation: Invocation, resource: Resource, name: string): Promise<JsonObject> =>
  invocation.withCluster(({ client, namespace }) => client.get(resource, { namespace, name }))

const readObject = (invocation: Invocation, path: string | undefined, resource: Resource, name: string) =>
  path === undefined ? fromCluster(invocation, resource, name) : fromFile(invocation, path, resource.kind, name)

const readSecret = async (invocation: Invocation): Promise<Texts> => {
  const path = invocation.options.text('secret')
  if (path === noSecret) return {}
  const { data, stringData } = await readObject(invocation, path, secrets, notificationSecretName)
  const decoded = Object.entries(textsOf(data)).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])
  return { ...Object.fromEntries(decoded), ...textsOf(stringData) }
}

/**
 * Reads the configuration that the flags name, from files or from the cluster, and compiles it. Throws for one that cannot be used: where
 * the controller leaves out what is wrong, a person who asks is told.
 */
export const readConfiguration = async (invocation: Invocation): Promise<Compiled> => {
  const secretData = await readSecret(invocation)
  const path = invocation.options.text('configMap')
  const { data } = await readObject(invocation, path, configMaps, notificationConfigMapName)
  const config = parseNotificationConfig(textsOf(data), secretData)
  const templates = compileTemplates(config.templates)
  const triggers = compileTriggers(config.triggers)
  const faults = [...config.faults, ...templates.faults, ...triggers.faults]
  for (const { key, message } of faults.filter(({ isUsable }) => isUsable)) invocation.log.warn(`${key} ${message}`)
  const grave = faults.filter(({ isUsable }) => !isUsable)
  if (grave.length > 0)
    throw new CommandError(`errors getting apis: [${grave.map(({ message }) => message).join(', ')}]`)
  return { config, templates, triggers: triggers.byName }
}

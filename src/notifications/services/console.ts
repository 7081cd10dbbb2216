import type { Json, JsonObject } from '../../lib/json.ts'
import { isJsonObject } from '../../lib/json-value.ts'
import { formatGoYaml } from '../../lib/yaml.ts'
import type { Notification } from './service.ts'

/** What the published controller prints of a section also where a template does not set it. */
const printedAlways: Readonly<Record<string, JsonObject>> = {
  awssqs: { messageAttributes: null },
  // What the published controller takes for the two where a template says nothing.
  github: {
    repoURLPath: '{{.app.spec.source.repoURL}}',
    revisionPath: '{{.app.status.operationState.syncResult.revision}}',
  },
  googlechat: { cards: '', cardsV2: '' },
  newrelic: { revision: '' },
  opsgenie: { description: '' },
  pagerduty: { title: '' },
  pagerdutyv2: { severity: '', source: '', summary: '', url: '' },
  slack: { deliveryPolicy: 'Post', groupingKey: '', notifyBroadcast: false },
}

/** The same of each webhook of the section. */
const webhookDefaults: JsonObject = { body: '', method: '', path: '' }

const isEmpty = (value: Json | undefined): boolean =>
  value === undefined ||
  value === '' ||
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0)

/** Keys in order, and nothing that is empty, as Go's JSON has it for most fields. */
const tidied = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(tidied)
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).filter(([, member]) => !isEmpty(member))
  return Object.fromEntries(
    members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, tidied(member ?? null)]),
  )
}

/** A tidied object with what is printed always, in the order of its keys. */
const filled = (value: Json, defaults: JsonObject): Json => {
  const tidy = tidied(value)
  if (!isJsonObject(tidy)) return tidy
  return Object.fromEntries(Object.entries({ ...defaults, ...tidy }).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const printedSection = (key: string, section: Json): Json => {
  if (key !== 'webhook' || !isJsonObject(section)) return filled(section, printedAlways[key] ?? {})
  const hooks = Object.entries(section).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(hooks.map(([name, hook]) => [name, filled(hook ?? {}, webhookDefaults)]))
}

/** A notification, or a template, as the published plugin prints it: the message and every section, with keys in alphabetical order. */
export const printedNotification = ({ message, sections }: Pick<Notification, 'message' | 'sections'>): JsonObject => {
  const printed = Object.entries(sections).map(([key, section]) => [key, printedSection(key, section)] as const)
  const all = [...printed, ...(message === '' ? [] : [['message', message] as const])]
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A notification as the recipient `console` shows it: YAML. */
export const formatNotification = (notification: Pick<Notification, 'message' | 'sections'>): string =>
  formatGoYaml(printedNotification(notification))

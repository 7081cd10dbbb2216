import * as z from 'zod'
import type { LabelSelector } from '../api/kubernetes/label-selector.ts'
import { parseSelector, SelectorSyntaxError } from '../api/kubernetes/parse-selector.ts'
import type { Json } from '../lib/json.ts'
import { isJsonObject } from '../lib/json-value.ts'
import { parseYaml, YamlError } from '../lib/yaml.ts'

/** The ConfigMap that configures notifications, under its published name. */
export const notificationConfigMapName = 'argo-rollouts-notification-configmap'

/** The Secret whose keys the ConfigMap refers to as `$key`, under its published name. */
export const notificationSecretName = 'argo-rollouts-notification-secret'

const conditionSchema = z.object({
  when: z.string().optional(),
  description: z.string().optional(),
  send: z.array(z.string()).optional(),
  oncePer: z.string().optional(),
})

/** One condition of a trigger as the ConfigMap has it: what to send when an expression holds. */
export type TriggerCondition = z.infer<typeof conditionSchema>

/** A template as the ConfigMap has it. Every text in a section is a Go template. */
export interface NotificationTemplate {
  readonly message: string | undefined
  /** By their key: `slack`, `email`, `webhook`. */
  readonly sections: Readonly<Record<string, Json>>
}

/** A service under the name by which subscriptions call it. */
export interface ServiceConfiguration {
  readonly name: string
  /** The kind of service: `slack`. */
  readonly type: string
  /** Its settings, with the values of the Secret in place: never shown. */
  readonly options: Json
}

/** Recipients of every Rollout that a selector matches. */
export interface GlobalSubscription {
  /** `<service>:<recipient>`. */
  readonly recipients: readonly string[]
  /** Empty: the default triggers. */
  readonly triggers: readonly string[]
  readonly selector: LabelSelector
}

/** Something that is wrong in the configuration; the rest of it counts. */
export interface ConfigurationFault {
  /** The key of the ConfigMap. */
  readonly key: string
  /** Field, what is wrong and what was expected; without secrets. */
  readonly message: string
  /** What is configured there is used nonetheless. */
  readonly isUsable?: true
}

/** The notifications that a ConfigMap and a Secret configure. */
export interface NotificationConfig {
  /** By name; `slack` for `service.slack`, `team` for `service.slack.team`. */
  readonly services: ReadonlyMap<string, ServiceConfiguration>
  readonly triggers: ReadonlyMap<string, readonly TriggerCondition[]>
  readonly templates: ReadonlyMap<string, NotificationTemplate>
  readonly subscriptions: readonly GlobalSubscription[]
  /** Triggers of subscriptions that name none. */
  readonly defaultTriggers: readonly string[]
  /** The same, of one service. */
  readonly serviceDefaultTriggers: ReadonlyMap<string, readonly string[]>
  /** Values that templates and conditions see as `context`. */
  readonly context: Readonly<Record<string, string>>
  /** Keys and decoded values of the Secret: what templates see as `secrets`. */
  readonly secrets: Readonly<Record<string, string>>
  readonly faults: readonly ConfigurationFault[]
}

const templateSchema = z.looseObject({ message: z.string().optional() })
const namesSchema = z.array(z.string())
const contextSchema = z.record(z.string(), z.string())
const subscriptionSchema = z.object({
  recipients: namesSchema.nullish(),
  triggers: namesSchema.nullish(),
  selector: z.string().nullish(),
})

const fieldText = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')

/** Why a part of the configuration cannot be used. */
class PartError extends Error {
  override readonly name = 'PartError'
}

/** Reads the YAML under a key as a schema has it; an empty text is `null`. */
const read = <T>(schema: z.ZodType<T>, text: string): T => {
  const parsed = schema.safeParse(parseYaml(text))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = fieldText(issue?.path ?? [])
  throw new PartError(`${field === '' ? '' : `${field}: `}${issue?.message ?? 'cannot be read'}`)
}

const conditionsOf = (text: string): readonly TriggerCondition[] =>
  read(z.array(conditionSchema).nullable(), text) ?? []

const templateOf = (text: string): NotificationTemplate => {
  const { message, ...sections } = read(templateSchema.nullable(), text) ?? {}
  return { message, sections: z.record(z.string(), z.json()).parse(sections) }
}

const subscriptionsOf = (text: string): readonly GlobalSubscription[] =>
  (read(z.array(subscriptionSchema).nullable(), text) ?? []).map(({ recipients, triggers, selector }) => ({
    recipients: recipients ?? [],
    triggers: triggers ?? [],
    selector: parseSelector(selector ?? ''),
  }))

const namesOf = (text: string): readonly string[] => read(namesSchema.nullable(), text) ?? []

/** A reference to a key of the Secret, as published. */
const reference = /\$([\w-]+)/g

type Secrets = Readonly<Record<string, string>>

/** Texts with the values of the Secret in place of `$key`; what the Secret does not have stays as it is. */
const withSecrets = (value: Json, secrets: Secrets, missing: Set<string>): Json => {
  if (typeof value === 'string') {
    return value.replace(reference, (whole, key: string) => {
      if (Object.hasOwn(secrets, key)) return secrets[key] ?? whole
      missing.add(whole)
      return whole
    })
  }
  if (Array.isArray(value)) return value.map((item) => withSecrets(item, secrets, missing))
  if (!isJsonObject(value)) return value
  const members = Object.entries(value).map(([key, member]) => [key, withSecrets(member ?? null, secrets, missing)])
  return Object.fromEntries(members)
}

/** The parts of a configuration as they are gathered. */
class Gathering {
  readonly services = new Map<string, ServiceConfiguration>()
  readonly triggers = new Map<string, readonly TriggerCondition[]>()
  readonly templates = new Map<string, NotificationTemplate>()
  readonly serviceDefaultTriggers = new Map<string, readonly string[]>()
  readonly faults: ConfigurationFault[] = []
  readonly #secrets: Secrets
  subscriptions: readonly GlobalSubscription[] = []
  defaultTriggers: readonly string[] = []
  context: Readonly<Record<string, string>> = {}

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** Takes in one key of the ConfigMap; what is wrong with it is a fault. */
  take(key: string, text: string): void {
    try {
      this.#read(key, text)
    } catch (error) {
      if (!(error instanceof PartError || error instanceof YamlError || error instanceof SelectorSyntaxError))
        throw error
      this.faults.push({ key, message: error.message })
    }
  }

  #read(key: string, text: string): void {
    const [part = '', ...rest] = key.split('.')
    const name = rest.join('.')
    if (key === 'subscriptions') this.subscriptions = subscriptionsOf(text)
    else if (key === 'defaultTriggers') this.defaultTriggers = namesOf(text)
    else if (key === 'context') this.context = read(contextSchema.nullable(), text) ?? {}
    else if (name === '') return
    else if (part === 'template') this.templates.set(name, templateOf(text))
    else if (part === 'trigger') this.triggers.set(name, conditionsOf(text))
    else if (part === 'defaultTriggers') this.serviceDefaultTriggers.set(name, namesOf(text))
    else if (part === 'service') this.#readService(key, rest, text)
  }

  #readService(key: string, [type = '', name = type, ...more]: readonly string[], text: string): void {
    if (more.length > 0)
      throw new PartError('the key has too many parts; expected service.<type> or service.<type>.<name>')
    const missing = new Set<string>()
    const options = withSecrets(parseYaml(text), this.#secrets, missing)
    this.services.set(name, { name, type, options })
    // As published the text stays: a $ may just be a part of it.
    const keys = [...missing].map((each) => each.slice(1)).join(', ')
    if (missing.size > 0)
      this.faults.push({
        key,
        message: `refers to ${keys}, which the Secret does not have; add it there`,
        isUsable: true,
      })
  }
}

/**
 * Reads the data of the ConfigMap, and the decoded data of the Secret that it refers to. What is wrong is a fault that stops
 * nothing else; unknown keys are left alone, as published.
 */
export const parseNotificationConfig = (
  data: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): NotificationConfig => {
  const gathering = new Gathering(secrets)
  for (const key of Object.keys(data).sort()) gathering.take(key, data[key] ?? '')
  const { services, triggers, templates, subscriptions, defaultTriggers, serviceDefaultTriggers } = gathering
  const { context, faults } = gathering
  return {
    ...{ services, triggers, templates, subscriptions, defaultTriggers, serviceDefaultTriggers, context, secrets },
    faults,
  }
}

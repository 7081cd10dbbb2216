import * as z from 'zod'
import { matchesSelector } from '../api/kubernetes/selector.ts'
import { parseYaml, YamlError } from '../lib/yaml.ts'
import type { NotificationConfig } from './configuration.ts'
import type { Destination } from './services/service.ts'

/** Where the annotations of subscriptions begin. */
const prefix = 'notifications.argoproj.io/'

/** An annotation that cannot be read. */
export interface SubscriptionFault {
  readonly annotation: string
  readonly message: string
}

/** Who is told by which trigger, each once. */
export interface Subscriptions {
  readonly byTrigger: ReadonlyMap<string, readonly Destination[]>
  readonly faults: readonly SubscriptionFault[]
}

type Strings = Readonly<Record<string, string>>
type Defaults = Pick<NotificationConfig, 'defaultTriggers' | 'serviceDefaultTriggers'>

interface Subscription extends Destination {
  /** Empty: the default triggers. */
  readonly trigger: string
}

const listSchema = z
  .array(
    z.object({
      trigger: z.array(z.string()).nullish(),
      destinations: z.array(z.object({ service: z.string(), recipients: z.array(z.string()).nullish() })).nullish(),
    }),
  )
  .nullable()

/** Recipients are separated by semicolons; a service may need none. */
const recipientsOf = (text: string): readonly string[] => {
  if (text === '') return ['']
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** `subscribe.<trigger>.<service>`, or `subscribe.<service>` for the default triggers. */
const ofKey = (key: string, value: string): readonly Subscription[] => {
  const [first = '', second] = key.split('.')
  const [trigger, service] = second === undefined ? ['', first] : [first, second]
  return recipientsOf(value).map((recipient) => ({ trigger, service, recipient }))
}

/** `subscriptions`: a YAML list of triggers and destinations. */
const ofList = (value: string): readonly Subscription[] =>
  (listSchema.parse(parseYaml(value)) ?? []).flatMap(({ trigger, destinations }) =>
    (destinations ?? []).flatMap(({ service, recipients }) =>
      (recipients ?? []).flatMap((recipient) =>
        (trigger?.length ? trigger : ['']).map((each) => ({ trigger: each, service, recipient })),
      ),
    ),
  )

const faultText = (error: unknown): string => {
  if (error instanceof YamlError) return error.message
  if (!(error instanceof z.ZodError)) throw error
  const [issue] = error.issues
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`
}

const ofAnnotations = (annotations: Strings, faults: SubscriptionFault[]): readonly Subscription[] =>
  Object.entries(annotations).flatMap(([annotation, value]) => {
    const subscribe = `${prefix}subscribe.`
    if (annotation.startsWith(subscribe)) return ofKey(annotation.slice(subscribe.length), value)
    if (!annotation.startsWith(`${prefix}subscriptions`)) return []
    try {
      return ofList(value)
    } catch (error) {
      faults.push({ annotation, message: faultText(error) })
      return []
    }
  })

const ofEverybody = ({ subscriptions }: NotificationConfig, labels: Strings): readonly Subscription[] =>
  subscriptions
    .filter(({ selector }) => matchesSelector(selector, labels))
    .flatMap(({ recipients, triggers }) =>
      recipients.flatMap((text) => {
        const [service = '', ...rest] = text.split(':')
        const destination = { service, recipient: rest.join(':') }
        return (triggers.length === 0 ? [''] : triggers).map((trigger) => ({ trigger, ...destination }))
      }),
    )

/** For annotations a service may have default triggers of its own; global subscriptions know the general ones only. */
const triggersOf = (trigger: string, service: string, defaults: Defaults, isGlobal: boolean): readonly string[] => {
  if (trigger !== '') return [trigger]
  const own = isGlobal ? undefined : defaults.serviceDefaultTriggers.get(service)
  return own ?? defaults.defaultTriggers
}

/** Who is to be told of a Rollout with these labels and annotations: the global subscriptions first, as published. */
export const subscriptionsOf = (config: NotificationConfig, labels: Strings, annotations: Strings): Subscriptions => {
  const faults: SubscriptionFault[] = []
  const byTrigger = new Map<string, Destination[]>()
  const add = ({ trigger, service, recipient }: Subscription, isGlobal: boolean): void => {
    for (const name of triggersOf(trigger, service, config, isGlobal)) {
      const known = byTrigger.get(name) ?? []
      byTrigger.set(name, known)
      if (!known.some((each) => each.service === service && each.recipient === recipient)) {
        known.push({ service, recipient })
      }
    }
  }
  for (const subscription of ofEverybody(config, labels)) add(subscription, true)
  for (const subscription of ofAnnotations(annotations, faults)) add(subscription, false)
  return { byTrigger, faults }
}

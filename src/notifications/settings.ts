import { redactor } from '../lib/redact.ts'
import { type ConfigurationFault, type NotificationConfig, parseNotificationConfig } from './configuration.ts'
import { createService } from './services/registry.ts'
import { ServiceConfigError } from './services/send-error.ts'
import type { Service } from './services/service.ts'
import { compileTemplates, type Templates } from './templates.ts'
import { compileTriggers, firesWhenTrue, type Triggers } from './triggers.ts'

/** A configuration that is ready for use: conditions and templates are compiled, services can send. */
export interface Settings {
  readonly config: NotificationConfig
  readonly triggers: Triggers['byName']
  readonly templates: Templates
  /** By the name that subscriptions use. */
  readonly services: ReadonlyMap<string, Service>
  /** Everything that is wrong; the rest counts. */
  readonly faults: readonly ConfigurationFault[]
  /** Whether some condition fires when it becomes true. */
  readonly watchesChanges: boolean
  /** Hides the values of the Secret. */
  readonly redact: (text: string) => string
}

type Data = Readonly<Record<string, string>>

/** Shorter values hide nothing, and would blot out half of a message. */
const shortestSecret = 4

const servicesOf = (
  { services, secrets }: NotificationConfig,
  faults: ConfigurationFault[],
): ReadonlyMap<string, Service> => {
  const usable = new Map<string, Service>()
  for (const { name, type, options } of services.values()) {
    const key = name === type ? `service.${type}` : `service.${type}.${name}`
    try {
      usable.set(name, createService(type, options, key, Object.values(secrets)))
    } catch (error) {
      if (!(error instanceof ServiceConfigError)) throw error
      faults.push({ key, message: error.message })
    }
  }
  return usable
}

/** Prepares the data of the ConfigMap and the decoded data of the Secret. */
export const settingsOf = (data: Data, secretData: Data): Settings => {
  const config = parseNotificationConfig(data, secretData)
  const { byName: triggers, faults: ofTriggers } = compileTriggers(config.triggers)
  const templates = compileTemplates(config.templates)
  const faults = [...config.faults, ...ofTriggers, ...templates.faults]
  const services = servicesOf(config, faults)
  const redact = redactor(Object.values(secretData).filter(({ length }) => length >= shortestSecret))
  const watchesChanges = [...triggers.values()].some((each) => each.some(firesWhenTrue))
  return { config, triggers, templates, services, faults, watchesChanges, redact }
}

import type { Json } from '../../lib/json.ts'
import { redactor } from '../../lib/redact.ts'
import { parseFields } from './fields.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { Notification, OwnNotification, Service, ServiceContext, ServiceKind } from './service.ts'

/** Shorter texts hide nothing and would blot out half of a message. */
const shortestSecret = 4

const secretsOf = (texts: readonly (string | undefined)[]): ServiceContext['secrets'] => {
  const known = new Set<string>()
  let redact = redactor([])
  const hide = (text: string | undefined): void => {
    if (text === undefined || text.length < shortestSecret || known.has(text)) return
    known.add(text)
    redact = redactor([...known])
  }
  for (const text of texts) hide(text)
  return { hide, redact: (text) => redact(text) }
}

const ownNotification = <Config, Section>(
  { section }: ServiceKind<Config, Section>,
  { message, sections, template }: Notification,
): OwnNotification<Section> => {
  const own = section && sections[section.key]
  const isThere = section !== undefined && own !== undefined && own !== null
  return { message, template, section: isThere ? parseFields(section.schema, own, section.key) : undefined }
}

const sendErrorOf = (error: unknown, where: string, redact: (text: string) => string): SendError => {
  const reason = error instanceof Error ? error.message : String(error)
  const message = redact(`sending by ${where}: ${reason}`)
  if (error instanceof SendError) {
    const { retry, status, retryAfterMs } = error
    return new SendError(message, { retry, status, retryAfterMs })
  }
  // Whatever else comes up says nothing about a next try; a setting that is wrong stays wrong.
  return new SendError(message, { retry: !(error instanceof ServiceConfigError) })
}

/** Makes a service of the value of its key in the ConfigMap. */
export type Bind = (raw: Json | undefined, key: string, secrets: readonly string[]) => Service

/** {@link Bind} for a kind. It throws {@link ServiceConfigError}. */
export const bind =
  <Config, Section>(kind: ServiceKind<Config, Section>): Bind =>
  (raw, key, secrets) => {
    const config = parseFields(kind.config, raw ?? {}, key)
    const hidden = [...secrets, ...kind.secrets(config)]
    return {
      type: kind.type,
      section: kind.section?.key,
      retries: kind.retries?.(config),
      send: async (notification, destination, context) => {
        const kept = secretsOf(hidden)
        try {
          const own = ownNotification(kind, notification)
          await kind.send(config, own, destination, { ...context, secrets: kept })
        } catch (error) {
          throw sendErrorOf(error, key, kept.redact)
        }
      },
    }
  }

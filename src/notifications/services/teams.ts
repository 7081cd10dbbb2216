import type * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { fields, flag, objectList, optionalText, parseJsonField, textMap } from './fields.ts'
import { addressSecrets, send } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceKind } from './service.ts'

/** Settings of both services of Microsoft Teams. */
export const teamsConfig = fields({ recipientUrls: textMap.optional().default({}), insecureSkipVerify: flag })

/** What a template can say of a card; lists are JSON. */
export const cardFields = {
  template: optionalText,
  title: optionalText,
  summary: optionalText,
  text: optionalText,
  themeColor: optionalText,
  facts: optionalText,
  sections: optionalText,
  potentialAction: optionalText,
}

/** The section `teams` of a template. */
const section = fields(cardFields)

type Section = z.output<typeof section>

/** A list that a field of the section holds as JSON; empty where it holds nothing. */
const listIn = (field: 'facts' | 'sections' | 'potentialAction', own: Section | undefined): Json[] => {
  const json = own?.[field]
  return json === undefined ? [] : [...parseJsonField(objectList, json, `teams.${field}`)]
}

/** A message card (Microsoft, "Legacy actionable message card reference"). */
const cardOf = ({ message, section: own }: OwnNotification<Section>): Json => {
  const facts = listIn('facts', own)
  const sections = [...listIn('sections', own), ...(facts.length > 0 ? [{ facts }] : [])]
  const actions = listIn('potentialAction', own)
  return {
    '@type': 'MessageCard',
    '@context': 'https://schema.org/extensions',
    title: own?.title ?? '',
    summary: own?.summary ?? '',
    text: own?.text ?? message,
    ...(own?.themeColor && { themeColor: own.themeColor }),
    ...(actions.length > 0 && { potentialAction: actions }),
    ...(sections.length > 0 && { sections }),
  }
}

/** The connector answers 200 in every case, and says in words what went wrong behind it. */
const checkAnswer = (text: string, redact: (text: string) => string): void => {
  if (text.trim() === '1') return
  const retry = /\b(429|5\d\d)\b/.test(text)
  const told = redact(text).replace(/\s+/g, ' ').slice(0, 200).toWellFormed()
  throw new SendError(`Microsoft Teams answered: ${told}`, { retry })
}

/** Microsoft Teams by connectors of Office 365, which Microsoft retires in favour of workflows. */
export const teams: ServiceKind<z.output<typeof teamsConfig>, Section> = {
  type: 'teams',
  config: teamsConfig,
  section: { key: 'teams', schema: section },
  secrets: ({ recipientUrls }) => Object.values(recipientUrls).flatMap(addressSecrets),
  send: async ({ recipientUrls, insecureSkipVerify }, notification, { recipient }, context) => {
    const url = recipientUrls[recipient]
    if (url === undefined) throw new ServiceConfigError(`recipientUrls: no webhook for the recipient ${recipient}`)
    const own = notification.section?.template
    const card = own === undefined ? { body: cardOf(notification) } : { text: own }
    const headers = { 'content-type': 'application/json' }
    const { text } = await send({ url, headers, ...card, insecure: insecureSkipVerify }, 'Microsoft Teams', context)
    checkAnswer(text, context.secrets.redact)
  },
}

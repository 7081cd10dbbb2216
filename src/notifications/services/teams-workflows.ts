import * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { adaptiveCard, cardMessage } from './adaptive-card.ts'
import { fields, objectList, optionalText, parseJsonField } from './fields.ts'
import { addressSecrets, send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceKind } from './service.ts'
import { cardFields, teamsConfig } from './teams.ts'

const section = fields({ ...cardFields, adaptiveCard: optionalText })

type Section = z.output<typeof section>

/** Addresses of workflows, as the published controller knows them. */
const workflowAddress =
  /(api\.(powerautomate|powerplatform)\.com|flow\.microsoft\.com|webhook\.office\.com\/workflows|\/powerautomate\/)/i

const isLocal = (host: string): boolean => host === 'localhost' || host.startsWith('127.')

const checkAddress = (address: string, recipient: string): void => {
  const url = URL.parse(address)
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal(url.hostname))
  if (!isAllowed) throw new ServiceConfigError(`recipientUrls.${recipient}: must be a URL that begins with https://`)
  if (workflowAddress.test(address)) return
  throw new ServiceConfigError(
    `recipientUrls.${recipient}: is no address of a workflow of Microsoft Teams; it must be one of api.powerautomate.com, ` +
      'api.powerplatform.com, flow.microsoft.com or webhook.office.com/workflows',
  )
}

const payloadOf = ({ message, section: own }: OwnNotification<Section>): Json => {
  if (own?.adaptiveCard !== undefined) {
    return cardMessage(parseJsonField(z.json(), own.adaptiveCard, 'teams-workflows.adaptiveCard'))
  }
  const listIn = (field: 'facts' | 'sections' | 'potentialAction') => {
    const json = own?.[field]
    return json === undefined ? [] : parseJsonField(objectList, json, `teams-workflows.${field}`)
  }
  return cardMessage(
    adaptiveCard({
      title: own?.title,
      text: own?.text ?? message,
      color: own?.themeColor,
      facts: listIn('facts'),
      sections: listIn('sections'),
      potentialAction: listIn('potentialAction'),
    }),
    own?.summary,
  )
}

/** Microsoft Teams by workflows of Power Automate. */
export const teamsWorkflows: ServiceKind<z.output<typeof teamsConfig>, Section> = {
  type: 'teams-workflows',
  config: teamsConfig,
  section: { key: 'teams-workflows', schema: section },
  secrets: ({ recipientUrls }) => Object.values(recipientUrls).flatMap(addressSecrets),
  send: async ({ recipientUrls, insecureSkipVerify }, notification, { recipient }, context) => {
    const url = recipientUrls[recipient]
    if (url === undefined) throw new ServiceConfigError(`recipientUrls: no webhook for the recipient ${recipient}`)
    checkAddress(url, recipient)
    const { adaptiveCard: card, template } = notification.section ?? {}
    const isRaw = card === undefined && template !== undefined
    const headers = { 'content-type': 'application/json' }
    const content = isRaw ? { text: template } : { body: payloadOf(notification) }
    await send({ url, headers, ...content, insecure: insecureSkipVerify }, 'Microsoft Teams', context)
  },
}

import * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { fields, flag, optionalText, text, textMap } from './fields.ts'
import { below, send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceKind } from './service.ts'
import { shorten } from './shorten.ts'

const config = fields({
  apiUrl: text.transform((address) => address || 'api.opsgenie.com'),
  apiKeys: textMap.optional().default({}),
  insecureSkipVerify: flag,
})

const responder = fields({
  type: z.enum(['team', 'user'], { error: 'must be team or user' }),
  id: optionalText,
  name: optionalText,
  username: optionalText,
})

const section = fields({
  description: text.refine((description) => description !== '', { error: 'must be set' }),
  priority: optionalText.refine((priority) => priority === undefined || /^P[1-5]$/.test(priority), {
    error: 'must be one of P1, P2, P3, P4 and P5',
  }),
  alias: optionalText,
  note: optionalText,
  actions: z.array(text).optional(),
  tags: z.array(text).optional(),
  visibleTo: z.array(responder).optional(),
  details: textMap.optional(),
  entity: optionalText,
  user: optionalText,
})

type Section = z.output<typeof section>

/** Opsgenie, Alert API, "Create Alert". */
const longestMessage = 130

/** The address is that of a host; with a scheme it is taken as it is. */
const addressOf = (apiUrl: string): string => {
  const address = /^https?:\/\//.test(apiUrl) ? apiUrl : `https://${apiUrl}`
  if (URL.canParse(address)) return below(address, 'v2/alerts')
  throw new ServiceConfigError('apiUrl: must be a host such as api.eu.opsgenie.com')
}

const alertOf = ({ message, section: own }: OwnNotification<Section>, team: string): Json => ({
  ...own,
  message: shorten(message.trim(), longestMessage),
  responders: [{ type: 'team', id: team }],
  // What the published controller says: integrations of Opsgenie have rules that compare it.
  source: 'Argo CD',
})

/** Opsgenie; the recipient is a key of `apiKeys`, the team (Opsgenie, Alert API, "Create Alert"). */
export const opsgenie: ServiceKind<z.output<typeof config>, Section> = {
  type: 'opsgenie',
  config,
  section: { key: 'opsgenie', schema: section },
  secrets: ({ apiKeys }) => Object.values(apiKeys),
  send: async ({ apiUrl, apiKeys, insecureSkipVerify }, notification, { recipient }, context) => {
    const key = apiKeys[recipient]
    if (key === undefined) throw new ServiceConfigError(`apiKeys: no API key for the recipient ${recipient}`)
    const request = {
      url: addressOf(apiUrl),
      headers: { authorization: `GenieKey ${key}` },
      body: alertOf(notification, recipient),
      insecure: insecureSkipVerify,
    }
    await send(request, 'Opsgenie', context)
  },
}

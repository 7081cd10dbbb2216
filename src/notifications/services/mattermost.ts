import type * as z from 'zod'
import { fields, flag, httpUrl, objectList, optionalText, parseJsonField, requiredText } from './fields.ts'
import { bearerHeader, below, send } from './http.ts'
import type { ServiceKind } from './service.ts'

const config = fields({ apiURL: httpUrl, token: requiredText, insecureSkipVerify: flag })
const section = fields({ attachments: optionalText })

/** Mattermost by a bot's token; the recipient is the id of a channel (Mattermost API, "Create a post"). */
export const mattermost: ServiceKind<z.output<typeof config>, z.output<typeof section>> = {
  type: 'mattermost',
  config,
  section: { key: 'mattermost', schema: section },
  secrets: ({ token }) => [token],
  send: async ({ apiURL, token, insecureSkipVerify }, { message, section: own }, { recipient }, context) => {
    const json = own?.attachments
    const attachments = json === undefined ? [] : parseJsonField(objectList, json, 'mattermost.attachments')
    const request = {
      url: below(apiURL, 'api/v4/posts'),
      headers: bearerHeader(token),
      body: { channel_id: recipient, message, props: { attachments } },
      insecure: insecureSkipVerify,
    }
    await send(request, 'Mattermost', context)
  },
}

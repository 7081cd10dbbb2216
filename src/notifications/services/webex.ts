import type * as z from 'zod'
import { fields, flag, httpUrlOr, requiredText } from './fields.ts'
import { bearerHeader, below, send } from './http.ts'
import type { ServiceKind } from './service.ts'

const config = fields({ token: requiredText, apiURL: httpUrlOr('https://webexapis.com'), insecureSkipVerify: flag })

/** Webex by a bot's token; the recipient is a person's address or the id of a room (Webex API, "Create a Message"). */
export const webex: ServiceKind<z.output<typeof config>, never> = {
  type: 'webex',
  config,
  secrets: ({ token }) => [token],
  send: async ({ token, apiURL, insecureSkipVerify }, { message }, { recipient }, context) => {
    const isPerson = /^\S+@\S+\.\S+$/.test(recipient)
    const request = {
      url: below(apiURL, 'v1/messages'),
      headers: bearerHeader(token),
      body: { [isPerson ? 'toPersonEmail' : 'roomId']: recipient, markdown: message },
      insecure: insecureSkipVerify,
    }
    await send(request, 'Webex', context)
  },
}

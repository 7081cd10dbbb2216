import type * as z from 'zod'
import { fields, requiredText } from './fields.ts'
import { send } from './http.ts'
import type { ServiceKind } from './service.ts'
import { shorten } from './shorten.ts'

const config = fields({ token: requiredText })

/** Pushover API, "Limitations". */
const longestMessage = 1024

/** Pushover by an application's token; the recipient is the key of a user or a group (Pushover API, "Pushing Messages"). */
export const pushover: ServiceKind<z.output<typeof config>, never> = {
  type: 'pushover',
  config,
  secrets: ({ token }) => [token],
  send: async ({ token }, { message }, { recipient }, context) => {
    const request = {
      url: 'https://api.pushover.net/1/messages.json',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      text: new URLSearchParams({ token, user: recipient, message: shorten(message, longestMessage) }).toString(),
    }
    await send(request, 'Pushover', context)
  },
}

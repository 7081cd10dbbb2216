import type * as z from 'zod'
import { fields, flag, httpUrl, requiredText } from './fields.ts'
import { bearerHeader, below, send } from './http.ts'
import type { ServiceKind } from './service.ts'

const config = fields({ apiUrl: httpUrl, apiKey: requiredText, insecureSkipVerify: flag })

/** Annotations in Grafana; the recipient is a list of tags, `rollout|shop` (Grafana, Annotations HTTP API). */
export const grafana: ServiceKind<z.output<typeof config>, never> = {
  type: 'grafana',
  config,
  secrets: ({ apiKey }) => [apiKey],
  send: async ({ apiUrl, apiKey, insecureSkipVerify }, { message }, { recipient }, context) => {
    const request = {
      url: below(apiUrl, 'annotations'),
      headers: bearerHeader(apiKey),
      // In whole seconds, as the published controller does it.
      body: {
        time: Math.floor(context.clock.now() / 1000) * 1000,
        isRegion: false,
        tags: recipient.split('|'),
        text: message,
      },
      insecure: insecureSkipVerify,
    }
    await send(request, 'Grafana', context)
  },
}

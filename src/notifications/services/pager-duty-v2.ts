import * as z from 'zod'
import { fields, optionalText, requiredText, textMap } from './fields.ts'
import { send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { ServiceKind } from './service.ts'

const config = fields({ serviceKeys: textMap.optional().default({}) })

const section = fields({
  summary: requiredText,
  severity: z.enum(['critical', 'error', 'warning', 'info'], {
    error: 'must be one of critical, error, warning and info',
  }),
  source: requiredText,
  component: optionalText,
  group: optionalText,
  class: optionalText,
  url: optionalText,
  dedupKey: optionalText,
})

/** Events of PagerDuty (Events API v2, "Send an event"); the recipient is a key of `serviceKeys`. */
export const pagerDutyV2: ServiceKind<z.output<typeof config>, z.output<typeof section>> = {
  type: 'pagerdutyv2',
  config,
  section: { key: 'pagerdutyv2', schema: section },
  secrets: ({ serviceKeys }) => Object.values(serviceKeys),
  send: async ({ serviceKeys }, { section: own }, { recipient }, context) => {
    const key = serviceKeys[recipient]
    if (key === undefined) throw new ServiceConfigError(`serviceKeys: no key for the recipient ${recipient}`)
    if (own === undefined) throw new ServiceConfigError('pagerdutyv2: the template has no such section')
    const { url, dedupKey, ...payload } = own
    const body = {
      routing_key: key,
      event_action: 'trigger',
      payload,
      // What the published controller says: rules of PagerDuty compare it.
      client: 'ArgoCD',
      ...(url && { client_url: url }),
      ...(dedupKey && { dedup_key: dedupKey }),
    }
    await send({ url: 'https://events.pagerduty.com/v2/enqueue', body }, 'PagerDuty', context)
  },
}

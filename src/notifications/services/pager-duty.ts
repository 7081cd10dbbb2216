import type * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { fields, optionalText, requiredText } from './fields.ts'
import { send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceKind } from './service.ts'

const config = fields({ token: requiredText, from: optionalText, serviceId: optionalText })
const section = fields({ title: optionalText, body: optionalText, urgency: optionalText, priorityId: optionalText })

type Section = z.output<typeof section>

const incidentOf = ({ message, section: own }: OwnNotification<Section>, service: string): Json => {
  const { title, body, urgency, priorityId } = own ?? {}
  return {
    type: 'incident',
    title: title ?? message.trim(),
    service: { id: service, type: 'service_reference' },
    ...(urgency && { urgency }),
    ...(priorityId && { priority: { id: priorityId, type: 'priority_reference' } }),
    ...(body && { body: { type: 'incident_body', details: body } }),
  }
}

/** Incidents of PagerDuty (REST API, "Create an Incident"); the recipient is the id of a service there. */
export const pagerDuty: ServiceKind<z.output<typeof config>, Section> = {
  type: 'pagerduty',
  config,
  section: { key: 'pagerduty', schema: section },
  secrets: ({ token }) => [token],
  send: async ({ token, from, serviceId }, notification, { recipient }, context) => {
    const service = recipient || serviceId
    if (service === undefined) throw new ServiceConfigError('serviceId: must be set, or named by the subscription')
    const request = {
      url: 'https://api.pagerduty.com/incidents',
      headers: {
        authorization: `Token token=${token}`,
        accept: 'application/vnd.pagerduty+json;version=2',
        ...(from && { from }),
      },
      body: { incident: incidentOf(notification, service) },
    }
    await send(request, 'PagerDuty', context)
  },
}

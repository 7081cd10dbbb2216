import type * as z from 'zod'
import { fields, flag, httpUrlOr, optionalText, requiredText } from './fields.ts'
import { below, send } from './http.ts'
import { ServiceConfigError } from './send-error.ts'
import type { ServiceKind } from './service.ts'

const config = fields({ apiKey: requiredText, apiURL: httpUrlOr('https://api.newrelic.com'), insecureSkipVerify: flag })

/** The published default of the revision is a field of an Application, which a Rollout has not. */
const section = fields({
  revision: requiredText,
  changelog: optionalText,
  description: optionalText,
  user: optionalText,
})

/** Deployment markers of New Relic; the recipient is the id of an application (REST API v2, "Recording deployments"). */
export const newRelic: ServiceKind<z.output<typeof config>, z.output<typeof section>> = {
  type: 'newrelic',
  config,
  section: { key: 'newrelic', schema: section },
  secrets: ({ apiKey }) => [apiKey],
  send: async ({ apiKey, apiURL, insecureSkipVerify }, { message, section: own }, { recipient }, context) => {
    if (own === undefined) throw new ServiceConfigError('newrelic: the template has no such section; it needs revision')
    const request = {
      url: below(apiURL, `v2/applications/${encodeURIComponent(recipient)}/deployments.json`),
      headers: { 'x-api-key': apiKey },
      body: { deployment: { ...own, description: own.description ?? message } },
      insecure: insecureSkipVerify,
    }
    await send(request, 'New Relic', context)
  },
}

import * as z from 'zod'
import type { Json } from '../../lib/json.ts'
import { basicAuth, fields, flag, optionalText, text, textMap, wholeNumber } from './fields.ts'
import { basicHeader, bearerHeader, send } from './http.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { OwnNotification, ServiceContext, ServiceKind } from './service.ts'

const config = fields({
  targets: z
    .array(text)
    .optional()
    .transform((targets = []) => (targets.length === 0 ? ['127.0.0.1:9093'] : targets)),
  scheme: text.pipe(z.enum(['', 'http', 'https'], { error: 'must be http or https' })),
  apiPath: text.transform((path) => path || '/api/v2/alerts'),
  basicAuth: basicAuth.optional(),
  bearerToken: optionalText,
  timeout: wholeNumber.optional().transform((seconds) => seconds || 3),
  insecureSkipVerify: flag,
})

const section = fields({
  labels: textMap.refine((labels) => Object.keys(labels).length > 0, { error: 'must hold at least one label' }),
  annotations: textMap.optional(),
  generatorURL: optionalText,
})

type Config = z.output<typeof config>
type Section = z.output<typeof section>

/** Addresses of repositories as `git clone` takes them; Alertmanager wants a URL. */
const webAddress = (address: string): string =>
  address.startsWith('git@') ? `https://${address.slice('git@'.length).replace(':', '/')}` : address

const alertsOf = ({ section: own, template }: OwnNotification<Section>, now: number): Json => {
  if (own === undefined) throw new ServiceConfigError('alertmanager: the template has no such section; it needs labels')
  const { labels, annotations, generatorURL } = own
  return [
    {
      labels: { alertname: template, ...labels },
      ...(annotations && { annotations }),
      startsAt: new Date(now).toISOString(),
      ...(generatorURL && { generatorURL: webAddress(generatorURL) }),
    },
  ]
}

const credentialsOf = ({ basicAuth: basic, bearerToken }: Config, context: ServiceContext): Record<string, string> => {
  if (basic !== undefined) return basicHeader(basic, context)
  return bearerToken === undefined ? {} : bearerHeader(bearerToken)
}

/** A cluster has an alert once one of its members has it; who was not reached hears of it from the others. */
const firstFault = (results: readonly PromiseSettledResult<unknown>[]): unknown => {
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  if (faults.length < results.length) return undefined
  return faults.find((fault) => fault instanceof SendError && fault.retry) ?? faults[0]
}

/** Alertmanager, all targets at a time (Alertmanager API v2, "postAlerts"). The subscription's recipient plays no part. */
export const alertmanager: ServiceKind<Config, Section> = {
  type: 'alertmanager',
  config,
  section: { key: 'alertmanager', schema: section },
  secrets: ({ basicAuth: basic, bearerToken }) => [basic?.password, bearerToken],
  send: async (settings, notification, _destination, context) => {
    const { scheme, targets, apiPath, timeout, insecureSkipVerify } = settings
    const body = alertsOf(notification, context.clock.now())
    const headers = credentialsOf(settings, context)
    const common = { headers, body, insecure: insecureSkipVerify, timeoutMs: timeout * 1000 }
    const results = await Promise.allSettled(
      targets.map((target) => send({ ...common, url: `${scheme || 'http'}://${target}${apiPath}` }, target, context)),
    )
    const fault = firstFault(results)
    if (fault !== undefined) throw fault
  },
}

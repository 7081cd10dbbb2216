import * as z from 'zod'
import { DurationError, parseDuration } from '../../lib/duration.ts'
import { basicAuth, fields, flag, httpUrl, optionalText, text, wholeNumber } from './fields.ts'
import { addressSecrets, basicHeader, below, send } from './http.ts'
import type { ServiceContext, ServiceKind } from './service.ts'

const nanosecondsPerMs = 1_000_000

/** Milliseconds of a Go duration, or of a plain number, which Go takes for nanoseconds. */
const duration = (defaultMs: number) =>
  z
    .union([z.number(), z.string()], { error: 'must be a duration such as 5s' })
    .optional()
    .transform((value, context) => {
      if (value === undefined || value === 0 || value === '') return defaultMs
      if (typeof value === 'number') return value / nanosecondsPerMs
      try {
        return Number(parseDuration(value)) / nanosecondsPerMs
      } catch (error) {
        if (!(error instanceof DurationError)) throw error
        context.addIssue({ code: 'custom', message: `${error.message}; it must be a duration such as 5s` })
        return z.NEVER
      }
    })

/** HTTP knows no other characters in names (RFC 9110, 5.6.2). */
const token = (what: string) => z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, { error: `must be ${what}` })

const header = fields({ name: token('the name of an HTTP header'), value: text })

const config = fields({
  url: httpUrl,
  headers: z.array(header).optional().default([]),
  basicAuth: basicAuth.optional(),
  insecureSkipVerify: flag,
  retryWaitMin: duration(1000),
  retryWaitMax: duration(5000),
  retryMax: wholeNumber.optional().transform((max) => max || 3),
})

const request = fields({
  method: z.preprocess((method) => method || undefined, token('an HTTP method').optional()),
  body: text,
  path: optionalText,
})

type Config = z.output<typeof config>

/** Under these names a header holds what nobody may read. */
const isCredential = (name: string): boolean => /auth|token|key|secret|cookie|password/i.test(name)

const credentialsOf = ({ headers }: Config): string[] =>
  headers.filter(({ name }) => isCredential(name)).map(({ value }) => value.replace(/^(Bearer|Basic|Token) +/i, ''))

const headersOf = ({ headers, basicAuth: credentials }: Config, context: ServiceContext): Record<string, string> => ({
  ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
  ...(credentials && basicHeader(credentials, context)),
})

/** Any HTTP server: `service.webhook.<name>`, and `webhook.<name>` in templates. */
export const webhook: ServiceKind<Config, Readonly<Record<string, z.output<typeof request>>>> = {
  type: 'webhook',
  config,
  section: { key: 'webhook', schema: z.record(z.string(), request) },
  secrets: (settings) => [...addressSecrets(settings.url), settings.basicAuth?.password, ...credentialsOf(settings)],
  retries: ({ retryMax, retryWaitMin, retryWaitMax }) => ({
    max: retryMax,
    waitMinMs: retryWaitMin,
    waitMaxMs: retryWaitMax,
  }),
  send: async (settings, { message, section }, { service }, context) => {
    // As published: without a section for this webhook, the message is sent by GET.
    const { method = 'GET', body, path } = section?.[service] ?? { body: message }
    const exchange = {
      method,
      url: path === undefined ? settings.url : below(settings.url, path),
      headers: headersOf(settings, context),
      ...(body !== '' && { text: body }),
      insecure: settings.insecureSkipVerify,
    }
    await send(exchange, 'the webhook', context)
  },
}

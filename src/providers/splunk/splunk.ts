import * as z from 'zod'
import type { SplunkMetric } from '../../api/providers/splunk.ts'
import { fromJson } from '../../expr/value.ts'
import type { NetRequest } from '../../kube/net.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { jsonText } from '../json-text.ts'
import { judge } from '../judge.ts'
import { type NamedSecret, namedSecret, requiredKey } from '../named-secret.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { intervalMs, limitMs } from '../settings.ts'

type Spec = DeepReadonly<SplunkMetric>

/** Rows that are asked for: a status holds what conditions need, not a table. */
const mostRows = 100

/** Every value is text, or a list of texts where a field has several. */
const cell = z.union([z.string(), z.array(z.string()), z.null()])

const messages = z.array(z.object({ type: z.string(), text: z.string() }))

/** Splunk REST API, `search/jobs` with `exec_mode=oneshot`. A search that failed may come without results. */
const answer = z.union([
  z.object({ messages: messages.default([]), results: z.array(z.record(z.string(), cell)) }),
  z.object({ messages: messages.min(1), results: z.undefined().optional() }),
])

const numeric = /^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/

/** Conditions compare numbers: text that is one becomes one. */
const cellValue = (value: z.infer<typeof cell>): Json =>
  typeof value === 'string' && numeric.test(value) ? Number(value) : value

const searchOf = (query: string): string => (/^\s*(\||search\s)/.test(query) ? query : `search ${query}`)

const authorizationOf = (secret: NamedSecret, { secrets }: MeasureContext): string => {
  if (secret.data.token) return `Bearer ${secret.data.token.trim()}`
  if (!secret.data.username) throw new ProviderError(`${secret.source} has neither token nor username: set one`)
  const basic = Buffer.from(`${secret.data.username}:${requiredKey(secret, 'password')}`).toString('base64')
  secrets.hide(basic)
  return `Basic ${basic}`
}

const questionOf = (spec: Spec, secret: NamedSecret, context: MeasureContext): Omit<NetRequest, 'signal'> => {
  const address = spec.address || requiredKey(secret, 'address')
  const now = context.clock.now()
  const form = new URLSearchParams({
    search: searchOf(spec.query),
    exec_mode: 'oneshot',
    output_mode: 'json',
    count: String(mostRows),
    earliest_time: ((now - intervalMs(spec.interval, '5m', 'provider.splunk.interval')) / 1000).toFixed(3),
    latest_time: (now / 1000).toFixed(3),
  })
  return {
    method: 'POST',
    url: addressBelow(address, 'services/search/jobs', 'provider.splunk.address').href,
    headers: {
      authorization: authorizationOf(secret, context),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    timeoutMs: limitMs(spec.timeout, 30),
    insecure: spec.insecure ?? false,
    ...(spec.ca && { ca: spec.ca }),
  }
}

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const secret = await namedSecret(spec.secretRef, { name: 'splunk', shown: ['address', 'username'] }, context)
  const system = { title: 'Splunk', credentials: secret.source }
  const answered = await askJson(questionOf(spec, secret, context), answer, system, context)
  const textsOf = (...types: readonly string[]): string[] =>
    answered.messages.filter(({ type }) => types.includes(type)).map(({ text }) => text)
  const faults = textsOf('FATAL', 'ERROR')
  if (faults.length > 0 || answered.results === undefined) {
    throw new ProviderError(`the search failed: ${faults.join('; ') || 'the answer has no results'}`)
  }
  const table: Json = answered.results.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellValue(value)])),
  )
  const warnings = textsOf('WARN')
  return {
    ...judge(context, fromJson(table), jsonText(table)),
    ...(warnings.length > 0 && { metadata: { warnings: warnings.join('; ') } }),
  }
}

/** Runs a search of Splunk: conditions read the rows, `result[0].errors < 5`. */
export const splunk: Provider<SplunkMetric> = {
  name: 'splunk',
  typeName: 'Splunk',
  specOf: (provider) => provider.splunk,
  start,
}

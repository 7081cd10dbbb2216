import * as z from 'zod'
import type { DynatraceMetric } from '../../api/providers/dynatrace.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { judgeVector } from '../judge-vector.ts'
import { namedSecret, requiredKey } from '../named-secret.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { intervalMs, limitMs } from '../settings.ts'

type Spec = DeepReadonly<DynatraceMetric>

/** Dynatrace Metrics API v2, "GET metric data points": a value is null where nothing was recorded. */
const answer = z.object({
  result: z.array(
    z.object({
      data: z.array(z.object({ values: z.array(z.number().nullable()) })),
      warnings: z.array(z.string()).optional(),
    }),
  ),
  warnings: z.array(z.string()).optional(),
})

const urlOf = (spec: Spec, address: string, now: number): string => {
  const url = addressBelow(address, 'api/v2/metrics/query', 'provider.dynatrace.address')
  url.search = new URLSearchParams({
    metricSelector: spec.query,
    from: String(now - intervalMs(spec.interval, '5m', 'provider.dynatrace.interval')),
    to: String(now),
    resolution: spec.resolution || 'Inf',
    ...(spec.entitySelector && { entitySelector: spec.entitySelector }),
  }).toString()
  return url.href
}

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const secret = await namedSecret(spec.secretRef, { name: 'dynatrace', shown: ['address'] }, context)
  const question = {
    method: 'GET',
    url: urlOf(spec, spec.address || requiredKey(secret, 'address'), context.clock.now()),
    headers: { authorization: `Api-Token ${requiredKey(secret, 'token')}` },
    timeoutMs: limitMs(spec.timeout, 10),
  }
  const system = { title: 'Dynatrace', credentials: `token in ${secret.source}: it needs the scope metrics.read` }
  const { result, warnings = [] } = await askJson(question, answer, system, context)
  const newest = result.flatMap(({ data }) => data.map(({ values }) => values.findLast((value) => value !== null)))
  const told = [...warnings, ...result.flatMap((one) => one.warnings ?? [])]
  return {
    ...judgeVector(
      newest.filter((value) => value !== undefined && value !== null),
      context,
    ),
    ...(told.length > 0 && { metadata: { warnings: told.join('; ') } }),
  }
}

/** Asks Dynatrace for the newest value of each series that a metric selector finds. */
export const dynatrace: Provider<DynatraceMetric> = {
  name: 'dynatrace',
  typeName: 'Dynatrace',
  specOf: (provider) => provider.dynatrace,
  start,
}

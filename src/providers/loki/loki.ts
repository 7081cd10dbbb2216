import * as z from 'zod'
import type { LokiMetric } from '../../api/providers/loki.ts'
import { scalar } from '../../expr/value.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { authenticatedNet } from '../authenticated-net.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { judge } from '../judge.ts'
import { judgeVector } from '../judge-vector.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { limitMs } from '../settings.ts'
import { formatSample, parseSample } from '../value-text.ts'

type Spec = DeepReadonly<LokiMetric>

const sample = z.tuple([z.number(), z.string().transform(parseSample)])

/** Grafana Loki HTTP API, "Query Loki at a single point in time". */
const answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('streams'), result: z.unknown() }),
  ]),
})

const nanosecondsOf = (ms: number): string => `${Math.floor(ms)}000000`

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const url = addressBelow(spec.address, 'loki/api/v1/query', 'provider.loki.address')
  url.search = new URLSearchParams({ query: spec.query, time: nanosecondsOf(context.clock.now()) }).toString()
  const question = { method: 'GET', url: url.href, timeoutMs: limitMs(spec.timeout, 30) }
  const system = { title: 'Loki', credentials: 'provider.loki.authentication and headers' }
  const { data } = await askJson(question, answer, system, { ...context, net: authenticatedNet(spec, context) })
  if (data.resultType === 'streams') {
    throw new ProviderError('the query returns log lines; make numbers of them, as in sum(rate({app="web"} [5m]))')
  }
  if (data.resultType === 'vector')
    return judgeVector(
      data.result.map(({ value: [, value] }) => value),
      context,
    )
  const [, value] = data.result
  return judge(context, scalar(value), formatSample(value))
}

/** Asks Grafana Loki for the value of a LogQL metric query now. */
export const loki: Provider<LokiMetric> = {
  name: 'loki',
  typeName: 'Loki',
  specOf: (provider) => provider.loki,
  start,
}

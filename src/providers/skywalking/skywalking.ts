import * as z from 'zod'
import type { SkywalkingMetric } from '../../api/providers/skywalking.ts'
import { fromJson } from '../../expr/value.ts'
import type { DeepReadonly, Json } from '../../lib/json.ts'
import { askGraphql } from '../graphql.ts'
import { addressBelow } from '../http-answer.ts'
import { jsonText } from '../json-text.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Provider } from '../provider.ts'
import { NoDataError, ProviderError } from '../provider-error.ts'
import { intervalMs } from '../settings.ts'

type Spec = DeepReadonly<SkywalkingMetric>

const timeoutMs = 30_000

/** An instant as SkyWalking's query protocol has it for the step MINUTE: `2026-01-01 0930`, in UTC. */
const minuteText = (ms: number): string => {
  const [date = '', time = ''] = new Date(ms).toISOString().split('T')
  return `${date} ${time.slice(0, 2)}${time.slice(3, 5)}`
}

const answer = z.object({ data: z.record(z.string(), z.json()).nullable() })

const ask = async (spec: Spec, context: MeasureContext): Promise<Json> => {
  const { query = '', address = '' } = spec
  if (query.trim() === '') throw new ProviderError('provider.skywalking.query: must be a GraphQL query')
  const now = context.clock.now()
  const since = now - intervalMs(spec.interval, '5m', 'provider.skywalking.interval')
  const { data } = await askGraphql(
    {
      url: addressBelow(address, 'graphql', 'provider.skywalking.address').href,
      timeoutMs,
      query,
      variables: { duration: { start: minuteText(since), end: minuteText(now), step: 'MINUTE' } },
      answer,
    },
    { title: 'SkyWalking' },
    context,
  )
  if (data === null) throw new NoDataError('no results returned from SkyWalking query')
  return data
}

/** Asks Apache SkyWalking by GraphQL, with the time of interest as the variable `duration`; the result is what the query asks for. */
export const skywalking: Provider<SkywalkingMetric> = {
  name: 'skywalking',
  typeName: 'skywalking',
  specOf: (provider) => provider.skywalking,
  start: async (spec, context) => {
    const found = await ask(spec, context)
    return judge(context, fromJson(found), jsonText(found))
  },
}

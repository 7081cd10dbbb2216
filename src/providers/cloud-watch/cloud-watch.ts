import * as z from 'zod'
import type { CloudWatchMetric } from '../../api/providers/cloud-watch.ts'
import { cloudWatchResults } from '../../expr/cloudwatch-value.ts'
import type { NetRequest, NetResponse } from '../../kube/net.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { authenticatedNet } from '../authenticated-net.ts'
import { awsEndpoint } from '../aws/endpoint.ts'
import { awsRegion } from '../aws/keys.ts'
import { ask, readJson } from '../http-answer.ts'
import { judge } from '../judge.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { limitMs } from '../settings.ts'
import { formatResults, joinPages, type MetricDataAnswer, metricDataAnswer } from './answer.ts'
import { metricDataBody } from './request.ts'

type Spec = DeepReadonly<CloudWatchMetric>

const system = {
  title: 'Amazon CloudWatch',
  credentials: 'that the role or the keys of the metric allow cloudwatch:GetMetricData',
}

/** A measurement is a handful of values: what needs more pages than this is no measurement. */
const mostPages = 10

/** AWS' JSON protocols name the fault in `__type`, below its namespace. */
const fault = z.object({ __type: z.string(), message: z.string().nullish(), Message: z.string().nullish() })

const explain = ({ status, text }: NetResponse): void => {
  if (status < 400) return
  let read: z.infer<typeof fault>
  try {
    read = fault.parse(JSON.parse(text))
  } catch {
    return
  }
  const name = read.__type.replace(/^.*#/, '')
  const told = [name, read.message ?? read.Message].filter(Boolean).join(': ')
  const advice =
    status === 403 || /AccessDenied|UnrecognizedClient|Token/.test(name) ? `; check ${system.credentials}` : ''
  throw new ProviderError(`Amazon CloudWatch answered ${status} ${told}${advice}`)
}

const questionOf = (
  spec: Spec,
  region: string,
  { surroundings }: MeasureContext,
): Omit<NetRequest, 'signal' | 'body'> => ({
  method: 'POST',
  url: `${awsEndpoint({ id: 'CLOUDWATCH', host: 'monitoring' }, region, surroundings.env)}/`,
  headers: {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData',
  },
  timeoutMs: limitMs(spec.timeout, 30),
})

const askPages = async (spec: Spec, context: MeasureContext): Promise<readonly MetricDataAnswer[]> => {
  const signer = spec.authentication?.sigv4 ?? {}
  const region = await awsRegion(signer, undefined, context)
  const signed = authenticatedNet({ authentication: { sigv4: { ...signer, region } } }, context, 'monitoring')
  const question = questionOf(spec, region, context)
  const body = metricDataBody(spec, context.clock.now())
  const net = {
    fetch: async (request: NetRequest): Promise<NetResponse> => {
      const response = await signed.fetch(request)
      explain(response)
      return response
    },
  }
  const pages: MetricDataAnswer[] = []
  let token: string | null | undefined
  do {
    const page = { ...question, body: JSON.stringify(token ? { ...body, NextToken: token } : body) }
    const answer = readJson((await ask(page, system, { ...context, net })).text, metricDataAnswer, system)
    pages.push(answer)
    token = answer.NextToken
  } while (token && pages.length < mostPages)
  if (token) throw new ProviderError(`the answer has more than ${mostPages} pages; ask for a shorter interval`)
  return pages
}

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const pages = await askPages(spec, context)
  const results = joinPages(pages)
  const messages = pages
    .flatMap(({ Messages }) => Messages ?? [])
    .map(({ Code, Value }) => [Code, Value].filter(Boolean).join(': '))
  return {
    ...judge(context, cloudWatchResults(results), formatResults(results)),
    ...(messages.length > 0 && { metadata: { messages: messages.join('; ') } }),
  }
}

/** Asks Amazon CloudWatch for metrics, expressions over them, or both. */
export const cloudWatch: Provider<CloudWatchMetric> = {
  name: 'cloudWatch',
  typeName: 'CloudWatch',
  specOf: (provider) => provider.cloudWatch,
  start,
}

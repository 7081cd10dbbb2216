import type { PrometheusMetric } from '../../api/providers/prometheus.ts'
import { evaluateTime } from '../../expr/eval-time.ts'
import { floatVector, scalar } from '../../expr/value.ts'
import { durationMs } from '../../lib/duration.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { authenticatedNet } from '../authenticated-net.ts'
import { judge, nowInNanoseconds } from '../judge.ts'
import { errorOutcome, type MeasureContext, type Outcome, type Provider } from '../provider.ts'
import { formatSample, formatSamples } from '../value-text.ts'
import { PrometheusError } from './answer.ts'
import { askPrometheus, type Query, type Samples } from './query.ts'

type Spec = DeepReadonly<PrometheusMetric>

const defaultTimeoutSeconds = 30

const addressOf = (spec: Spec, { config }: MeasureContext): string => {
  const address = spec.address || config.prometheusAddress
  if (!address) {
    throw new PrometheusError(
      'no Prometheus address: set provider.prometheus.address, or ARGO_ROLLOUTS_PROMETHEUS_ADDRESS for the controller',
    )
  }
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    throw new PrometheusError('the Prometheus address must be a URL such as http://prometheus.monitoring:9090')
  }
  return address
}

const rangeTime = (expression: string | undefined, field: 'start' | 'end', now: () => bigint): number => {
  const time = evaluateTime(expression ?? '', now)
  if (time.ok) return time.epochMilliseconds
  throw new PrometheusError(`failed to parse rangeQuery.${field} as time: ${time.message}`)
}

const stepSeconds = (step: string | undefined): number => {
  let seconds: number
  try {
    seconds = durationMs(step ?? '') / 1000
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PrometheusError(`failed to parse rangeQuery.step as duration: ${reason}`, { cause: error })
  }
  if (seconds <= 0) throw new PrometheusError('rangeQuery.step must be more than 0')
  return seconds
}

const queryOf = ({ query = '', rangeQuery }: Spec, context: MeasureContext): Query => {
  if (rangeQuery === undefined) return { type: 'instant', text: query, time: context.clock.now() }
  const { start, end, step } = rangeQuery
  const now = nowInNanoseconds(context)()
  const instant = (): bigint => now // one for both ends, or the range would be longer than it says
  return {
    type: 'range',
    text: query,
    start: rangeTime(start, 'start', instant),
    end: rangeTime(end, 'end', instant),
    step: stepSeconds(step),
  }
}

/** As the published controller does, Amazon's managed service is told by its address; a private address of it by the signer. */
const signedService = (address: string, { authentication }: Spec): string | undefined => {
  const signer = Object.values(authentication?.sigv4 ?? {}).some((value) => Boolean(value))
  return signer || address.includes('aps-workspaces') ? 'aps' : undefined
}

const ask = async (spec: Spec, context: MeasureContext): Promise<Samples> => {
  const address = addressOf(spec, context)
  const query = queryOf(spec, context)
  const seconds = spec.timeout !== undefined && spec.timeout > 0 ? spec.timeout : defaultTimeoutSeconds
  return askPrometheus(address, query, {
    net: authenticatedNet(spec, context, signedService(address, spec)),
    timeoutMs: seconds * 1000,
    signal: context.signal,
    clock: context.clock,
  })
}

const metadataOf = (warnings: readonly string[]): { metadata?: Record<string, string> } =>
  warnings.length === 0 ? {} : { metadata: { warnings: warnings.map((warning) => `"${warning}"`).join(', ') } }

const outcomeOf = (samples: Samples, context: MeasureContext): Outcome => {
  const metadata = metadataOf(samples.warnings)
  return samples.type === 'scalar'
    ? { ...judge(context, scalar(samples.value), formatSample(samples.value)), ...metadata }
    : { ...judge(context, floatVector(samples.values), formatSamples(samples.values)), ...metadata }
}

/** Asks a Prometheus server, or anything that speaks its HTTP API: the value of an instant, or of a range. */
export const prometheus: Provider<PrometheusMetric> = {
  name: 'prometheus',
  typeName: 'Prometheus',
  specOf: (provider) => provider.prometheus,
  metadataOf: ({ query }): Record<string, string> => (query ? { ResolvedPrometheusQuery: query } : {}),
  start: async (spec, context) => {
    try {
      return outcomeOf(await ask(spec, context), context)
    } catch (error) {
      return errorOutcome(error)
    }
  },
}

import * as z from 'zod'
import type { Measurement } from '../../api/analysis-run.ts'
import type { KayentaMetric } from '../../api/providers/kayenta.ts'
import type { NetRequest } from '../../kube/net.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { toRfc3339 } from '../../lib/rfc3339.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { errorOutcome, type MeasureContext, type Outcome, type Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { scopesBody } from './scopes.ts'

type Spec = DeepReadonly<KayentaMetric>

const system = { title: 'Kayenta' }
const timeoutMs = 15_000
const pollMs = 15_000

/** The published key of a measurement's metadata. */
const executionKey = 'canaryExecutionId'

/** Kayenta's REST API: `GET /canaryConfig`, `POST /canary/{id}`, `GET /canary/{execution}`. */
const configs = z.array(z.object({ id: z.string(), name: z.string() }))
const execution = z.object({ canaryExecutionId: z.string().min(1) })
const state = z.object({
  complete: z.boolean(),
  executionStatus: z.string().nullish(),
  status: z.string().nullish(),
  exception: z.object({ message: z.string().nullish() }).nullish(),
  result: z.object({ judgeResult: z.object({ score: z.object({ score: z.number() }).nullish() }).nullish() }).nullish(),
})

const question = (
  spec: Spec,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Omit<NetRequest, 'signal'> => {
  const url = addressBelow(spec.address, path, 'provider.kayenta.address')
  url.search = new URLSearchParams(parameters).toString()
  return { method: 'GET', url: url.href, timeoutMs }
}

const configIdOf = async (spec: Spec, context: MeasureContext): Promise<string> => {
  // Published controllers pass the account of the storage here; the API asks for that of the configuration.
  const { application, configurationAccountName, canaryConfigName } = spec
  const known = await askJson(
    question(spec, 'canaryConfig', { application, configurationAccountName }),
    configs,
    system,
    context,
  )
  const found = known.find(({ name }) => name === canaryConfigName)
  if (found !== undefined) return found.id
  throw new ProviderError(`Canary config not found: ${canaryConfigName} of the application ${application}`)
}

const running = (id: string, now: number): Outcome => ({
  phase: 'Running',
  metadata: { [executionKey]: id },
  resumeAt: toRfc3339(now + pollMs),
})

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const { application, metricsAccountName, configurationAccountName, storageAccountName, threshold } = spec
  const body = { scopes: scopesBody(spec, context), thresholds: threshold }
  const id = await configIdOf(spec, context)
  const accounts = { application, metricsAccountName, configurationAccountName, storageAccountName }
  const { canaryExecutionId } = await askJson(
    {
      ...question(spec, `canary/${encodeURIComponent(id)}`, accounts),
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    },
    execution,
    system,
    context,
  )
  return running(canaryExecutionId, context.clock.now())
}

const verdictOn = (score: number, { pass, marginal }: Spec['threshold']): Outcome['phase'] => {
  if (score >= pass) return 'Successful'
  return score >= marginal ? 'Inconclusive' : 'Failed'
}

const resume = async (spec: Spec, id: string, context: MeasureContext): Promise<Outcome> => {
  const told = await askJson(question(spec, `canary/${encodeURIComponent(id)}`, {}), state, system, context)
  if (!told.complete) return running(id, context.clock.now())
  const score = told.result?.judgeResult?.score?.score
  if (score === undefined) {
    const why = told.exception?.message || told.executionStatus || told.status
    throw new ProviderError(`Missing Score: Kayenta ended the judgement without one${why ? ` (${why})` : ''}`)
  }
  const whole = Math.trunc(score)
  return { phase: verdictOn(whole, spec.threshold), value: String(whole), metadata: { [executionKey]: id } }
}

const resumeOrError = async (
  spec: Spec,
  measurement: DeepReadonly<Measurement>,
  context: MeasureContext,
): Promise<Outcome> => {
  const id = measurement.metadata?.[executionKey]
  if (id === undefined) return errorOutcome(new ProviderError('the measurement does not name its Kayenta execution'))
  try {
    return await resume(spec, id, context)
  } catch (error) {
    return errorOutcome(error, { [executionKey]: id })
  }
}

/** Lets Spinnaker's Kayenta judge the canary; conditions are not asked, thresholds are. */
export const kayenta: Provider<KayentaMetric> = {
  name: 'kayenta',
  typeName: 'Kayenta',
  specOf: (provider) => provider.kayenta,
  start,
  resume: resumeOrError,
}

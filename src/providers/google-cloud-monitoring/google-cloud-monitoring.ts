import type { GoogleCloudMonitoringMetric } from '../../api/providers/google-cloud-monitoring.ts'
import type { NetRequest } from '../../kube/net.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { addressBelow, askJson } from '../http-answer.ts'
import { judgeVector } from '../judge-vector.ts'
import type { MeasureContext, Outcome, Provider } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { limitMs } from '../settings.ts'
import { mqlAnswer, promqlAnswer } from './answers.ts'
import { type GoogleIdentity, googleIdentity } from './identity.ts'

type Spec = DeepReadonly<GoogleCloudMonitoringMetric>

const below = (spec: Spec, path: string): URL =>
  addressBelow(spec.address || 'https://monitoring.googleapis.com', path, 'provider.googleCloudMonitoring.address')

const promqlUrl = (spec: Spec, project: string, now: number): string => {
  const url = below(spec, `v1/projects/${project}/location/global/prometheus/api/v1/query`)
  url.search = new URLSearchParams({ query: spec.query, time: (now / 1000).toFixed(3) }).toString()
  return url.href
}

const projectOf = (spec: Spec, identity: GoogleIdentity): string => {
  const project = spec.project || identity.project
  if (project) return encodeURIComponent(project)
  throw new ProviderError('no Google project: set provider.googleCloudMonitoring.project')
}

const start = async (spec: Spec, context: MeasureContext): Promise<Outcome> => {
  const identity = await googleIdentity(spec, context)
  const project = projectOf(spec, identity)
  const system = {
    title: 'Google Cloud Monitoring',
    credentials: `that ${identity.source} has the role roles/monitoring.viewer in the project`,
  }
  const common: Pick<NetRequest, 'headers' | 'timeoutMs'> = {
    headers: { authorization: `Bearer ${identity.token}`, 'content-type': 'application/json' },
    timeoutMs: limitMs(spec.timeout, 10),
  }
  if (spec.queryLanguage === 'mql') {
    const url = below(spec, `v3/projects/${project}/timeSeries:query`).href
    const body = JSON.stringify({ query: spec.query })
    return judgeVector(await askJson({ ...common, method: 'POST', url, body }, mqlAnswer, system, context), context)
  }
  const url = promqlUrl(spec, project, context.clock.now())
  return judgeVector(await askJson({ ...common, method: 'GET', url }, promqlAnswer, system, context), context)
}

/** Asks Google Cloud Monitoring for the value of each series that a query finds, in PromQL or in MQL. */
export const googleCloudMonitoring: Provider<GoogleCloudMonitoringMetric> = {
  name: 'googleCloudMonitoring',
  typeName: 'GoogleCloudMonitoring',
  specOf: (provider) => provider.googleCloudMonitoring,
  start,
}

import type { Metric, MetricProvider } from '../api/metric.ts'
import { providerNamesOf } from '../api/validation/metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { type BoundProvider, type RegisteredProvider, register } from './bound-provider.ts'
import { cloudWatch } from './cloud-watch/cloud-watch.ts'
import { datadog } from './datadog/datadog.ts'
import { dynatrace } from './dynatrace/dynatrace.ts'
import { googleCloudMonitoring } from './google-cloud-monitoring/google-cloud-monitoring.ts'
import { graphite } from './graphite/graphite.ts'
import { influxdb } from './influxdb/influxdb.ts'
import { job } from './job/job.ts'
import { kayenta } from './kayenta/kayenta.ts'
import { loki } from './loki/loki.ts'
import { newRelic } from './new-relic/new-relic.ts'
import { plugin } from './plugin/plugin.ts'
import { prometheus } from './prometheus/prometheus.ts'
import { signalFx } from './signal-fx/signal-fx.ts'
import { skywalking } from './skywalking/skywalking.ts'
import { splunk } from './splunk/splunk.ts'
import { wavefront } from './wavefront/wavefront.ts'
import { web } from './web/web.ts'

/** Every provider that measures. A new one is one line here. */
export const providers: readonly RegisteredProvider[] = [
  register(prometheus),
  register(job),
  register(web),
  register(datadog),
  register(newRelic),
  register(wavefront),
  register(graphite),
  register(influxdb),
  register(skywalking),
  register(cloudWatch),
  register(kayenta),
  register(dynatrace),
  register(googleCloudMonitoring),
  register(signalFx),
  register(splunk),
  register(loki),
  register(plugin),
]

/** The provider of a metric, bound to its part of it; undefined when this version has none for it. */
export const providerOf = (provider: DeepReadonly<MetricProvider>): BoundProvider | undefined => {
  for (const { bind } of providers) {
    const bound = bind(provider)
    if (bound !== undefined) return bound
  }
  return undefined
}

const typeNames: ReadonlyMap<string, string> = new Map(providers.map(({ name, typeName }) => [name, typeName]))

/** The published name of a metric's provider for the label `type` of the controller's metrics; plugins are `RPCPlugin`. */
export const providerTypeOf = (provider: DeepReadonly<MetricProvider>): string => {
  const [name = ''] = providerNamesOf(provider)
  return typeNames.get(name) ?? 'RPCPlugin'
}

/** Why a metric cannot be measured by this version; undefined when it can. Validation has seen that there is exactly one provider. */
export const refuseMetric = ({ provider }: DeepReadonly<Metric>): string | undefined => {
  if (providerOf(provider) !== undefined) return undefined
  const [name = 'none'] = providerNamesOf(provider)
  return `this version knows no provider ${name}: use ${providers.map((one) => one.name).join(', ')}`
}

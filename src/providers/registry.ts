import type { Metric, MetricProvider } from '../api/metric.ts'
import { providerNamesOf } from '../api/validation/metrics.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { type Bind, type BoundProvider, binder } from './bound-provider.ts'
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
const providers: readonly Bind[] = [
  binder(prometheus),
  binder(job),
  binder(web),
  binder(datadog),
  binder(newRelic),
  binder(wavefront),
  binder(graphite),
  binder(influxdb),
  binder(skywalking),
  binder(cloudWatch),
  binder(kayenta),
  binder(dynatrace),
  binder(googleCloudMonitoring),
  binder(signalFx),
  binder(splunk),
  binder(loki),
  binder(plugin),
]

/** The provider of a metric, bound to its part of it; undefined when this version has none for it. */
export const providerOf = (provider: DeepReadonly<MetricProvider>): BoundProvider | undefined => {
  for (const bind of providers) {
    const bound = bind(provider)
    if (bound !== undefined) return bound
  }
  return undefined
}

const typeNames: Readonly<Record<string, string>> = {
  prometheus: 'Prometheus',
  job: 'Job',
  web: 'Web',
  kayenta: 'Kayenta',
  datadog: 'Datadog',
  wavefront: 'Wavefront',
  newRelic: 'NewRelic',
  cloudWatch: 'CloudWatch',
  graphite: 'Graphite',
  influxdb: 'Influxdb',
  skywalking: 'skywalking',
  dynatrace: 'Dynatrace',
  googleCloudMonitoring: 'GoogleCloudMonitoring',
  signalFx: 'SignalFx',
  splunk: 'Splunk',
  loki: 'Loki',
}

/** The published name of a metric's provider for the label `type` of the controller's metrics; plugins are `RPCPlugin`. */
export const providerTypeOf = (provider: DeepReadonly<MetricProvider>): string => {
  const [name = ''] = providerNamesOf(provider)
  return typeNames[name] ?? 'RPCPlugin'
}

/** Why a metric cannot be measured by this version; undefined when it can. Validation has seen that there is exactly one provider. */
export const refuseMetric = ({ provider }: DeepReadonly<Metric>): string | undefined => {
  if (providerOf(provider) !== undefined) return undefined
  const [name = 'none'] = providerNamesOf(provider)
  return `provider ${name} is not supported yet: use prometheus, web or job`
}

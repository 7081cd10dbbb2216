import type { ProviderContract } from '../../../builders/provider-contract.ts'
import { cloudWatchContract } from './cloud-watch.ts'
import { datadogEnvironmentContract, datadogScalarContract, datadogSeriesContract } from './datadog.ts'
import { dynatraceContract } from './dynatrace.ts'
import { googleMqlContract, googlePromqlContract } from './google-cloud-monitoring.ts'
import { graphiteContract } from './graphite.ts'
import { influxdbContract } from './influxdb.ts'
import { jobContract } from './job.ts'
import { kayentaConfigContract, kayentaStartContract, kayentaVerdictContract } from './kayenta.ts'
import { lokiContract } from './loki.ts'
import { newRelicContract } from './new-relic.ts'
import { pluginContract } from './plugin.ts'
import { amazonPrometheusContract, prometheusContract } from './prometheus.ts'
import { signalFxContract } from './signal-fx.ts'
import { skywalkingContract } from './skywalking.ts'
import { splunkContract } from './splunk.ts'
import { wavefrontContract } from './wavefront.ts'
import { webContract } from './web.ts'

/** The contracts of all providers over HTTP, in the order of the documentation. A provider may have several. */
export const providerContracts: readonly ProviderContract[] = [
  prometheusContract,
  amazonPrometheusContract,
  webContract,
  datadogSeriesContract,
  datadogEnvironmentContract,
  datadogScalarContract,
  newRelicContract,
  wavefrontContract,
  graphiteContract,
  influxdbContract,
  skywalkingContract,
  cloudWatchContract,
  kayentaConfigContract,
  kayentaStartContract,
  kayentaVerdictContract,
  dynatraceContract,
  googlePromqlContract,
  googleMqlContract,
  signalFxContract,
  splunkContract,
  lokiContract,
  pluginContract,
]

/** What the documentation says about the tests of every provider: of those above, and of the one that asks the API server. */
export const heldContracts: readonly Pick<ProviderContract, 'name' | 'hidden' | 'exempt'>[] = [
  ...providerContracts,
  jobContract,
]

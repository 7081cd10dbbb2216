import * as z from 'zod'
import { minimumRequests, noData } from './metric-guards.ts'
import { cloudWatchMetric } from './providers/cloud-watch.ts'
import { datadogMetric } from './providers/datadog.ts'
import { dynatraceMetric } from './providers/dynatrace.ts'
import { googleCloudMonitoringMetric } from './providers/google-cloud-monitoring.ts'
import { graphiteMetric } from './providers/graphite.ts'
import { influxdbMetric } from './providers/influxdb.ts'
import { jobMetric } from './providers/job.ts'
import { kayentaMetric } from './providers/kayenta.ts'
import { lokiMetric } from './providers/loki.ts'
import { newRelicMetric } from './providers/new-relic.ts'
import { prometheusMetric } from './providers/prometheus.ts'
import { signalFxMetric } from './providers/signal-fx.ts'
import { skywalkingMetric } from './providers/skywalking.ts'
import { splunkMetric } from './providers/splunk.ts'
import { wavefrontMetric } from './providers/wavefront.ts'
import { webMetric } from './providers/web.ts'
import { durationString, intOrString, openObject } from './scalars.ts'

const metricProvider = z.object({
  prometheus: prometheusMetric.optional().describe('Asks a Prometheus server.'),
  web: webMetric.optional().describe('Asks a web service.'),
  job: jobMetric.optional().describe('Runs a Job; that it completes is success.'),
  datadog: datadogMetric.optional().describe('Asks Datadog.'),
  cloudWatch: cloudWatchMetric.optional().describe('Asks Amazon CloudWatch.'),
  newRelic: newRelicMetric.optional().describe('Asks New Relic.'),
  wavefront: wavefrontMetric.optional().describe('Asks Wavefront.'),
  graphite: graphiteMetric.optional().describe('Asks Graphite.'),
  influxdb: influxdbMetric.optional().describe('Asks InfluxDB.'),
  kayenta: kayentaMetric.optional().describe("Asks Spinnaker's Kayenta for a judgement."),
  skywalking: skywalkingMetric.optional().describe('Asks Apache SkyWalking.'),
  dynatrace: dynatraceMetric.optional().describe('Asks Dynatrace. An addition of Crossfade.'),
  googleCloudMonitoring: googleCloudMonitoringMetric
    .optional()
    .describe('Asks Google Cloud Monitoring. An addition of Crossfade.'),
  signalFx: signalFxMetric.optional().describe('Asks Splunk Observability Cloud. An addition of Crossfade.'),
  splunk: splunkMetric.optional().describe('Runs a search of Splunk. An addition of Crossfade.'),
  loki: lokiMetric.optional().describe('Asks Grafana Loki. An addition of Crossfade.'),
  plugin: openObject.optional().describe('Configuration of one further provider by its name, `<namespace>/<name>`.'),
})

/** Where a metric is measured: exactly one of the fields is set. */
export type MetricProvider = z.infer<typeof metricProvider>

/** Something that is measured, how often, and what its values mean. `{{args.name}}` may stand in any text. */
export const metric = z.object({
  name: z.string().describe('Name of the metric, unique in the analysis.'),
  provider: metricProvider.describe('Where it is measured.'),
  interval: durationString
    .optional()
    .describe('Time between two measurements, as a duration. Needed when count is not 1.'),
  initialDelay: durationString.optional().describe('Time before the first measurement, as a duration.'),
  count: intOrString
    .optional()
    .describe('How many measurements are taken. Default: 1 without interval, else until the analysis is ended.'),
  successCondition: z
    .string()
    .optional()
    .describe('Expression on `result` that is true for a successful measurement, such as result[0] >= 0.95.'),
  failureCondition: z
    .string()
    .optional()
    .describe('Expression on `result` that is true for a failed measurement. Neither of the two: inconclusive.'),
  failureLimit: intOrString
    .optional()
    .describe('How many measurements may fail before the metric does. Default 0; -1 for any number.'),
  inconclusiveLimit: intOrString
    .optional()
    .describe('How many measurements may be inconclusive before the metric is. Default 0.'),
  consecutiveErrorLimit: intOrString
    .optional()
    .describe('How many measurements in a row may end in an error before the metric does. Default 4.'),
  consecutiveSuccessLimit: intOrString
    .optional()
    .describe('How many successful measurements in a row make the metric successful. Default 0: not used.'),
  noData: noData
    .optional()
    .describe(
      'What an answer without values is worth: none, null, or NaN in all series. It never reaches the conditions then. ' +
        'Default: they decide. An addition of Crossfade.',
    ),
  minimumRequests: minimumRequests
    .optional()
    .describe('How many requests a verdict needs; a measurement waits for them. An addition of Crossfade.'),
})

/** See {@link metric}. */
export type Metric = z.infer<typeof metric>

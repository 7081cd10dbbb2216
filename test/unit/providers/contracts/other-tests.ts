import type { MetricProvider } from '../../../../src/api/metric.ts'

/** How providers are tested that do not only ask one server and read its answer. Paths are below `test/`. */
export const otherTests: Readonly<Partial<Record<keyof MetricProvider, readonly string[]>>> = {
  prometheus: [
    'unit/providers/prometheus.test.ts',
    'unit/providers/authenticated-net.test.ts',
    'cluster/stories/p-guarded-prometheus.test.ts',
    'cluster/stories/y-guarded-experiment.test.ts',
  ],
  web: ['unit/providers/web.test.ts', 'scenario/provider-faults.test.ts'],
  job: ['unit/providers/job.test.ts', 'scenario/provider-faults.test.ts', 'scenario/job-cluster.test.ts'],
  datadog: ['unit/providers/datadog/credentials.test.ts'],
  wavefront: ['unit/providers/wavefront/wavefront.test.ts'],
  influxdb: ['unit/providers/influxdb/csv.test.ts'],
  cloudWatch: ['unit/providers/aws/sigv4.test.ts', 'unit/providers/aws/keys.test.ts'],
  kayenta: ['unit/providers/kayenta.test.ts'],
  googleCloudMonitoring: ['unit/providers/google-service-account.test.ts'],
  splunk: ['unit/providers/splunk.test.ts'],
  plugin: ['unit/providers/plugin.test.ts'],
}

import type { MetricProvider } from '../../../../src/api/metric.ts'

/** How providers are tested that do not only ask one server and read its answer. Paths are below `test/`. */
export const otherTests: Readonly<Partial<Record<keyof MetricProvider, readonly string[]>>> = {
  prometheus: ['unit/providers/prometheus.test.ts'],
  web: ['unit/providers/web.test.ts'],
  job: ['unit/providers/job.test.ts'],
  wavefront: ['unit/providers/wavefront/wavefront.test.ts'],
  influxdb: ['unit/providers/influxdb/csv.test.ts'],
  cloudWatch: ['unit/providers/aws/sigv4.test.ts', 'unit/providers/aws/keys.test.ts'],
  kayenta: ['unit/providers/kayenta.test.ts'],
  googleCloudMonitoring: ['unit/providers/google-service-account.test.ts'],
  plugin: ['unit/providers/plugin.test.ts'],
}

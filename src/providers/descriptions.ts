import type { MetricProvider } from '../api/metric.ts'

/** What people want to know of a provider before they choose it. */
export interface ProviderDescription {
  /** What it asks, and what a condition sees as `result`. Markdown. */
  readonly asks: string
  /** Where its credentials are. Secrets are in the namespace of the controller unless this says otherwise. Markdown. */
  readonly credentials: string
  /** Whether the published API does not have it. */
  readonly addition?: true
}

/** Every provider of the API, for the table in the documentation. */
export const providerDescriptions: Readonly<Record<keyof MetricProvider, ProviderDescription>> = {
  prometheus: {
    asks: 'Prometheus, or anything that speaks its HTTP API, by PromQL: a number for a scalar, a list for a vector or a range',
    credentials:
      '`authentication` of the metric (basic, bearer, OAuth 2 client credentials, AWS Signature 4), `headers`; `ca` or `insecure` for TLS; secrets come as arguments. AWS keys are found as for `cloudWatch`',
  },
  web: {
    asks: 'A web service; a value out of its JSON by a JSONPath, or its text',
    credentials:
      '`authentication` of the metric (basic, bearer, OAuth 2 client credentials), `headers`; `ca` or `insecure` for TLS; secrets come as arguments',
  },
  job: { asks: 'Nobody: runs a Job, whose completion is the measurement', credentials: 'Those of its pods' },
  datadog: {
    asks: 'Datadog, API v1 (the newest point of a series) or v2 (a number, or a list for a query that groups)',
    credentials:
      '`secretRef` of the metric (also in the namespace of the run); else `DD_ADDRESS`, `DD_API_KEY` and `DD_APP_KEY` of the controller; else the Secret `datadog`: `address`, `api-key`, `app-key`',
  },
  newRelic: {
    asks: 'New Relic by NRQL: a map for one row, a list of maps for several',
    credentials:
      'Secret `newrelic`, or as `profile` says: `personal-api-key`, `account-id`, `region` (`us` or `eu`), `base-url-nerdgraph` for a proxy',
  },
  wavefront: {
    asks: 'Wavefront (VMware Aria Operations for Applications): a number for one series, a list for several',
    credentials: 'Secret `wavefront-api-tokens`: a token for each host',
  },
  graphite: {
    asks: 'Graphite by a render query (`target=…&from=…`): the values of the first series, as a list',
    credentials: 'None',
  },
  influxdb: {
    asks: 'InfluxDB by Flux: the column `_value` of all records, as a list',
    credentials: 'Secret `influxdb`, or as `profile` says: `address`, `org`, `authToken`',
  },
  skywalking: {
    asks: 'Apache SkyWalking by GraphQL, with the variable `duration`: what the query asks for',
    credentials: 'None',
  },
  cloudWatch: {
    asks: 'Amazon CloudWatch (GetMetricData): its results, such as `result[0].Values[0]`',
    credentials:
      'AWS: `authentication.sigv4` of the metric (keys, a profile, a role to assume); else environment, web identity of the service account (IRSA), shared files, container (EKS Pod Identity), instance',
  },
  kayenta: {
    asks: "A judgement of Spinnaker's Kayenta, whose score is compared with two thresholds",
    credentials: 'None',
  },
  dynatrace: {
    addition: true,
    asks: 'Dynatrace (Metrics API v2) by a metric selector: the newest value of each series, as a list',
    credentials: 'Secret `dynatrace`, or as `secretRef` says: `token`, `address`',
  },
  googleCloudMonitoring: {
    addition: true,
    asks: 'Google Cloud Monitoring by PromQL, or by MQL: the newest value of each series, as a list',
    credentials:
      '`serviceAccountKey` in the Secret of `secretRef`; else the file that `GOOGLE_APPLICATION_CREDENTIALS` names; else the identity of the controller (Workload Identity)',
  },
  signalFx: {
    addition: true,
    asks: 'Splunk Observability Cloud (formerly SignalFx) by a SignalFlow program: the newest value of each series, as a list',
    credentials: 'Secret `signalfx`, or as `secretRef` says: `token`, `realm`',
  },
  splunk: {
    addition: true,
    asks: 'Splunk Enterprise or Splunk Cloud Platform by a search in SPL: its rows as a list of maps, at most 100',
    credentials: 'Secret `splunk`, or as `secretRef` says: `token`, or `username` and `password`; `address`',
  },
  loki: {
    addition: true,
    asks: 'Grafana Loki by a LogQL metric query: a list for a vector, a number for a scalar',
    credentials:
      '`authentication` of the metric (basic, bearer, OAuth 2 client credentials), `headers`; `ca` or `insecure` for TLS',
  },
  plugin: {
    asks: 'A plugin of yours over HTTP, which judges by itself or leaves it to the conditions',
    credentials: 'As the configuration of the plugin says',
  },
}

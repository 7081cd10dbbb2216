import { ownPrefix } from '../../src/telemetry/metrics.ts'
import { type CataloguedMetric, metricCatalogue } from './metric-catalogue.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')
const code = (text: string): string => `\`${text}\``

const typeText = ({ type, buckets }: CataloguedMetric): string =>
  type === 'histogram' ? `histogram: ${buckets.join(', ')}` : type

const table = (metrics: readonly CataloguedMetric[]): string[] => [
  '| Metric | Type | Labels | What it tells |',
  '|---|---|---|---|',
  ...metrics.map((metric) => {
    const { name, labels, help } = metric
    return `| ${code(name)} | ${typeText(metric)} | ${labels.map(code).join(', ')} | ${cell(help)} |`
  }),
]

const isOwn = ({ name }: CataloguedMetric): boolean => name.startsWith(ownPrefix)

/** The page of all metrics, from the controllers' own definitions. */
export const metricPage = (): string => {
  const all = [...metricCatalogue()].sort((left, right) => (left.name < right.name ? -1 : 1))
  return [
    '# Metrics',
    '',
    'Every process of the controller serves `/metrics` on `--metricsPort` (8090). Only the leader acts, so only its counters of',
    'passes, events and writes rise; what is read from the caches is the same on all, so take it from one of them:',
    '`max by (namespace, name, phase) (rollout_info)`, or `rollout_info and on (instance) crossfade_leader == 1`.',
    '',
    'The tables are made from the definitions by `npm run generate`; a test keeps them true.',
    '',
    '## Published metrics',
    '',
    'Names, types, labels and buckets are those of the published controller: its dashboards and alerts work as they are. The phases',
    'of `rollout_info` are `Completed`, `Progressing`, `Paused`, `Timeout`, `Error`, `Abort` and `InvalidSpec`.',
    '',
    ...table(all.filter((metric) => !isOwn(metric))),
    '',
    'What differs: in `controller_clientset_k8s_request_total` the name of Pods, Jobs and AnalysisRuns is `N/A` too, as that of Events',
    'and ReplicaSets is, and so is that of a whole collection; `goversion` of `build_info` tells the version of Node; `go_*` does not',
    'exist. Routers that the published controller has no name for are named in `traffic_router` by their key.',
    '',
    '## Metrics of Crossfade',
    '',
    ...table(all.filter(isOwn)),
    '',
    'With `--published-metrics-only` these are left out, for systems that take no other names.',
    '',
    '## The process',
    '',
    '`process_*` (CPU, resident memory, open files) and `nodejs_*` are those of the Prometheus client for Node. The one to watch is',
    '`nodejs_eventloop_lag_p99_seconds`: how late the event loop is; above 0.1 for long, the controller has more to do than one',
    'processor can.',
    '',
    '## What they cost',
    '',
    '- What the caches know anyway is computed when it is scraped, and takes no memory in between.',
    '- The series of an object end with it: of a deleted Rollout, AnalysisRun or Experiment the next scrape has none.',
    '- What is counted or measured has at most 50,000 series a metric (requests to the API server 5,000). What does not fit is counted in',
    '  `crossfade_metric_series_dropped_total`.',
    '- A scrape is written metric by metric, so that probes and releases need not wait for it.',
    '',
    '## Questions they answer',
    '',
    '```promql',
    '# How long each Rollout has been in its phase',
    'time() - max by (namespace, name, phase) (crossfade_rollout_phase_start_time_seconds)',
    '',
    '# Releases that wait for a person for more than a day',
    'time() - max by (namespace, name) (crossfade_rollout_phase_start_time_seconds{phase="Paused"}) > 86400',
    '',
    '# Nobody leads',
    'sum(crossfade_leader) == 0 or absent(crossfade_leader)',
    '',
    '# Share of releases that were aborted in the last day',
    'sum(increase(rollout_duration_seconds_count{status="Aborted"}[1d])) / sum(increase(rollout_duration_seconds_count[1d]))',
    '',
    '# Time that keys wait for a worker, 99 of 100',
    'histogram_quantile(0.99, sum by (le, name) (rate(workqueue_queue_duration_seconds_bucket[5m])))',
    '',
    '# Caches that do not follow the API server',
    'crossfade_cache_current == 0',
    '```',
    '',
  ].join('\n')
}

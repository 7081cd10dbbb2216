import type { Dashboard } from './dashboard.ts'

const ours = 'namespace=~"$namespace"'
const queues = `${ours},name=~"rollouts|experiments|analysisruns"`
/** Metrics that every program on Node has, of ours only. */
const ofControllers = `and on (namespace, job, instance) crossfade_leader{${ours}}`

/** For people who run the controller: whether it keeps up. */
export const controller: Dashboard = {
  uid: 'crossfade-controller',
  title: 'Crossfade: controller',
  variables: [{ name: 'namespace', query: 'label_values(crossfade_leader, namespace)' }],
  rows: [
    {
      title: 'Who leads',
      panels: [
        {
          title: 'Controllers',
          help: 'How many there are; all but one stand by.',
          kind: 'stat',
          queries: [{ promql: `count(crossfade_leader{${ours}})`, legend: 'controllers' }],
          width: 6,
        },
        {
          title: 'Leaders',
          help: 'One for each installation. Otherwise see the alerts CrossfadeNotLed and CrossfadeLedTwice.',
          kind: 'stat',
          queries: [{ promql: `sum by (namespace, job) (crossfade_leader{${ours}})`, legend: '{{namespace}}' }],
          width: 6,
        },
        {
          title: 'Leadership',
          help: 'Who has led.',
          kind: 'state-timeline',
          queries: [{ promql: `crossfade_leader{${ours}}`, legend: '{{instance}}' }],
        },
      ],
    },
    {
      title: 'Work',
      panels: [
        {
          title: 'Passes a second, by outcome',
          help: 'Errors are tried again, each time later.',
          kind: 'timeseries',
          queries: [
            {
              promql: `sum by (result) (rate(crossfade_rollout_reconcile_total{${ours}}[5m]))`,
              legend: 'Rollouts: {{result}}',
            },
            {
              promql: `sum by (result) (rate(crossfade_analysis_run_reconcile_total{${ours}}[5m]))`,
              legend: 'AnalysisRuns: {{result}}',
            },
            {
              promql: `sum by (result) (rate(crossfade_experiment_reconcile_total{${ours}}[5m]))`,
              legend: 'Experiments: {{result}}',
            },
          ],
        },
        {
          title: 'Time that keys wait for a worker (99 of 100)',
          help: 'Above some seconds for long: raise --rollout-threads or --analysis-threads, or see what the API server does.',
          kind: 'timeseries',
          queries: [
            {
              promql: `histogram_quantile(0.99, sum by (le, name) (rate(workqueue_queue_duration_seconds_bucket{${queues}}[5m])))`,
              legend: '{{name}}',
            },
          ],
          unit: 's',
        },
        {
          title: 'Time of a pass (99 of 100)',
          help: 'Slow things run beside the passes, so a pass takes as long as its requests to the API server.',
          kind: 'timeseries',
          queries: [
            {
              promql: `histogram_quantile(0.99, sum by (le, name) (rate(workqueue_work_duration_seconds_bucket{${queues}}[5m])))`,
              legend: '{{name}}',
            },
          ],
          unit: 's',
        },
        {
          title: 'Keys that wait',
          help: 'Short peaks are normal at a start.',
          kind: 'timeseries',
          queries: [{ promql: `sum by (name) (workqueue_depth{${queues}})`, legend: '{{name}}' }],
        },
      ],
    },
    {
      title: 'API server',
      panels: [
        {
          title: 'Requests a second',
          help: 'A settled cluster causes next to none.',
          kind: 'timeseries',
          queries: [
            {
              promql: 'sum by (kind, verb) (rate(controller_clientset_k8s_request_total[5m]))',
              legend: '{{verb}} {{kind}}',
            },
          ],
        },
        {
          title: 'Requests that were refused, a second',
          help: '409 is a conflict, which is tried again with what is there now; 403 is a permission that the chart has not given.',
          kind: 'timeseries',
          queries: [
            {
              promql:
                'sum by (status_code, kind) (rate(controller_clientset_k8s_request_total{status_code=~"[45].."}[5m]))',
              legend: '{{status_code}} {{kind}}',
            },
          ],
        },
        {
          title: 'Writes of routing objects a second',
          help: 'By router and how they ended.',
          kind: 'timeseries',
          queries: [
            {
              promql: `sum by (router, result) (rate(crossfade_router_writes_total{${ours}}[5m]))`,
              legend: '{{router}}: {{result}}',
            },
          ],
        },
        {
          title: 'Objects in caches',
          help: 'What the memory goes with.',
          kind: 'timeseries',
          queries: [{ promql: `max by (kind) (crossfade_cache_objects{${ours}})`, legend: '{{kind}}' }],
        },
      ],
    },
    {
      title: 'The process',
      panels: [
        {
          title: 'Event loop, late by (99 of 100)',
          help: 'Above 0.1 s for long it has more to do than a processor can; beyond 10 s it loses its lease.',
          kind: 'timeseries',
          queries: [{ promql: `nodejs_eventloop_lag_p99_seconds ${ofControllers}`, legend: '{{instance}}' }],
          unit: 's',
          width: 8,
        },
        {
          title: 'Memory',
          help: 'Resident.',
          kind: 'timeseries',
          queries: [{ promql: `process_resident_memory_bytes ${ofControllers}`, legend: '{{instance}}' }],
          unit: 'bytes',
          width: 8,
        },
        {
          title: 'CPU',
          help: 'Seconds a second.',
          kind: 'timeseries',
          queries: [{ promql: `rate(process_cpu_seconds_total[5m]) ${ofControllers}`, legend: '{{instance}}' }],
          width: 8,
        },
      ],
    },
  ],
}

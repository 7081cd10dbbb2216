import type { Dashboard } from './dashboard.ts'

const chosen = 'namespace=~"$namespace",name=~"$rollout"'

/** For people who release: what happens to their Rollouts now, and how releases went. */
export const releases: Dashboard = {
  uid: 'crossfade-releases',
  title: 'Crossfade: releases',
  variables: [
    { name: 'namespace', query: 'label_values(rollout_info, namespace)' },
    { name: 'rollout', query: 'label_values(rollout_info{namespace=~"$namespace"}, name)' },
  ],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Rollouts by phase',
          help: 'Abort, Timeout, Error and InvalidSpec need somebody; Paused may wait for somebody.',
          kind: 'stat',
          queries: [
            {
              promql: `count by (phase) (max by (namespace, name, phase) (rollout_info{${chosen}}))`,
              legend: '{{phase}}',
            },
          ],
          width: 24,
        },
        {
          title: 'Phase',
          help: 'The phase of each Rollout over time.',
          kind: 'state-timeline',
          queries: [
            {
              promql: `max by (namespace, name, phase) (rollout_info{${chosen}})`,
              legend: '{{namespace}}/{{name}} {{phase}}',
            },
          ],
        },
        {
          title: 'Time in the phase',
          help: 'How long each Rollout that is not done has been in its phase.',
          kind: 'table',
          queries: [
            {
              promql: `time() - max by (namespace, name, phase) (crossfade_rollout_phase_start_time_seconds{${chosen},phase!="Completed"})`,
              legend: '',
            },
          ],
          unit: 's',
        },
      ],
    },
    {
      title: 'On the way',
      panels: [
        {
          title: 'Weight of the canary',
          help: 'Share of the new version, out of maxTrafficWeight: as routers have it, else as the steps say.',
          kind: 'timeseries',
          queries: [
            {
              promql: `max by (namespace, name) (crossfade_rollout_canary_weight{${chosen}})`,
              legend: '{{namespace}}/{{name}}',
            },
          ],
        },
        {
          title: 'Step',
          help: 'Steps that are done, of all steps.',
          kind: 'timeseries',
          queries: [
            {
              promql: `max by (namespace, name) (crossfade_rollout_step{${chosen}})`,
              legend: '{{namespace}}/{{name}}',
            },
            {
              promql: `max by (namespace, name) (crossfade_rollout_steps{${chosen}})`,
              legend: '{{namespace}}/{{name}}: all',
            },
          ],
        },
        {
          title: 'Measurements',
          help: 'The newest measurement of each metric of the analyses, where it is one number.',
          kind: 'timeseries',
          queries: [
            {
              promql:
                'max by (namespace, name, metric) (crossfade_analysis_run_measurement{namespace=~"$namespace",name=~"($rollout).*"})',
              legend: '{{name}}: {{metric}}',
            },
          ],
        },
        {
          title: 'Pods',
          help: 'Wanted, available, and of the new revision.',
          kind: 'timeseries',
          queries: [
            {
              promql: `max by (namespace, name) (rollout_info_replicas_desired{${chosen}})`,
              legend: '{{name}} wanted',
            },
            {
              promql: `max by (namespace, name) (rollout_info_replicas_available{${chosen}})`,
              legend: '{{name}} available',
            },
            { promql: `max by (namespace, name) (rollout_info_replicas_updated{${chosen}})`, legend: '{{name}} new' },
          ],
        },
      ],
    },
    {
      title: 'How releases went (all namespaces)',
      panels: [
        {
          title: 'Releases that ended, per hour',
          help: 'By how they ended.',
          kind: 'timeseries',
          queries: [{ promql: 'sum by (status) (increase(rollout_duration_seconds_count[1h]))', legend: '{{status}}' }],
        },
        {
          title: 'Duration of releases',
          help: 'Half of all releases, and 9 of 10, were faster than this: in all, and without waiting for people.',
          kind: 'timeseries',
          queries: [
            {
              promql: 'histogram_quantile(0.5, sum by (le) (rate(rollout_duration_seconds_bucket[6h])))',
              legend: 'half',
            },
            {
              promql: 'histogram_quantile(0.9, sum by (le) (rate(rollout_duration_seconds_bucket[6h])))',
              legend: '9 of 10',
            },
            {
              promql: 'histogram_quantile(0.9, sum by (le) (rate(rollout_progression_duration_seconds_bucket[6h])))',
              legend: '9 of 10, without pauses by hand',
            },
          ],
          unit: 's',
        },
        {
          title: 'Warnings',
          help: 'Events of type Warning, by their reason.',
          kind: 'timeseries',
          queries: [
            {
              promql: `sum by (reason) (increase(rollout_events_total{${chosen},type="Warning"}[15m]))`,
              legend: '{{reason}}',
            },
          ],
          width: 24,
        },
      ],
    },
  ],
}

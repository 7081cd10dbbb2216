import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { metricCatalogue } from '../../../scripts/generate/metric-catalogue.ts'
import { metricPage } from '../../../scripts/generate/metric-page.ts'

/** As published: name, type and labels. */
const published: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  rollout_reconcile: ['histogram', ['namespace', 'name']],
  rollout_reconcile_error: ['counter', ['namespace', 'name']],
  rollout_info: ['gauge', ['namespace', 'name', 'strategy', 'traffic_router', 'phase']],
  rollout_info_replicas_available: ['gauge', ['namespace', 'name']],
  rollout_info_replicas_unavailable: ['gauge', ['namespace', 'name']],
  rollout_info_replicas_desired: ['gauge', ['namespace', 'name']],
  rollout_info_replicas_updated: ['gauge', ['namespace', 'name']],
  rollout_events_total: ['counter', ['namespace', 'name', 'type', 'reason']],
  rollout_phase: ['gauge', ['namespace', 'name', 'strategy', 'phase']],
  rollout_duration_seconds: ['histogram', ['status']],
  rollout_progression_duration_seconds: ['histogram', ['status']],
  rollout_manual_pause_duration_seconds: ['histogram', ['status']],
  analysis_run_reconcile: ['histogram', ['namespace', 'name']],
  analysis_run_reconcile_error: ['counter', ['namespace', 'name']],
  analysis_run_info: ['gauge', ['namespace', 'name', 'phase']],
  analysis_run_phase: ['gauge', ['namespace', 'name', 'phase']],
  analysis_run_metric_type: ['gauge', ['namespace', 'name', 'metric', 'type']],
  analysis_run_metric_phase: ['gauge', ['namespace', 'name', 'metric', 'type', 'dry_run', 'phase']],
  analysis_template_info: ['gauge', ['namespace', 'name']],
  analysis_template_metric_info: ['gauge', ['namespace', 'name', 'type', 'metric']],
  experiment_reconcile: ['histogram', ['namespace', 'name']],
  experiment_reconcile_error: ['counter', ['namespace', 'name']],
  experiment_info: ['gauge', ['namespace', 'name', 'phase']],
  experiment_phase: ['gauge', ['namespace', 'name', 'phase']],
  controller_clientset_k8s_request_total: ['counter', ['kind', 'namespace', 'name', 'verb', 'status_code']],
  notification_send_success: ['counter', ['namespace', 'name', 'type', 'reason']],
  notification_send_error: ['counter', ['namespace', 'name', 'type', 'reason']],
  notification_send: ['histogram', ['namespace', 'name']],
  argo_rollouts_controller_info: ['gauge', ['version']],
  build_info: ['gauge', ['version', 'goversion', 'goarch', 'commit']],
  workqueue_depth: ['gauge', ['name']],
  workqueue_adds_total: ['counter', ['name']],
  workqueue_retries_total: ['counter', ['name']],
  workqueue_queue_duration_seconds: ['histogram', ['name']],
  workqueue_work_duration_seconds: ['histogram', ['name']],
  workqueue_unfinished_work_seconds: ['gauge', ['name']],
  workqueue_longest_running_processor_seconds: ['gauge', ['name']],
}

describe('the metrics of the controllers', () => {
  const known = new Map(metricCatalogue().map((metric) => [metric.name, metric]))

  for (const [name, [type, labels]] of Object.entries(published)) {
    it(`have ${name} as published`, () => {
      const metric = known.get(name)
      assert.deepEqual([metric?.type, [...(metric?.labels ?? [])].sort()], [type, [...labels].sort()])
    })
  }

  it('have no other names than the published ones and their own', () => {
    const others = [...known.keys()].filter((name) => published[name] === undefined && !name.startsWith('crossfade_'))
    assert.deepEqual(others, [])
  })

  it('are told by docs/metrics.md (npm run generate writes it)', () => {
    assert.equal(readFileSync(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8'), metricPage())
  })
})

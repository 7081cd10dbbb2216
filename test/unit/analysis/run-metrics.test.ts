import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RunMetrics } from '../../../src/analysis/run-metrics.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { measured, metricOf, runOf } from '../../builders/analysis-run.ts'

const stored = (object: object): StoredObject => JSON.parse(JSON.stringify(object))

const run = runOf(
  { metrics: [metricOf(), metricOf({ name: 'check', provider: { web: { url: 'http://x' } } })] },
  {
    phase: 'Running',
    metricResults: [{ name: 'error-rate', phase: 'Failed', dryRun: true, measurements: [measured('Failed')] }],
  },
)
const malformed = { ...run, metadata: { ...run.metadata, name: 'malformed' }, spec: { metrics: 'none' } }

describe('the metrics of AnalysisRuns', () => {
  const metrics = new PrometheusMetrics({ runtime: false })
  const runMetrics = new RunMetrics(metrics, { get: () => stored(run), list: () => [stored(run), stored(malformed)] })

  it('tell phases and providers by the published names, and leave out what cannot be read', async () => {
    const text = await metrics.text()
    for (const line of [
      'analysis_run_info{namespace="shop",name="guestbook-1",phase="Running"} 1',
      'analysis_run_phase{namespace="shop",name="guestbook-1",phase="Failed"} 0',
      'analysis_run_metric_type{namespace="shop",name="guestbook-1",metric="check",type="Web"} 1',
      'analysis_run_metric_phase{namespace="shop",name="guestbook-1",metric="error-rate",type="Prometheus",dry_run="true",phase="Failed"} 1',
      'analysis_run_metric_phase{namespace="shop",name="guestbook-1",metric="error-rate",type="Prometheus",dry_run="true",phase="Running"} 0',
      'analysis_run_metric_phase{namespace="shop",name="guestbook-1",metric="check",type="Web",dry_run="false",phase="Pending"} 1',
    ]) {
      assert.ok(text.includes(line), `${line} is missing in\n${text}`)
    }
    assert.doesNotMatch(text, /malformed/)
  })

  it('tell the newest measurement where it is a number', async () => {
    const measuredAs = async (value: string): Promise<string | undefined> => {
      const measurements = [measured('Successful'), { ...measured('Successful'), value }]
      const results = [{ name: 'error-rate', phase: 'Running' as const, measurements }]
      const one = new PrometheusMetrics({ runtime: false })
      new RunMetrics(one, {
        get: () => stored(run),
        list: () => [stored(runOf({}, { phase: 'Running', metricResults: results }))],
      })
      return /^crossfade_analysis_run_measurement\{.*\} (.*)$/m.exec(await one.text())?.[1]
    }
    assert.equal(await measuredAs('0.25'), '0.25')
    assert.equal(await measuredAs('[0.99]'), '0.99')
    assert.equal(await measuredAs('[1e-3]'), '0.001')
    assert.equal(await measuredAs('[-Inf]'), '-Inf')
    assert.equal(await measuredAs('[NaN]'), 'NaN')
    for (const other of ['[1,2]', '[]', '{"errors":3}', '"12"', '']) assert.equal(await measuredAs(other), undefined)
  })

  it('count passes and failures until the run is gone', async () => {
    runMetrics.reconciled('error', 'shop/guestbook-1', 0.02)
    assert.match(await metrics.text(), /analysis_run_reconcile_error\{namespace="shop",name="guestbook-1"\} 1/)
    assert.match(await metrics.text(), /analysis_run_reconcile_count\{namespace="shop",name="guestbook-1"\} 1/)
    runMetrics.forget('shop/guestbook-1')
    assert.doesNotMatch(await metrics.text(), /analysis_run_reconcile(_error|_count)\{/)
  })
})

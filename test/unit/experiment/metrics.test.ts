import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ExperimentMetrics } from '../../../src/experiment/metrics.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { cloneJson } from '../../../src/lib/json-value.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { anExperiment } from '../../builders/experiment-builder.ts'
import { storedExperiment } from '../../builders/experiment-snapshot.ts'

describe('the metrics of Experiments', () => {
  const stored = cloneJson<object>(storedExperiment(anExperiment('ab'), { phase: 'Failed' })) as StoredObject
  const metrics = new PrometheusMetrics({ runtime: false })
  const experimentMetrics = new ExperimentMetrics(metrics, { get: () => stored, list: () => [stored] })

  it('tell phases by the published names', async () => {
    const text = await metrics.text()
    for (const line of [
      'experiment_info{namespace="default",name="ab",phase="Failed"} 1',
      'experiment_phase{namespace="default",name="ab",phase="Failed"} 1',
      'experiment_phase{namespace="default",name="ab",phase="Running"} 0',
    ]) {
      assert.ok(text.includes(line), `${line} is missing in\n${text}`)
    }
  })

  it('count passes and failures until the Experiment is gone', async () => {
    experimentMetrics.reconciled('error', 'default/ab', 0.02)
    assert.match(await metrics.text(), /experiment_reconcile_error\{namespace="default",name="ab"\} 1/)
    assert.match(await metrics.text(), /experiment_reconcile_count\{namespace="default",name="ab"\} 1/)
    experimentMetrics.forget('default/ab')
    assert.doesNotMatch(await metrics.text(), /experiment_reconcile(_error|_count)\{/)
  })
})

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createOperator } from '../../src/operator/operator.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { createSandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import { PrometheusMetrics } from '../../src/telemetry/metrics.ts'
import { silentLogger } from '../../src/telemetry/silent-logger.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'

it('nothing of a Rollout is left in the metrics once it is gone, nor of its AnalysisRuns', async () => {
  const sandbox = createSandbox({ crds: [...productCrds(), ...routingCrds] })
  const metrics = new PrometheusMetrics({ runtime: false })
  const operator = createOperator({
    transport: sandbox.transport('controller'),
    net: sandbox.net,
    clock: sandbox.clock,
    logger: silentLogger,
    metrics,
    config: { instanceId: '' },
  })
  const seriesOfWeb = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => /name="web/.test(line))
  const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), analysis('check'))
  const objects = [anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '30s' })), web.build()]
  applyObjects(sandbox, JSON.parse(JSON.stringify(objects)), 'default')
  void operator.start()
  await sandbox.clock.run({ until: () => rollout('web').isHealthy().holds(sandbox), forMs: 60_000 })
  carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
  await sandbox.clock.run({ forMs: 120_000 })
  const names = new Set((await seriesOfWeb()).map((line) => line.replace(/\{.*/, '')))
  for (const name of ['rollout_info', 'rollout_reconcile_count', 'rollout_events_total', 'analysis_run_info'])
    assert.ok(names.has(name), `${name} is missing in ${[...names]}`)

  carryOut(sandbox, { delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } }, 'default')
  await sandbox.clock.run({ forMs: 60_000 })
  assert.deepEqual(await seriesOfWeb(), [])
})

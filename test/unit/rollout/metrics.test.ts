import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { cloneJson } from '../../../src/lib/json-value.ts'
import { RolloutMetrics } from '../../../src/rollout/metrics.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { healthyStatus, storedRollout } from '../../builders/rollout-snapshot.ts'

const metricsOf = (trafficRouting?: TrafficRouting) => {
  const builder = aRollout('web').withReplicas(3)
  const routed = trafficRouting === undefined ? builder : builder.withCanary({ trafficRouting })
  const stored = cloneJson<object>(storedRollout(routed, healthyStatus(routed))) as StoredObject
  const metrics = new PrometheusMetrics({ runtime: false })
  return { metrics, ofRollouts: new RolloutMetrics(metrics, { get: () => stored, list: () => [stored] }) }
}

describe('the metrics of Rollouts', () => {
  const routers: readonly (readonly [TrafficRouting | undefined, string])[] = [
    [undefined, ''],
    [{ maxTrafficWeight: 100, managedRoutes: [{ name: 'beta' }] }, ''],
    [{ nginx: { stableIngress: 'web' } }, 'Nginx'],
    [{ gatewayAPI: { httpRoute: 'web' }, istio: { virtualService: { name: 'web' } } }, 'GatewayAPI'],
    [{ smi: {} }, 'SMI'],
    [{ traefik: { weightedTraefikServiceName: 'web' } }, 'traefik'],
  ]

  for (const [routing, name] of routers) {
    it(`name the router of ${JSON.stringify(routing ?? {})} ${name || 'nothing'}`, async () => {
      assert.match(await metricsOf(routing).metrics.text(), new RegExp(`rollout_info\\{[^}]*traffic_router="${name}"`))
    })
  }

  it('count pods as the status does', async () => {
    const text = await metricsOf().metrics.text()
    assert.match(text, /rollout_info_replicas_desired\{namespace="default",name="web"\} 3/)
    assert.match(text, /rollout_info_replicas_available\{namespace="default",name="web"\} 3/)
    assert.match(text, /rollout_info_replicas_unavailable\{namespace="default",name="web"\} 0/)
  })

  it('count passes, failures and events until the Rollout is gone', async () => {
    const { metrics, ofRollouts } = metricsOf()
    ofRollouts.reconciled('error', 'default/web', 0.02)
    ofRollouts.recorded('default/web', [{ type: 'Normal', reason: 'RolloutPaused', message: '' }])
    const text = await metrics.text()
    assert.match(text, /rollout_reconcile_error\{namespace="default",name="web"\} 1/)
    assert.match(text, /rollout_events_total\{[^}]*reason="RolloutPaused"\} 1/)
    ofRollouts.forget('default/web')
    assert.doesNotMatch(await metrics.text(), /rollout_(reconcile_error|reconcile_count|events_total)\{/)
  })
})

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const hashLabel = 'rollouts-pod-template-hash'
const web = aRollout('web')
  .withReplicas(2)
  .withSteps(setWeight(50), pause())
  .withCanary({ steps: [], stableService: 'web-stable', canaryService: 'web-canary' })

const selectorOf = (told: Story, name: string) =>
  told.sandbox.cluster.get('Service', { namespace: 'default', name })?.spec.selector

describe('a Service that a Rollout has managed', () => {
  story('selects pods of any revision again when another takes its place', {}, async (told) => {
    await told.begin(...servicePair('web'), aService('web-next', 'web'), web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    assert.notEqual(selectorOf(told, 'web-canary')?.[hashLabel], undefined)
    told.apply(web.withCanary({ canaryService: 'web-next' }).build())
    await told.pass('10s')
    assert.deepEqual(selectorOf(told, 'web-canary'), { app: 'web' })
    assert.notEqual(selectorOf(told, 'web-next')?.[hashLabel], undefined)
  })

  story('selects pods of any revision again when the Rollout is deleted', {}, async (told) => {
    await told.begin(...servicePair('web'), web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } })
    await told.pass('10s')
    assert.deepEqual(selectorOf(told, 'web-stable'), { app: 'web' })
    assert.deepEqual(selectorOf(told, 'web-canary'), { app: 'web' })
    expectEvents(told, 'web', ['RolloutDeleted: Rollout web/default is deleted.'])
  })

  story('is left alone when its Rollout belongs to another controller', {}, async (told) => {
    const other = web.withLabels({ 'argo-rollouts.argoproj.io/controller-instance-id': 'other' })
    const service = aService('web-stable', 'web')
    const annotations = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' }
    const managed = {
      ...service,
      metadata: { ...service.metadata, annotations },
      spec: { ...service.spec, selector: { app: 'web', [hashLabel]: 'abc' } },
    }
    await told.begin(managed, other.build())
    await told.pass('1m')
    assert.equal(selectorOf(told, 'web-stable')?.[hashLabel], 'abc')
  })
})

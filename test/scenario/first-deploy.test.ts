import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, expectTraffic, rollout, runsOf, theRollout, weightsTold } from './expect.ts'
import { story } from './harness.ts'

describe('the first deploy of a Rollout', () => {
  story('passes all steps at once and becomes healthy', {}, async (told) => {
    await told.begin(aRollout('web').withReplicas(3).withSteps(setWeight(20), pause()).build())
    await told.until(rollout('web').isHealthy(), '2m')
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(status?.currentStepIndex, 2)
    assert.equal(status?.stableRS, status?.currentPodHash)
    expectSizes(told, 'web', { 1: 3 })
    expectEvents(told, 'web', [
      'RolloutAddedToInformer',
      'RolloutUpdated: Rollout updated to revision 1',
      'NewReplicaSetCreated',
      'ScalingReplicaSet',
      'RolloutCompleted: Rollout completed update to revision 1',
    ])
  })

  story('moves no traffic by weights and starts no analysis', {}, async (told) => {
    const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), analysis('check')).routedByHttpRoute('web')
    const { spec } = web.build()
    const check = { templates: [{ templateName: 'check' }] }
    const withBackground = web.withCanary({ ...spec.strategy?.canary, analysis: check })
    await told.begin(...servicePair('web'), anHttpRoute('web'), template('check'), withBackground.build())
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(runsOf(told, 'web'), [])
    assert.deepEqual(
      weightsTold(told, 'web').filter((weight) => weight !== '0'),
      [],
    )
    expectTraffic(told, 'web', { 1: 100 })
  })

  story(
    'is not healthy before enough pods are available',
    { pods: [{ behavior: { readyAfterMs: 40_000 } }] },
    async (told) => {
      await told.begin(aRollout('web').withReplicas(2).withSteps(setWeight(20)).build())
      await told.pass('30s')
      told.expect(rollout('web').isProgressing())
      await told.until(rollout('web').isHealthy(), '1m')
      assert.ok(told.nowMs >= 40_000)
    },
  )

  story('writes 1 into a spec without replicas', {}, async (told) => {
    await told.begin(aRollout('web').withSteps(setWeight(50)).build())
    await told.until(rollout('web').isHealthy(), '2m')
    assert.equal(theRollout(told.sandbox, 'web').spec.replicas, 1)
    expectSizes(told, 'web', { 1: 1 })
  })
})

const template = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name },
  spec: { metrics: [{ name: 'up', provider: { prometheus: { address: 'http://p.example', query: 'up' } } }] },
})

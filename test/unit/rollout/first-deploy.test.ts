import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  conditionIn,
  effectsOf,
  eventsOf,
  hashOf,
  noon,
  plainService,
  sizesOf,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(20), pause())
const hash = hashOf(web)

describe('a Rollout that was never seen', () => {
  const plan = decide(aSnapshot({ rollout: storedRollout(web, undefined, 1) }))

  it('gets its ReplicaSet in the first pass, with all its pods', () => {
    assert.deepEqual(effectsOf(plan), [`createReplicaSet replicaset/web-${hash}`, 'updateRollout rollout'])
    assert.deepEqual(sizesOf(plan), { [`web-${hash}`]: 3 })
  })

  it('tells what happens in the order that people know', () => {
    assert.deepEqual(eventsOf(plan), [
      'RolloutAddedToInformer: Rollout resource added to informer: default/web',
      'RolloutUpdated: Rollout updated to revision 1',
      `NewReplicaSetCreated: Created ReplicaSet web-${hash} (revision 1)`,
      `RolloutNotCompleted: Rollout not completed, started update to revision 1 (${hash})`,
      `ScalingReplicaSet: Scaled up ReplicaSet web-${hash} (revision 1) from 0 to 3`,
      `RolloutCompleted: Rollout completed update to revision 1 (${hash}): Initial deploy`,
    ])
  })

  it('passes all steps at once, since there is nothing to compare with', () => {
    assert.equal(plan.status.currentStepIndex, 2)
    assert.equal(plan.status.stableRS, hash)
    assert.equal(plan.status.phase, 'Progressing')
    assert.equal(plan.status.message, 'more replicas need to be updated')
    assert.equal(plan.status.observedGeneration, '1')
    assert.equal(conditionIn(plan.status, 'Completed'), 'True RolloutCompleted')
    assert.equal(conditionIn(plan.status, 'Available'), 'False AvailableReason')
  })

  it('is looked at again when its progress deadline is over', () => {
    assert.equal(plan.wakeAt, noon + 601_000)
  })

  it('carries what the published controller puts on a ReplicaSet', () => {
    const [creation] = plan.effects
    assert.equal(creation?.type, 'createReplicaSet')
    if (creation?.type !== 'createReplicaSet') return
    const { metadata, spec } = creation.object as { metadata: Record<string, unknown>; spec: Record<string, unknown> }
    assert.deepEqual(metadata.labels, { app: 'web', 'rollouts-pod-template-hash': hash })
    assert.deepEqual(metadata.annotations, {
      'rollout.argoproj.io/revision': '1',
      'rollout.argoproj.io/desired-replicas': '3',
    })
    assert.deepEqual(spec.selector, { matchLabels: { app: 'web', 'rollouts-pod-template-hash': hash } })
  })
})

describe('a first version whose pods are there', () => {
  const first = decide(aSnapshot({ rollout: storedRollout(web, undefined, 1) }))
  const annotated = web.withAnnotations({ 'rollout.argoproj.io/revision': '1' })
  const rollout = storedRollout(annotated, structuredClone(first.status) as never, 1)
  const replicaSets = [aReplicaSet(web, { revision: 1, pods: 3 })]

  it('is healthy, without any write but the status', () => {
    const plan = decide(aSnapshot({ rollout, replicaSets }))
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.status.phase, 'Healthy')
    assert.equal(plan.status.message, undefined)
    assert.equal(conditionIn(plan.status, 'Healthy'), 'True RolloutHealthy')
    assert.equal(conditionIn(plan.status, 'Progressing'), 'True NewReplicaSetAvailable')
    assert.equal(plan.wakeAt, undefined)
  })

  it('settles: the next pass decides nothing', () => {
    const healthy = decide(aSnapshot({ rollout, replicaSets })).status
    const settled = { ...rollout, status: structuredClone(healthy) as never }
    const plan = decide(aSnapshot({ rollout: settled, replicaSets }))
    assert.deepEqual(effectsOf(plan), [])
    assert.deepEqual(eventsOf(plan), [])
    assert.deepEqual(plan.status, healthy)
  })
})

describe('a spec without replicas', () => {
  it('gets 1, which autoscalers must be able to read, in the same write as the revision', () => {
    const plan = decide(aSnapshot({ rollout: storedRollout(aRollout('web'), undefined, 1) }))
    const update = plan.effects.find((effect) => effect.type === 'updateRollout')
    assert.deepEqual(update?.type === 'updateRollout' && update.patch, {
      spec: { replicas: 1 },
      metadata: { annotations: { 'rollout.argoproj.io/revision': '1' }, resourceVersion: '100' },
    })
  })
})

describe('Services of a first version', () => {
  const served = web.withCanary({ steps: [], stableService: 'web-stable', canaryService: 'web-canary' })
  const first = decide(aSnapshot({ rollout: storedRollout(served, undefined, 1) }))
  const rollout = storedRollout(
    served.withAnnotations({ 'rollout.argoproj.io/revision': '1' }),
    structuredClone(first.status) as never,
    1,
  )
  const services = [plainService('web-stable'), plainService('web-canary')]

  it('are left alone until all pods are available', () => {
    const replicaSets = [aReplicaSet(served, { revision: 1, pods: 3, available: 2 })]
    assert.deepEqual(effectsOf(decide(aSnapshot({ rollout, replicaSets, services }))), [])
  })

  it('are then taken over', () => {
    const replicaSets = [aReplicaSet(served, { revision: 1, pods: 3 })]
    const plan = decide(aSnapshot({ rollout, replicaSets, services }))
    assert.deepEqual(effectsOf(plan), ['selectPods service/web-stable', 'selectPods service/web-canary'])
    assert.deepEqual(plan.effects[0]?.type === 'selectPods' && plan.effects[0].patch, {
      metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' } },
      spec: { selector: { 'rollouts-pod-template-hash': hashOf(served) } },
    })
    assert.deepEqual(eventsOf(plan), [
      `SwitchService: Switched selector for service 'web-stable' from '' to '${hashOf(served)}'`,
      `SwitchService: Switched selector for service 'web-canary' from '' to '${hashOf(served)}'`,
    ])
  })
})

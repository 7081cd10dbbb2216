import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../src/rollout/decide.ts'
import { releasePatch } from '../../../src/rollout/release-service.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  effectsOf,
  hashOf,
  healthyStatus,
  managedService,
  plainService,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const web = aRollout('web').withReplicas(2).withAnnotations({ 'rollout.argoproj.io/revision': '1' })

describe('a Service that a strategy no longer names', () => {
  it('is given back', () => {
    const plan = decide(
      aSnapshot({
        rollout: storedRollout(web, healthyStatus(web)),
        replicaSets: [aReplicaSet(web, { revision: 1, pods: 2 })],
        formerServices: [managedService('old', hashOf(web))],
      }),
    )
    assert.deepEqual(effectsOf(plan), ['selectPods service/old'])
    assert.deepEqual(plan.effects[0]?.type === 'selectPods' && plan.effects[0].patch, {
      metadata: { annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': null } },
      spec: { selector: { 'rollouts-pod-template-hash': null } },
    })
  })
})

describe('giving a Service back', () => {
  it('needs no write where nothing of ours is in it', () => {
    assert.equal(releasePatch(plainService('web')), undefined)
  })

  it('takes the hash out also where the annotation is gone', () => {
    const { metadata, ...service } = managedService('web', 'abc')
    const { annotations: _, ...rest } = metadata
    assert.deepEqual(releasePatch({ ...service, metadata: rest }), {
      spec: { selector: { 'rollouts-pod-template-hash': null } },
    })
  })
})

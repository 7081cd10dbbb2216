import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { normalStatus } from '../../../src/rollout/normal-status.ts'
import { onlyCounts, statusPatch } from '../../../src/rollout/publish.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { at, healthyStatus, storedRollout } from '../../builders/rollout-snapshot.ts'

const web = aRollout('web').withReplicas(3)
const stored = (status: object): StoredObject => JSON.parse(JSON.stringify({ ...storedRollout(web), status }))

describe('the patch of a status', () => {
  it('is nothing where both mean the same', () => {
    const written = { ...healthyStatus(web), abort: false, message: '', updatedReplicas: 3 }
    assert.equal(statusPatch(stored(written), normalStatus(healthyStatus(web))), undefined)
  })

  it('names what changed, and what is gone as null', () => {
    const { stableRS: _, ...rest } = healthyStatus(web)
    assert.deepEqual(statusPatch(stored(healthyStatus(web)), normalStatus({ ...rest, replicas: 4 })), {
      stableRS: null,
      replicas: 4,
    })
  })

  it('is nothing where only another controller counted the pods for autoscalers otherwise', () => {
    const counted = stored({ ...healthyStatus(web), HPAReplicas: 4 })
    assert.equal(statusPatch(counted, normalStatus(healthyStatus(web))), undefined)
    assert.deepEqual(statusPatch(counted, normalStatus({ ...healthyStatus(web), replicas: 5 })), {
      replicas: 5,
      HPAReplicas: 3,
    })
  })

  it('gives autoscalers a number where there was none', () => {
    const { HPAReplicas: _, ...rest } = healthyStatus(web)
    assert.deepEqual(statusPatch(stored(rest), normalStatus(healthyStatus(web))), { HPAReplicas: 3 })
  })

  it('keeps fields that belong to others', () => {
    const patch = statusPatch(stored({ ...healthyStatus(web), alb: { ingress: 'web' } }), {
      ...normalStatus(healthyStatus(web)),
      alb: { ingress: 'web' },
    })
    assert.equal(patch, undefined)
  })
})

describe('a status that only counts', () => {
  const [first, ...others] = healthyStatus(web).conditions ?? []
  const before = stored(healthyStatus(web)).status as Record<string, never>

  it('may wait: numbers of pods, and the message that follows from them', () => {
    assert.equal(onlyCounts({ replicas: 4, readyReplicas: 3, message: 'x' }, before), true)
  })

  it('may wait when only the time of the last progress differs besides', () => {
    const conditions = [{ ...first, lastUpdateTime: at(5) }, ...others] as never
    assert.equal(onlyCounts({ replicas: 4, conditions }, before), true)
  })

  it('may wait when the same conditions come in another order', () => {
    const conditions = [...others, { ...first, lastUpdateTime: at(5) }] as never
    assert.equal(onlyCounts({ replicas: 4, conditions }, before), true)
  })

  it('may wait with the progress that the counts show, and not with its end', () => {
    const rest = (healthyStatus(web).conditions ?? []).filter(({ type }) => type !== 'Progressing')
    const saying = (status: string, reason: string) => ({
      conditions: [...rest, { type: 'Progressing', status, reason, message: reason }] as never,
    })
    const resumed = saying('Unknown', 'RolloutResumed') as never
    assert.equal(onlyCounts({ replicas: 4, ...saying('True', 'ReplicaSetUpdated') }, resumed), true)
    assert.equal(onlyCounts({ replicas: 4, ...saying('True', 'NewReplicaSetAvailable') }, resumed), false)
    assert.equal(onlyCounts({ replicas: 4, ...saying('False', 'ProgressDeadlineExceeded') }, resumed), false)
  })

  it('does not wait with a phase, a step, a pause, weights or the count for autoscalers', () => {
    const changes = [
      { phase: 'Paused' },
      { currentStepIndex: 1 },
      { pauseConditions: null },
      { canary: { weights: {} } },
      { HPAReplicas: 2 },
    ]
    for (const change of changes) assert.equal(onlyCounts({ replicas: 4, ...change }, before), false)
  })

  it('does not wait with a condition', () => {
    const conditions = [{ ...first, status: 'False' }, ...others] as never
    assert.equal(onlyCounts({ conditions }, before), false)
  })
})

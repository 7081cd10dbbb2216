import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { removeCondition, renewCondition, setCondition } from '../../../src/rollout/conditions.ts'
import { at } from '../../builders/rollout-snapshot.ts'

const healthy = { type: 'Healthy', status: 'True', reason: 'RolloutHealthy', message: 'Rollout is healthy' } as const
const unhealthy = { ...healthy, status: 'False', message: 'Rollout is not healthy' } as const
const available = { type: 'Available', status: 'True', reason: 'AvailableReason', message: 'yes' } as const

describe('setting a condition', () => {
  it('changes nothing when status and reason are the same, whatever the message', () => {
    const status: RolloutStatus = {}
    assert.equal(setCondition(status, healthy, at(0)), true)
    const before = structuredClone(status)
    assert.equal(setCondition(status, { ...healthy, message: 'other words' }, at(60)), false)
    assert.deepEqual(status, before)
  })

  it('keeps the time of the last transition while the status stays', () => {
    const status: RolloutStatus = {}
    setCondition(status, healthy, at(0))
    setCondition(status, { ...healthy, reason: 'Other' }, at(60))
    assert.deepEqual(status.conditions, [
      { ...healthy, reason: 'Other', lastUpdateTime: at(60), lastTransitionTime: at(0) },
    ])
  })

  it('moves a changed condition to the end', () => {
    const status: RolloutStatus = {}
    setCondition(status, healthy, at(0))
    setCondition(status, available, at(0))
    setCondition(status, unhealthy, at(60))
    assert.deepEqual(
      status.conditions?.map(({ type }) => type),
      ['Available', 'Healthy'],
    )
    assert.equal(status.conditions?.[1]?.lastTransitionTime, at(60))
  })

  it('is possible for the sake of its time alone', () => {
    const status: RolloutStatus = {}
    setCondition(status, healthy, at(0))
    renewCondition(status, healthy, at(60))
    assert.deepEqual(status.conditions, [{ ...healthy, lastUpdateTime: at(60), lastTransitionTime: at(0) }])
  })

  it('can be undone', () => {
    const status: RolloutStatus = {}
    setCondition(status, healthy, at(0))
    setCondition(status, available, at(0))
    removeCondition(status, 'Healthy')
    assert.deepEqual(
      status.conditions?.map(({ type }) => type),
      ['Available'],
    )
  })
})

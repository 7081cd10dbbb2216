import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { BlueGreenStrategy } from '../../../../src/api/blue-green.ts'
import type { RolloutStatus } from '../../../../src/api/rollout-status.ts'
import { blueGreenSize } from '../../../../src/rollout/math/blue-green.ts'
import { maxUnavailable } from '../../../../src/rollout/math/surge.ts'

const sizeOf = (
  blueGreen: Partial<BlueGreenStrategy>,
  status: RolloutStatus,
  active = 'old',
  paused: boolean | undefined = undefined,
): number => {
  const spec = { replicas: 5, strategy: { blueGreen: { activeService: 'web', ...blueGreen } } }
  const release = { spec: { ...spec, ...(paused !== undefined && { paused }) }, status }
  return blueGreenSize(release, 'new', active)
}

const small = { previewReplicaCount: 2 }
const current = { currentPodHash: 'new' }
const passed = { ...current, blueGreen: { scaleUpPreviewCheckPoint: true } }
const pauseConditions = [{ reason: 'BlueGreenPause', startTime: '2026-01-01T00:00:00Z' }]

describe('the size of a new version in blue/green', () => {
  const table: readonly (readonly [string, number, number])[] = [
    ['is that of spec.replicas without previewReplicaCount', sizeOf({}, current), 5],
    ['is that of the preview until its checkpoint', sizeOf(small, current), 2],
    [
      'is that of the preview while the status is about another version',
      sizeOf(small, { ...passed, currentPodHash: 'old' }),
      2,
    ],
    ['is full past the checkpoint', sizeOf(small, passed), 5],
    ['waits while the controller has paused', sizeOf(small, { ...passed, pauseConditions }), 2],
    ['waits while a person has paused', sizeOf(small, passed, 'old', true), 2],
    ['is full for a full promotion', sizeOf(small, { ...current, promoteFull: true }), 5],
    ['is full when it serves', sizeOf(small, current, 'new'), 5],
    ['is full when nothing serves yet', sizeOf(small, current, ''), 5],
    ['may be no pod at all', sizeOf({ previewReplicaCount: 0 }, current), 0],
  ]
  for (const [title, size, wanted] of table) it(title, () => assert.equal(size, wanted))
})

describe('maxUnavailable of blue/green', () => {
  it('is 25 % rounded down unless it is said', () => {
    const of = (blueGreen: Partial<BlueGreenStrategy>) =>
      maxUnavailable({
        spec: { replicas: 9, strategy: { blueGreen: { activeService: 'web', ...blueGreen } } },
        status: {},
      })
    assert.equal(of({}), 2)
    assert.equal(of({ maxUnavailable: 4 }), 4)
    assert.equal(of({ maxUnavailable: '100%' }), 9)
  })
})

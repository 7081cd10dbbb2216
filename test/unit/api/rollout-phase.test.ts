import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { phaseOf } from '../../../src/api/rollout-phase.ts'
import type { RolloutSpec } from '../../../src/api/rollout-spec.ts'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { at } from '../../builders/rollout-snapshot.ts'

const condition = (type: string, reason: string, message: string) => ({
  type,
  status: 'False',
  reason,
  message,
  lastUpdateTime: at(0),
  lastTransitionTime: at(0),
})

const whole: RolloutStatus = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  stableRS: 'a',
  currentPodHash: 'a',
}
const canary: RolloutSpec = { replicas: 2, strategy: { canary: {} } }
const blueGreen: RolloutSpec = { replicas: 2, strategy: { blueGreen: { activeService: 'web' } } }

describe('the phase of a Rollout', () => {
  const rows: readonly (readonly [string, RolloutSpec, RolloutStatus, string, string])[] = [
    ['whole', canary, whole, 'Healthy', ''],
    [
      'invalid, whatever else',
      { ...canary, paused: true },
      { ...whole, conditions: [condition('InvalidSpec', 'InvalidSpec', 'why')] },
      'Degraded',
      'InvalidSpec: why',
    ],
    [
      'aborted',
      canary,
      { ...whole, conditions: [condition('Progressing', 'RolloutAborted', 'why')] },
      'Degraded',
      'RolloutAborted: why',
    ],
    ['paused by hand', { ...canary, paused: true }, whole, 'Paused', 'manually paused'],
    [
      'paused by the controller',
      canary,
      { ...whole, pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(0) }] },
      'Paused',
      'CanaryPauseStep',
    ],
    ['restarting', { ...canary, restartAt: at(0) }, whole, 'Progressing', 'rollout is restarting'],
    ['short of new pods', canary, { ...whole, updatedReplicas: 1 }, 'Progressing', 'more replicas need to be updated'],
    [
      'short of available pods',
      canary,
      { ...whole, availableReplicas: 1 },
      'Progressing',
      'updated replicas are still becoming available',
    ],
    ['left with old pods', canary, { ...whole, replicas: 3 }, 'Progressing', 'old replicas are pending termination'],
    ['in its steps', canary, { ...whole, stableRS: 'b' }, 'Progressing', 'waiting for all steps to complete'],
    ['before the switch', blueGreen, whole, 'Progressing', 'active service cutover pending'],
    ['not begun', { ...blueGreen, replicas: 0 }, {}, 'Progressing', 'active service cutover pending'],
    [
      'after the switch',
      blueGreen,
      { ...whole, stableRS: 'b', blueGreen: { activeSelector: 'a' } },
      'Progressing',
      'waiting for post-promotion verification to complete',
    ],
  ]
  for (const [title, spec, status, phase, message] of rows) {
    it(`is ${phase} when it is ${title}`, () => assert.deepEqual(phaseOf(spec, status), { phase, message }))
  }
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientPhase } from '../../../src/api/client-phase.ts'
import type { Rollout } from '../../../src/api/rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

const at = '2026-01-01T00:00:00Z'

const rollout = (generation: number, status: NonNullable<Rollout['status']>): Rollout => ({
  ...aRollout('web').build(),
  metadata: { name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: at, generation },
  status: { phase: 'Healthy', ...status },
})

const phaseOf = (generation: number, status: NonNullable<Rollout['status']>): string => {
  const { phase, message } = clientPhase(rollout(generation, status))
  return message === '' ? phase : `${phase}: ${message}`
}

describe('the phase that a client shows', () => {
  it('is that of the status once the controller has seen the newest spec', () => {
    assert.equal(phaseOf(2, { observedGeneration: '2' }), 'Healthy')
    assert.equal(phaseOf(2, { observedGeneration: '2', phase: 'Degraded', message: 'why' }), 'Degraded: why')
  })

  it('is Progressing until then', () => {
    assert.equal(phaseOf(2, { observedGeneration: '1' }), 'Progressing: waiting for rollout spec update to be observed')
  })

  it('trusts a status of another controller: a hash, or a number from another cluster', () => {
    assert.equal(phaseOf(2, { observedGeneration: '7f9c6b' }), 'Healthy')
    assert.equal(phaseOf(2, { observedGeneration: '9' }), 'Healthy')
  })

  it('is Progressing from a resume until the controller has acted on it', () => {
    const unpausing = { observedGeneration: '2', controllerPause: true, phase: 'Paused' }
    assert.equal(phaseOf(2, unpausing), 'Progressing: waiting for rollout to unpause')
  })

  it('is Progressing while there is no status yet', () => {
    assert.equal(phaseOf(1, { phase: '' }), 'Progressing: more replicas need to be updated')
  })

  it('is worked out of a status that tells none, as those of Argo Rollouts before 1.0 do', () => {
    const condition = { type: 'Progressing', status: 'False', reason: 'RolloutAborted', message: 'why' }
    const aborted = { phase: '', conditions: [{ ...condition, lastUpdateTime: at, lastTransitionTime: at }] }
    assert.equal(phaseOf(1, aborted), 'Degraded: RolloutAborted: why')
    const waiting = { phase: '', pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at }] }
    assert.equal(phaseOf(1, waiting), 'Paused: CanaryPauseStep')
  })
})

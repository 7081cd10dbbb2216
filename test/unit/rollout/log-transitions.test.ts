import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredObject } from '../../../src/kube/informer.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { logTransitions } from '../../../src/rollout/log-transitions.ts'
import { CollectingLogger } from '../../builders/collecting-logger.ts'

const stored = (status: JsonObject): StoredObject => ({
  metadata: { namespace: 'shop', name: 'web', uid: 'u', resourceVersion: '1' },
  status,
})

const told = (before: JsonObject, patch: JsonObject): string[] => {
  const log = new CollectingLogger()
  logTransitions(log, 'shop/web', stored(before), patch)
  return log.lines.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`)
}

describe('the log of a Rollout', () => {
  it('has one line for a change of the phase, and none for a change of its message', () => {
    const before = { phase: 'Progressing', message: 'more replicas need to be updated' }
    assert.deepEqual(told(before, { phase: 'Paused', message: 'CanaryPauseStep' }), [
      'the phase of a Rollout changed {"rollout":"shop/web","phase":"Paused","previous":"Progressing","message":"CanaryPauseStep"}',
    ])
    assert.deepEqual(told(before, { message: 'old replicas are pending termination' }), [])
  })

  it('has one line for a step, with the version that it is about', () => {
    assert.deepEqual(told({ currentStepIndex: 1, currentPodHash: '5d6f' }, { currentStepIndex: 2 }), [
      'the step of a Rollout changed {"rollout":"shop/web","step":2,"previous":1,"hash":"5d6f"}',
    ])
  })

  it('has one line each for the beginning and the end of a release', () => {
    const begun = { duration: { rolloutStartedAt: '2026-05-01T10:00:00Z' }, currentPodHash: '5d6f' }
    assert.deepEqual(told({}, begun), ['a release began {"rollout":"shop/web","hash":"5d6f"}'])
    const ended = { duration: { finishedAt: '2026-05-01T10:09:00Z', completionStatus: 'Aborted' } }
    assert.deepEqual(told(begun, ended), ['a release ended {"rollout":"shop/web","hash":"5d6f","status":"Aborted"}'])
  })
})

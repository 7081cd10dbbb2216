import assert from 'node:assert/strict'
import { it } from 'node:test'
import { stepsHash } from '../../../src/api/pod-template-hash.ts'
import { knownStepsHash } from '../../../src/rollout/known-hashes.ts'

it('an empty list of steps is the same release as none', () => {
  assert.equal(knownStepsHash([]), stepsHash(undefined))
  assert.notEqual(knownStepsHash([{ setWeight: 20 }]), stepsHash(undefined))
})

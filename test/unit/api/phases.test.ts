import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnalysisPhase, isCompleted, isTemplateCompleted, worsePhase } from '../../../src/api/phases.ts'

test('a phase is final or not; an absent or unknown one is not', () => {
  for (const phase of ['Successful', 'Failed', 'Error', 'Inconclusive']) assert.equal(isCompleted(phase), true, phase)
  for (const phase of [undefined, '', 'Pending', 'Running', 'Other']) assert.equal(isCompleted(phase), false, phase)
})

test('the state of pods of an experiment is final or not', () => {
  for (const phase of ['Successful', 'Failed', 'Error']) assert.equal(isTemplateCompleted(phase), true, phase)
  for (const phase of [undefined, 'Running', 'Progressing']) assert.equal(isTemplateCompleted(phase), false, phase)
})

test('the worst of several phases is that of the whole, in whichever order they come', () => {
  const fromBest: AnalysisPhase[] = ['Successful', 'Running', 'Pending', 'Inconclusive', 'Error', 'Failed']
  for (const [place, better] of fromBest.entries()) {
    for (const worse of fromBest.slice(place)) {
      assert.equal(worsePhase(better, worse), worse)
      assert.equal(worsePhase(worse, better), worse)
    }
  }
})

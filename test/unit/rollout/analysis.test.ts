import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AnalysisRun } from '../../../src/api/analysis-run.ts'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { analysis, aRollout, type RolloutBuilder, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  effectsOf,
  eventsOf,
  hashOf,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const one = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), analysis('errors'), setWeight(60))
  .withAnnotations({ 'rollout.argoproj.io/revision': '2' })
const two = one.withImage('web:2')

const template = (name: string, args: { name: string; value?: string }[] = []) => ({
  metadata: { name, namespace: 'default' },
  spec: { metrics: [metricOf({ name })], args },
})

const stepRun = (
  phase: string,
  over: Partial<AnalysisRun['spec']> = {},
  name = `web-${hashOf(two)}-2-1`,
): AnalysisRun => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-of-${name}`,
    resourceVersion: '70',
    creationTimestamp: at(-60),
    labels: { 'rollouts-pod-template-hash': hashOf(two), 'rollout-type': 'Step', 'step-index': '1' },
  },
  spec: { metrics: [metricOf({ name: 'errors' })], ...over },
  status: { phase, ...(phase === 'Failed' && { message: 'too many errors' }) },
})

const pass = (
  status: Partial<RolloutStatus>,
  runs: readonly AnalysisRun[] = [],
  builder: RolloutBuilder = two,
  templates = [template('errors'), template('latency')],
) =>
  decide(
    aSnapshot({
      rollout: storedRollout(builder, releasingStatus(one, builder, { currentStepIndex: 1, ...status })),
      replicaSets: [aReplicaSet(one, { revision: 1, pods: 4 }), aReplicaSet(two, { revision: 2, pods: 1 })],
      analysisRuns: runs,
      templates,
    }),
  )

const noted = (phase: string) => ({
  canary: { currentStepAnalysisRunStatus: { name: `web-${hashOf(two)}-2-1`, status: phase } },
})

const createdIn = (plan: ReturnType<typeof pass>): AnalysisRun => {
  const creation = plan.effects.find((effect) => effect.type === 'createAnalysisRun')
  assert.ok(creation?.type === 'createAnalysisRun', 'a run is created')
  return creation.object as unknown as AnalysisRun
}

describe('an analysis step', () => {
  it('starts a run that is named and labelled as people find it', () => {
    const run = createdIn(pass({}))
    assert.equal(run.metadata.name, `web-${hashOf(two)}-2-1`)
    assert.deepEqual(run.metadata.labels, {
      app: 'web',
      'rollouts-pod-template-hash': hashOf(two),
      'rollout-type': 'Step',
      'step-index': '1',
    })
    assert.deepEqual(run.metadata.annotations, { 'rollout.argoproj.io/revision': '2' })
    assert.equal(run.metadata.ownerReferences?.[0]?.uid, 'uid-of-web')
  })

  it('notes the run in the status', () => {
    assert.deepEqual(pass({}).status.canary?.currentStepAnalysisRunStatus, {
      name: `web-${hashOf(two)}-2-1`,
      status: '',
    })
  })

  it('takes up the run that a killed controller had started', () => {
    const plan = pass({}, [stepRun('Running')])
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.status.canary?.currentStepAnalysisRunStatus?.status, 'Running')
  })

  it('waits while the run goes on', () => {
    assert.equal(pass(noted('Running'), [stepRun('Running')]).status.currentStepIndex, 1)
  })

  it('ends with the success of the run', () => {
    const plan = pass(noted('Running'), [stepRun('Successful')])
    assert.equal(plan.status.currentStepIndex, 2)
    assert.equal(plan.status.canary?.currentStepAnalysisRunStatus, undefined)
    assert.deepEqual(eventsOf(plan).slice(0, 2), [
      `AnalysisRunSuccessful: Step Analysis Run 'web-${hashOf(two)}-2-1' Status New: 'Successful' Previous: 'Running'`,
      'RolloutStepCompleted: Rollout step 2/3 completed (analysis)',
    ])
  })

  it('aborts the release with its failure, and says why', () => {
    const plan = pass(noted('Running'), [stepRun('Failed')])
    const reason = 'Rollout aborted update to revision 2: Step-based analysis phase error/failed: too many errors'
    assert.equal(plan.status.abort, true)
    assert.equal(plan.status.message, `RolloutAborted: ${reason}`)
    assert.ok(eventsOf(plan).includes(`RolloutAborted: ${reason}`))
  })

  it('holds the release when it cannot decide', () => {
    const plan = pass(noted('Running'), [stepRun('Inconclusive')])
    assert.deepEqual(plan.status.pauseConditions, [{ reason: 'InconclusiveAnalysisRun', startTime: at(0) }])
    assert.equal(plan.status.currentStepIndex, 1)
  })

  it('is not passed by a run that somebody cut off', () => {
    const plan = pass(noted('Running'), [stepRun('Successful', { terminate: true })])
    assert.equal(plan.status.currentStepIndex, 1)
    assert.equal(plan.status.message, 'InconclusiveAnalysisRun')
  })

  it('is measured anew when a person resumes after a run without a verdict', () => {
    const plan = pass({ ...noted('Inconclusive'), controllerPause: true }, [stepRun('Inconclusive')])
    assert.equal(createdIn(plan).metadata.name, `web-${hashOf(two)}-2-1.1`)
  })

  it('may take arguments from what the pass itself has reached', () => {
    const args = [{ name: 'step', valueFrom: { fieldRef: { fieldPath: 'status.currentStepIndex' } } }]
    const asking = two.withSteps(setWeight(20), { analysis: { templates: [{ templateName: 'errors' }], args } })
    const plan = pass({ currentStepIndex: 0 }, [], asking, [template('errors', [{ name: 'step' }])])
    assert.deepEqual(createdIn(plan).spec.args, [{ name: 'step', value: '1' }])
  })

  it('is measured anew when the steps change', () => {
    const plan = pass({ ...noted('Running'), currentStepHash: 'of other steps' }, [stepRun('Running')])
    assert.equal(createdIn(plan).metadata.name, `web-${hashOf(two)}-2-1.1`)
    assert.ok(effectsOf(plan).includes(`terminateAnalysisRun analysisrun/web-${hashOf(two)}-2-1`))
    assert.equal(plan.status.canary?.currentStepAnalysisRunStatus?.name, `web-${hashOf(two)}-2-1.1`)
  })

  it('names what is missing', () => {
    const plan = pass({}, [], two, [])
    assert.equal(plan.status.phase, 'Degraded')
    assert.match(plan.status.message ?? '', /AnalysisTemplate 'errors' not found/)
    assert.deepEqual(effectsOf(plan), [])
  })
})

describe('a background analysis', () => {
  const background = two.withCanary({
    steps: [setWeight(20), setWeight(40), setWeight(60)],
    analysis: {
      templates: [{ templateName: 'latency' }],
      args: [
        { name: 'latest', valueFrom: { podTemplateHashValue: 'Latest' } },
        { name: 'stable', valueFrom: { podTemplateHashValue: 'Stable' } },
        { name: 'step', valueFrom: { fieldRef: { fieldPath: 'spec.strategy.canary.steps[1].setWeight' } } },
        { name: 'undeclared', value: 'dropped' },
      ],
    },
  })
  const declared = [template('latency', [{ name: 'latest' }, { name: 'stable' }, { name: 'step' }])]

  it('starts with the release, with arguments of the Rollout', () => {
    const run = createdIn(pass({ currentStepIndex: 0 }, [], background, declared))
    assert.equal(run.metadata.name, `web-${hashOf(two)}-2`)
    assert.equal(run.metadata.labels?.['rollout-type'], 'Background')
    assert.deepEqual(run.spec.args, [
      { name: 'latest', value: hashOf(two) },
      { name: 'stable', value: hashOf(one) },
      { name: 'step', value: '40' },
    ])
  })

  it('starts at its starting step', () => {
    const { strategy } = background.build().spec
    const later = background.withCanary({ analysis: { ...strategy?.canary?.analysis, startingStep: 2 } })
    const early = pass({ currentStepIndex: 1 }, [], later, declared)
    assert.ok(!effectsOf(early).some((effect) => effect.startsWith('createAnalysisRun')))
    createdIn(pass({ currentStepIndex: 2 }, [], later, declared))
  })

  it('aborts the release with its failure', () => {
    const name = `web-${hashOf(two)}-2`
    const status = { canary: { currentBackgroundAnalysisRunStatus: { name, status: 'Running' } } }
    const plan = pass(status, [stepRun('Failed', {}, name)], background, declared)
    assert.match(plan.status.message ?? '', /Background analysis phase error\/failed: too many errors/)
  })

  it('ends with an abort', () => {
    const name = `web-${hashOf(two)}-2`
    const status = { abort: true, canary: { currentBackgroundAnalysisRunStatus: { name, status: 'Running' } } }
    const plan = pass(status, [stepRun('Running', {}, name)], background, declared)
    assert.ok(effectsOf(plan).includes(`terminateAnalysisRun analysisrun/${name}`))
  })

  it('is no longer named after an abort, and its end is no news', () => {
    const name = `web-${hashOf(two)}-2`
    const status = { abort: true, canary: { currentBackgroundAnalysisRunStatus: { name, status: 'Running' } } }
    const plan = pass(status, [stepRun('Successful', {}, name)], background, declared)
    assert.equal(plan.status.canary?.currentBackgroundAnalysisRunStatus, undefined)
    assert.ok(!eventsOf(plan).some((event) => event.startsWith('AnalysisRun')))
  })
})

describe('finished runs', () => {
  it('are kept up to their limits, the newest first', () => {
    const limited = two.withSpec({ analysis: { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 0 } })
    const run = (name: string, phase: string, seconds: number): AnalysisRun => {
      const finished = stepRun(phase, {}, name)
      return { ...finished, metadata: { ...finished.metadata, creationTimestamp: at(seconds) } }
    }
    const runs = [run('old', 'Successful', -300), run('new', 'Successful', -200), run('bad', 'Failed', -100)]
    const plan = pass({ currentStepIndex: 0 }, runs, limited)
    const deleted = effectsOf(plan).filter((effect) => effect.startsWith('deleteAnalysisRun'))
    assert.deepEqual(deleted, ['deleteAnalysisRun analysisrun/bad', 'deleteAnalysisRun analysisrun/old'])
  })

  it('of a revision that is gone are deleted', () => {
    const foreign = stepRun('Successful', {}, 'gone')
    const labels = { 'rollouts-pod-template-hash': 'nowhere' }
    const plan = pass({ currentStepIndex: 0 }, [{ ...foreign, metadata: { ...foreign.metadata, labels } }])
    assert.ok(effectsOf(plan).includes('deleteAnalysisRun analysisrun/gone'))
  })
})

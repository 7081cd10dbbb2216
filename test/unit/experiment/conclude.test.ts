import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { conclude } from '../../../src/experiment/conclude.ts'
import { decide } from '../../../src/experiment/decide.ts'
import type { ExperimentOutcome } from '../../../src/experiment/plan.ts'
import type { ExperimentSnapshot } from '../../../src/experiment/snapshot.ts'
import { NameTakenError } from '../../../src/kube/create-once.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { anAnalysis, anExperiment, aTemplate } from '../../builders/experiment-builder.ts'
import { aTemplateReplicaSet, experimentSnapshot } from '../../builders/experiment-snapshot.ts'
import { at } from '../../builders/rollout-snapshot.ts'

const call = { method: 'POST', path: '/apis' }
const refused = new KubeError({ code: 403, reason: 'Forbidden', message: 'exceeded quota' }, call)
const busy = new KubeError({ code: 503, reason: 'ServiceUnavailable', message: 'try later' }, call)
const serving = anExperiment('ab').withTemplates(aTemplate('a', { service: {} }))

/** Carries out a plan up to the first effect of a type, which fails. */
const failing = (snapshot: ExperimentSnapshot, type: string, error: unknown) => {
  const plan = decide(snapshot)
  const index = plan.effects.findIndex((effect) => effect.type === type)
  assert.notEqual(index, -1, `the plan has no ${type}`)
  const outcomes = plan.effects.map((effect, place): ExperimentOutcome => {
    if (place < index) return { effect, result: 'done' }
    return place === index ? { effect, result: 'failed', error } : { effect, result: 'skipped' }
  })
  return conclude(snapshot, plan, outcomes)
}

const eventsOf = ({ announcements }: ReturnType<typeof conclude>): readonly string[] =>
  announcements.map(({ event }) => `${event.type} ${event.reason}: ${event.message}`)

describe('a write that the API server refuses', () => {
  it('ends the Experiment with the message of the published controller', () => {
    const report = failing(experimentSnapshot(serving), 'createReplicaSet', refused)
    const message = "Failed to create ReplicaSet for template 'a': POST /apis: exceeded quota"
    assert.deepEqual([report.status.phase, report.status.message], ['Error', message])
    assert.deepEqual(report.next, { type: 'done' })
    assert.deepEqual(eventsOf(report), [
      'Warning ReplicaSetCreateError: Failed to create new replica set "ab-a": POST /apis: exceeded quota',
      `Warning TemplateError: Template 'a' transitioned from  -> Error: ${message}`,
      'Warning ExperimentError: Experiment transitioned from  -> Error',
    ])
  })

  it('is told of a Service by its name', () => {
    const { status } = failing(experimentSnapshot(serving), 'createService', refused)
    assert.equal(status.message, "Failed to create Service ab-a for template 'a': POST /apis: exceeded quota")
    assert.equal(status.templateStatuses?.[0]?.serviceName, undefined)
  })

  it('of more pods is an error too', () => {
    const snapshot = experimentSnapshot(anExperiment('ab').withTemplates(aTemplate('a', { replicas: 2 })), {
      replicaSets: [aTemplateReplicaSet('a', 1)],
    })
    const report = failing(snapshot, 'updateReplicaSet', refused)
    assert.equal(
      report.status.message,
      "Unable to scale ReplicaSet for template 'a' to desired replica count '2': POST /apis: exceeded quota",
    )
    assert.ok(
      eventsOf(report).includes('Warning ReplicaSetUpdateError: Failed to scale ab-a up: POST /apis: exceeded quota'),
    )
  })
})

describe('a write that may do another time', () => {
  it('is tried again, and the Experiment goes on', () => {
    const report = failing(experimentSnapshot(serving), 'createReplicaSet', busy)
    assert.deepEqual(report.next, { type: 'retry', error: busy })
    assert.equal(report.status.phase, 'Pending')
    assert.ok(!eventsOf(report).some((event) => event.includes('NewReplicaSetCreated')))
  })

  it('leaves nothing in the status that may not be there', () => {
    const { status } = failing(experimentSnapshot(serving), 'createService', busy)
    assert.equal(status.templateStatuses?.[0]?.serviceName, undefined)
    const judged = experimentSnapshot(anExperiment('ab').withAnalyses(anAnalysis('check')), {
      status: { phase: 'Pending' },
      replicaSets: [aTemplateReplicaSet('a', 1)],
    })
    const report = failing(judged, 'createAnalysisRun', busy)
    assert.deepEqual(report.status.analysisRuns, [{ name: 'check', analysisRun: '', phase: '' }])
  })
})

describe('a name that is taken', () => {
  const owned = (kind: string, uid: string): StoredObject => ({
    metadata: {
      name: 'ab-a',
      uid: 'other',
      resourceVersion: '1',
      ownerReferences: [{ kind, name: 'ab', uid, controller: true }],
    },
  })

  it('counts as a collision, so that the next pass takes another one', () => {
    const report = failing(
      experimentSnapshot(serving),
      'createReplicaSet',
      new NameTakenError('taken', owned('Deployment', 'd')),
    )
    assert.equal(report.status.templateStatuses?.[0]?.collisionCount, 1)
    assert.deepEqual(report.next, { type: 'again' })
  })

  it('is waited for where it is left over from an earlier Experiment of the same name', () => {
    const report = failing(
      experimentSnapshot(serving),
      'createReplicaSet',
      new NameTakenError('taken', owned('Experiment', 'old')),
    )
    assert.equal(report.status.templateStatuses?.[0]?.collisionCount, undefined)
    assert.equal(report.next.type, 'retry')
  })
})

describe('an AnalysisRun that the cache does not have', () => {
  const snapshot = experimentSnapshot(anExperiment('ab').withAnalyses(anAnalysis('check')), {
    status: {
      phase: 'Running',
      availableAt: at(-60),
      analysisRuns: [{ name: 'check', analysisRun: 'ab-check', phase: 'Running' }],
    },
    replicaSets: [aTemplateReplicaSet('a', 1)],
  })

  it('is gone only when the API server says so', () => {
    const missing = new KubeError({ code: 404, reason: 'NotFound', message: 'not found' }, call)
    const { status } = failing(snapshot, 'findAnalysisRun', missing)
    assert.deepEqual([status.phase, status.message], ['Error', 'analysisrun.argoproj.io "ab-check" not found'])
  })

  it('is looked for again when the API server has it', () => {
    const plan = decide(snapshot)
    const report = conclude(
      snapshot,
      plan,
      plan.effects.map((effect) => ({ effect, result: 'done' })),
    )
    assert.equal(report.status.phase, 'Running')
    assert.deepEqual(report.next, { type: 'again' })
  })
})

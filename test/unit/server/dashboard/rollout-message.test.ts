import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { experimentTemplateNameAnnotation, scaleDownDeadlineAnnotation } from '../../../../src/api/labels.ts'
import type { RolloutStatus } from '../../../../src/api/rollout-status.ts'
import {
  rolloutMessage,
  type ToldRollout,
  unreadableMessage,
} from '../../../../src/server/dashboard/rollout-message.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../../../builders/rollout-builder.ts'
import { ago, storedPod, storedReplicaSet, storedRollout, storedRun, viewedAt } from '../../../builders/view-objects.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause())

const waiting: RolloutStatus = {
  observedGeneration: '1',
  phase: 'Paused',
  message: 'CanaryPauseStep',
  currentStepIndex: 1,
  stableRS: 'aaa',
  currentPodHash: 'bbb',
  replicas: 4,
  updatedReplicas: 1,
  readyReplicas: 4,
  availableReplicas: 4,
}

const told = (over: Partial<ToldRollout> = {}, status = waiting, builder: RolloutBuilder = web): ToldRollout => {
  const rollout = storedRollout(builder, status)
  return { rollout, replicaSets: [], pods: [], analysisRuns: [], template: rollout.spec.template, ...over }
}

const message = (over: Partial<ToldRollout> = {}, status = waiting, builder: RolloutBuilder = web) =>
  rolloutMessage(told(over, status, builder), viewedAt)

describe('what the dashboard tells of a Rollout', () => {
  it('is a canary with its progress, in the words of the published dashboard', () => {
    const { objectMeta, containers, ...rest } = message()
    assert.deepEqual(rest, {
      status: 'Paused',
      message: 'CanaryPauseStep',
      icon: '॥',
      strategy: 'Canary',
      step: '1/2',
      steps: [{ setWeight: 25 }, { pause: {} }],
      setWeight: '25',
      actualWeight: '0',
      ready: 4,
      current: 4,
      desired: 4,
      updated: 1,
      available: 4,
      restartedAt: 'Never',
      generation: '1',
    })
    assert.deepEqual([objectMeta.name, objectMeta.uid, objectMeta.generation], ['web', 'uid-web', 1])
    assert.equal(containers?.length, 1)
  })

  it('leaves out what is empty, as the published server does', () => {
    const sparse = message({ template: undefined }, { observedGeneration: '1', phase: 'Healthy' })
    for (const name of ['message', 'ready', 'current', 'replicaSets', 'analysisRuns', 'experiments', 'containers']) {
      assert.ok(!Object.hasOwn(sparse, name), name)
    }
  })

  it('has no weight where the strategy is blue/green', () => {
    const { strategy, setWeight } = message({}, waiting, aRollout('web').withBlueGreen())
    assert.deepEqual([strategy, setWeight], ['BlueGreen', undefined])
  })

  it('tells when it was restarted, as Go prints an instant', () => {
    const { restartedAt } = message({}, { ...waiting, restartedAt: '2026-01-01T00:30:00Z' })
    assert.equal(restartedAt, '2026-01-01 00:30:00 +0000 UTC')
  })

  it('has the ReplicaSets, the newest revision first, with their roles and pods', () => {
    const { replicaSets } = message({
      replicaSets: [
        storedReplicaSet('aaa', 1, { desired: 3, available: 3 }, { [scaleDownDeadlineAnnotation]: ago(-30) }),
        storedReplicaSet('bbb', 2, { desired: 1, available: 0 }),
      ],
      pods: [storedPod('bbb', 'p1', 61)],
    })
    const { objectMeta, pods, ...newest } = replicaSets?.[0] ?? {}
    assert.deepEqual(newest, {
      status: 'Progressing',
      icon: '◌',
      revision: 2,
      canary: true,
      replicas: 1,
      images: ['web:2'],
    })
    assert.equal(objectMeta?.name, 'web-bbb')
    assert.deepEqual(
      pods?.map(({ objectMeta, ...pod }) => [objectMeta.name, pod]),
      [['web-bbb-p1', { status: 'Running', icon: '✔', ready: '1/1' }]],
    )
    const { stable, available, scaleDownDeadline } = replicaSets?.[1] ?? {}
    assert.deepEqual([stable, available, scaleDownDeadline], [true, 3, ago(-30)])
  })

  it('has the AnalysisRuns with their limits, their measurements, and all of their spec and status', () => {
    const run = storedRun('web-bbb-2', 2, {
      phase: 'Running',
      metricResults: [
        {
          name: 'load',
          phase: 'Running',
          successful: 1,
          failed: 1,
          measurements: [
            { phase: 'Successful', startedAt: ago(30), metadata: { 'job-name': 'load-1', 'job-namespace': 'jobs' } },
            { phase: 'Failed', value: '0.7', startedAt: ago(20) },
          ],
        },
      ],
    })
    const metrics = [
      { name: 'load', successCondition: 'result > 1', count: 5, failureLimit: '{{args.limit}}', provider: {} },
    ]
    const [only] = message({ analysisRuns: [{ ...run, spec: { metrics } }] }).analysisRuns ?? []
    const { objectMeta, specAndStatus, ...rest } = only ?? {}
    assert.deepEqual(rest, {
      icon: '◌',
      revision: 2,
      status: 'Running',
      successful: 1,
      failed: 1,
      jobs: [
        {
          objectMeta: { name: 'load-1', namespace: 'jobs', creationTimestamp: ago(30) },
          metricName: 'load',
          icon: '✔',
          status: 'Successful',
          startedAt: ago(30),
        },
      ],
      nonJobInfo: [{ metricName: 'load', value: '0.7', status: 'Failed', startedAt: ago(20) }],
      metrics: [{ name: 'load', successCondition: 'result > 1', count: 5 }],
    })
    assert.equal(objectMeta?.name, 'web-bbb-2')
    assert.deepEqual(specAndStatus, { spec: { metrics }, status: run.status })
  })

  it('has the Experiments with their own ReplicaSets and AnalysisRuns', () => {
    const own = { apiVersion: 'v1', kind: 'Experiment', name: 'web-ab', uid: 'uid-web-ab', controller: true }
    const { metadata } = storedRun('web-ab', 2, undefined)
    const baseline = storedReplicaSet(
      'ccc',
      0,
      { desired: 1, available: 1 },
      { [experimentTemplateNameAnnotation]: 'a' },
    )
    const run = storedRun('web-ab-run', 0, undefined)
    const [experiment] =
      message({
        experiments: [
          {
            apiVersion: 'argoproj.io/v1alpha1',
            kind: 'Experiment',
            metadata,
            spec: { templates: [] },
            status: { phase: 'Failed', message: 'too slow' },
          },
        ],
        replicaSets: [{ ...baseline, metadata: { ...baseline.metadata, ownerReferences: [own] } }],
        analysisRuns: [{ ...run, metadata: { ...run.metadata, ownerReferences: [own] } }],
      }).experiments ?? []
    const { replicaSets, analysisRuns, objectMeta, ...rest } = experiment ?? {}
    assert.deepEqual(rest, { icon: '✖', revision: 2, status: 'Failed', message: 'too slow' })
    assert.deepEqual([objectMeta?.name, replicaSets?.[0]?.template], ['web-ab', 'a'])
    assert.deepEqual(
      analysisRuns?.map(({ objectMeta, status, icon }) => [objectMeta.name, status, icon]),
      [['web-ab-run', undefined, ' ']],
    )
  })

  it('says of one that cannot be read why that is', () => {
    const { status, message, objectMeta } = unreadableMessage(told(), new Error('steps is no list'))
    assert.deepEqual([status, message, objectMeta.name], ['Unknown', 'reading the Rollout: steps is no list', 'web'])
  })
})

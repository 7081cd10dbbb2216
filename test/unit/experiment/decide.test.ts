import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ServicePort } from '../../../src/api/kubernetes/service.ts'
import { scaleDownDeadlineAnnotation } from '../../../src/api/labels.ts'
import { decide } from '../../../src/experiment/decide.ts'
import { experimentPodHash } from '../../../src/experiment/new-replica-set.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { runOf } from '../../builders/analysis-run.ts'
import { anAnalysis, anExperiment, aTemplate } from '../../builders/experiment-builder.ts'
import {
  aTemplateReplicaSet,
  type ExperimentWorld,
  experimentSnapshot,
  storedExperiment,
} from '../../builders/experiment-snapshot.ts'
import { at, noon } from '../../builders/rollout-snapshot.ts'

const ended = {
  phase: 'Successful',
  availableAt: at(-60),
  templateStatuses: [
    { name: 'a', replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, status: 'Successful' },
  ],
}

describe('pods of an Experiment that has ended', () => {
  const passed = { [scaleDownDeadlineAnnotation]: at(-1) }

  it('stay for the delay', () => {
    const plan = decide(
      experimentSnapshot(anExperiment('ab'), { status: ended, replicaSets: [aTemplateReplicaSet('a', 1)] }),
    )
    assert.deepEqual(
      plan.effects.map(({ type, why }) => [type, why]),
      [['updateReplicaSet', 'set scale-down-deadline']],
    )
    assert.equal(plan.wakeAt, noon + 30_000)
  })

  it('go when it has passed', () => {
    const replicaSets = [aTemplateReplicaSet('a', 1, passed)]
    const { effects } = decide(experimentSnapshot(anExperiment('ab'), { status: ended, replicaSets }))
    assert.deepEqual(
      effects.map(({ why }) => why),
      ['scale down to 0'],
    )
  })

  it('stay as long as a router may send them requests', () => {
    const replicaSets = [aTemplateReplicaSet('a', 1, passed)]
    const world = { status: ended, replicaSets, routedHashes: ['hash-of-a'] }
    assert.deepEqual(decide(experimentSnapshot(anExperiment('ab'), world)).effects, [])
  })
})

describe('the time of an Experiment', () => {
  const running = {
    ...ended,
    phase: 'Running',
    templateStatuses: [{ ...ended.templateStatuses[0], name: 'a', status: 'Running' }],
  }
  const world = (availableAt: string) => ({
    status: { ...running, availableAt } as typeof ended,
    replicaSets: [aTemplateReplicaSet('a', 1)],
  })

  it('counts from when its pods were available', () => {
    const plan = decide(experimentSnapshot(anExperiment('ab').lasting('1m'), world(at(-59))))
    assert.equal(plan.status.phase, 'Running')
    assert.equal(plan.wakeAt, noon + 1000)
  })

  it('is over to the second', () => {
    assert.equal(
      decide(experimentSnapshot(anExperiment('ab').lasting('1m'), world(at(-60)))).status.phase,
      'Successful',
    )
  })
})

describe('an Experiment whose time is over before an analysis has ended', () => {
  const world = (run: { phase: string; terminate?: boolean; count?: number }): ExperimentWorld => ({
    status: {
      ...ended,
      phase: 'Running',
      analysisRuns: [{ name: 'check', analysisRun: 'ab-check', phase: 'Running' }],
    },
    analysisRuns: [
      {
        ...runOf(run.terminate === undefined ? {} : { terminate: run.terminate }, {
          phase: run.phase,
          metricResults: [{ name: 'error-rate', phase: run.phase, count: run.count ?? 1 }],
        }),
        metadata: { ...runOf().metadata, name: 'ab-check', namespace: 'default' },
      },
    ],
  })
  const builder = anExperiment('ab').lasting('1m').withAnalyses(anAnalysis('check'))
  const planOf = (run: Parameters<typeof world>[0]) => decide(experimentSnapshot(builder, world(run)))

  it('cuts the measuring off, and says nothing before its verdict is there', () => {
    const { status, effects } = planOf({ phase: 'Running' })
    assert.equal(status.phase, 'Running')
    assert.ok(effects.some(({ type }) => type === 'terminateAnalysisRun'))
  })

  it('fails when the last measurement was bad', () => {
    assert.equal(planOf({ phase: 'Failed', terminate: true }).status.phase, 'Failed')
    assert.equal(planOf({ phase: 'Inconclusive', terminate: true }).status.phase, 'Inconclusive')
  })

  it('succeeds when nothing bad was measured until then', () => {
    assert.equal(planOf({ phase: 'Successful', terminate: true }).status.phase, 'Successful')
  })

  it('has no verdict where nothing was measured', () => {
    assert.equal(planOf({ phase: 'Successful', terminate: true, count: 0 }).status.phase, 'Inconclusive')
  })

  it('has no verdict where the analysis never began', () => {
    const { status } = world({ phase: '' })
    const unbegun = { ...status, analysisRuns: [{ name: 'check', analysisRun: '', phase: '' }] }
    assert.equal(decide(experimentSnapshot(builder, { status: unbegun })).status.phase, 'Inconclusive')
  })
})

describe('an Experiment without templates', () => {
  it('measures until its required analyses have succeeded', () => {
    const builder = anExperiment('ab')
      .withTemplates()
      .withAnalyses(anAnalysis('check', { requiredForCompletion: true }))
    const { status, effects } = decide(experimentSnapshot(builder))
    assert.equal(status.phase, 'Running')
    assert.deepEqual(
      effects.map(({ type }) => type),
      ['createAnalysisRun'],
    )
  })
})

describe('the hash of the pods', () => {
  const [a, b] = [aTemplate('a'), { ...aTemplate('a'), name: 'b' }]
  const ab = storedExperiment(anExperiment('ab'))

  it('differs between templates with the same pods, and between Experiments', () => {
    const other = storedExperiment(anExperiment('other'))
    const hashes = [experimentPodHash(ab, a), experimentPodHash(ab, b), experimentPodHash(other, a)]
    assert.equal(new Set(hashes).size, 3)
  })

  it('does not depend on the hash of the pods that were copied', () => {
    const labels = { ...a.template.metadata?.labels, 'rollouts-pod-template-hash': '5f5c6' }
    const copied = { ...a, template: { ...a.template, metadata: { labels } } }
    assert.equal(experimentPodHash(ab, copied), experimentPodHash(ab, a))
  })
})

describe('the Service of a template', () => {
  const portsOf = (ports: readonly object[], routedPorts: readonly ServicePort[] = []): unknown => {
    const template = aTemplate('a', { service: {} })
    const containers = [{ name: 'main', image: 'a:1', ports: ports as { containerPort: number }[] }]
    const builder = anExperiment('ab').withTemplates({
      ...template,
      template: { ...template.template, spec: { containers } },
    })
    const effect = decide(experimentSnapshot(builder, { routedPorts })).effects.find(
      ({ type }) => type === 'createService',
    )
    return effect?.type === 'createService' ? objectOr(effect.object.spec).ports : undefined
  }

  it('has a port for each of the containers, and names them where there are several', () => {
    assert.deepEqual(portsOf([{ containerPort: 80 }]), [{ port: 80, targetPort: 80 }])
    assert.deepEqual(portsOf([{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns' }]), [
      { name: 'tcp-80', port: 80, targetPort: 80 },
      { name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' },
    ])
  })

  it('has first the ports that routers lead to, without what belongs to another Service', () => {
    const routed = [{ name: 'http', port: 80, targetPort: 'web', nodePort: 30_080 } as ServicePort]
    assert.deepEqual(portsOf([{ containerPort: 8080, name: 'http' }], routed), [
      { name: 'http', port: 80, targetPort: 'web' },
      { name: 'tcp-8080', port: 8080, targetPort: 8080 },
    ])
  })

  it('is not made where there is no port at all', () => {
    assert.equal(portsOf([]), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { scaleDownDeadlineAnnotation } from '../../../src/api/labels.ts'
import { renderRollout } from '../../../src/view/render-rollout.ts'
import { type RolloutObjects, rolloutInfo } from '../../../src/view/rollout-info.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import { ago, storedPod, storedReplicaSet, storedRollout, storedRun, viewedAt } from '../../builders/view-objects.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause(), setWeight(50), pause('10m'))
const nothing = { replicaSets: [], pods: [], analysisRuns: [] }

const drawn = (objects: RolloutObjects, width = 200): string =>
  renderRollout(rolloutInfo(objects, viewedAt), { color: false, width }).join('\n')

const pausedCanary: RolloutObjects = {
  rollout: storedRollout(web, {
    observedGeneration: '1',
    phase: 'Paused',
    message: 'CanaryPauseStep',
    pauseConditions: [{ reason: 'CanaryPauseStep', startTime: ago(60) }],
    controllerPause: true,
    currentStepIndex: 1,
    stableRS: 'aaa',
    currentPodHash: 'bbb',
    replicas: 4,
    updatedReplicas: 1,
    readyReplicas: 4,
    availableReplicas: 4,
  }),
  replicaSets: [
    storedReplicaSet('aaa', 1, { desired: 3, available: 3 }),
    storedReplicaSet('bbb', 2, { desired: 1, available: 1 }),
  ],
  pods: [storedPod('aaa', 'p1', 3000), storedPod('aaa', 'p2', 2000), storedPod('bbb', 'p3', 61)],
  analysisRuns: [
    storedRun('web-bbb-2', 2, {
      phase: 'Running',
      metricResults: [
        { name: 'errors', phase: 'Running', successful: 3, failed: 1, inconclusive: 2, error: 4 },
        {
          name: 'load',
          phase: 'Running',
          successful: 1,
          measurements: [{ phase: 'Successful', startedAt: ago(30), metadata: { 'job-name': 'load-test' } }],
        },
      ],
    }),
  ],
}

describe('the tree of a Rollout', () => {
  it('shows a canary that waits, with its measurements', () => {
    assert.equal(
      drawn(pausedCanary),
      `Name:            web
Namespace:       default
Status:          ॥ Paused
Message:         CanaryPauseStep
Strategy:        Canary
  Step:          1/4
  SetWeight:     25
  ActualWeight:  25
Images:          web:1 (stable)
                 web:2 (canary)
Replicas:
  Desired:       4
  Current:       4
  Updated:       1
  Ready:         4
  Available:     4

NAME                   KIND         STATUS        AGE  INFO
⟳ web                  Rollout      ॥ Paused      60m
├──# revision:2
│  ├──⧉ web-bbb        ReplicaSet   ✔ Healthy     80m  canary
│  │  └──□ web-bbb-p3  Pod          ✔ Running     61s  ready:1/1
│  └──α web-bbb-2      AnalysisRun  ◌ Running     90s  ✔ 4,✖ 1,? 2,⚠ 4
│     └──⊞ load-test   Job          ✔ Successful  30s
└──# revision:1
   └──⧉ web-aaa        ReplicaSet   ✔ Healthy     90m  stable
      ├──□ web-aaa-p1  Pod          ✔ Running     50m  ready:1/1
      └──□ web-aaa-p2  Pod          ✔ Running     33m  ready:1/1`,
    )
  })

  it('shows an aborted release whose pods stay for a while', () => {
    const failing = {
      phase: 'Running',
      containerStatuses: [
        { name: 'main', ready: false, restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } },
      ],
    }
    const text = drawn({
      rollout: storedRollout(web.routedByHttpRoute('web'), {
        observedGeneration: '1',
        phase: 'Degraded',
        message: 'RolloutAborted: Rollout aborted update to revision 2',
        abort: true,
        currentStepIndex: 0,
        stableRS: 'aaa',
        currentPodHash: 'bbb',
        canary: { weights: { canary: { weight: 0 }, stable: { weight: 100 } } },
      }),
      replicaSets: [
        storedReplicaSet('aaa', 1, { desired: 4, available: 4 }, { [scaleDownDeadlineAnnotation]: ago(5) }),
        storedReplicaSet('bbb', 2, { desired: 1, available: 0 }, { [scaleDownDeadlineAnnotation]: ago(-29) }),
      ],
      pods: [storedPod('bbb', 'p3', 61, failing)],
      analysisRuns: [],
    })
    assert.match(text, /^Status: {10}✖ Degraded$/m)
    assert.match(text, /^ {2}SetWeight: {5}0\n {2}ActualWeight: {2}0$/m)
    assert.match(text, /⧉ web-bbb .* ◌ Progressing .* canary,delay:29s$/m)
    assert.match(text, /□ web-bbb-p3 .* ✖ CrashLoopBackOff .* ready:0\/1,restarts:7$/m)
    assert.match(text, /⧉ web-aaa .* stable,delay:passed$/m)
  })

  it('shows a ReplicaSet without pods as scaled down, and its images no more', () => {
    const text = drawn({
      ...nothing,
      rollout: storedRollout(web, { phase: 'Healthy', stableRS: 'bbb', currentPodHash: 'bbb', currentStepIndex: 4 }),
      replicaSets: [
        storedReplicaSet('aaa', 1, { desired: 0, available: 0 }, { [scaleDownDeadlineAnnotation]: ago(5) }),
        storedReplicaSet('bbb', 2, { desired: 4, available: 4 }),
      ],
    })
    assert.match(text, /⧉ web-aaa {2}ReplicaSet {2}• ScaledDown {2}90m {2}delay:passed$/m)
    assert.match(text, /^Images: {10}web:2 \(stable\)\nReplicas:$/m)
    assert.match(text, /^ {2}SetWeight: {5}100\n {2}ActualWeight: {2}100$/m)
  })

  it('lists ReplicaSets of one revision by name, and those that name the Rollout as an owner of any kind', () => {
    const later = storedReplicaSet('aaa', 1, { desired: 1, available: 1 })
    const { metadata } = storedReplicaSet('bbb', 1, { desired: 1, available: 1 })
    const owners = metadata.ownerReferences?.map(({ controller, ...reference }) => reference) ?? []
    const earlier = { ...later, metadata: { ...metadata, creationTimestamp: ago(9999), ownerReferences: owners } }
    const text = drawn({ ...nothing, rollout: storedRollout(web, {}), replicaSets: [earlier, later] })
    assert.match(text, /├──⧉ web-aaa .*\n {3}└──⧉ web-bbb /)
  })

  it('tells no role where there is no strategy', () => {
    const text = drawn({
      ...nothing,
      rollout: storedRollout(web.withSpec({ strategy: {} }), { stableRS: 'aaa' }),
      replicaSets: [storedReplicaSet('aaa', 1, { desired: 1, available: 1 })],
    })
    assert.match(text, /^Images: {10}web:1$/m)
  })

  it('shows the roles of a blue/green release', () => {
    const text = drawn({
      ...nothing,
      rollout: storedRollout(web.withSpec({ strategy: { blueGreen: { activeService: 'web' } } }), {
        stableRS: 'aaa',
        currentPodHash: 'bbb',
        blueGreen: { activeSelector: 'aaa', previewSelector: 'bbb' },
      }),
      replicaSets: [
        storedReplicaSet('aaa', 1, { desired: 4, available: 4 }),
        storedReplicaSet('bbb', 2, { desired: 4, available: 4 }),
      ],
    })
    assert.match(text, /^Strategy: {8}BlueGreen\nImages: {10}web:1 \(stable, active\)\n {17}web:2 \(preview\)$/m)
  })

  it('shows a Rollout of which nothing is there yet', () => {
    const text = drawn({ ...nothing, rollout: storedRollout(web, {}) })
    assert.match(text, /^Status: {10}◌ Progressing$/m)
    assert.match(text, /\nNAME {3}KIND {5}STATUS {9}AGE {2}INFO\n⟳ web {2}Rollout {2}◌ Progressing {2}60m$/)
  })

  it('cuts lines that a narrow terminal would break', () => {
    const lines = drawn(pausedCanary, 30).split('\n')
    assert.ok(lines.every((line) => [...line].length <= 30))
    assert.ok(lines.includes('│  │  └──□ web-bbb-p3  Pod   …'))
  })

  it('sends a terminal no control characters that come from a cluster, but ends of lines in a message', () => {
    const message = 'boom \u001b[2J\u0007 bang\nnew line'
    const text = drawn({ ...nothing, rollout: storedRollout(web, { phase: 'Degraded', message }) })
    assert.match(text, /^Message: {9}boom {2}\[2J {2}bang\nnew line$/m)
  })

  it('uses colours for signs and roles when it may', () => {
    const lines = renderRollout(rolloutInfo(pausedCanary, viewedAt), { color: true }).join('\n')
    assert.ok(lines.includes('\u001b[32m✔\u001b[39m Healthy'))
    assert.ok(lines.includes('web:2 (\u001b[33mcanary\u001b[39m)'))
    assert.ok(lines.includes('⧉ \u001b[32mweb-aaa\u001b[39m'), 'a ReplicaSet has the colour of its role')
    assert.ok(lines.includes('α \u001b[94mweb-bbb-2\u001b[39m'), 'an analysis at work stands out')
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { conclude } from '../../../src/rollout/conclude.ts'
import { decide } from '../../../src/rollout/decide.ts'
import type { Effect } from '../../../src/rollout/effects.ts'
import type { Plan } from '../../../src/rollout/plan.ts'
import type { BoundWorkload, Snapshot } from '../../../src/rollout/snapshot.ts'
import { isSameWorkload, observeWorkload, resolveWorkload } from '../../../src/rollout/workload.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  healthyStatus,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const generation = 'rollout.argoproj.io/workload-generation'
const scaledDownFrom = 'rollout.argoproj.io/scaled-down-from'

const referring = (scaleDown: string, revision = '1') =>
  aRollout('web')
    .withReplicas(4)
    .withSteps(setWeight(25), pause())
    .withAnnotations({ 'rollout.argoproj.io/revision': revision, [generation]: '7' })
    .withSpec({ workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scaleDown } })

const workload = (over: Partial<BoundWorkload> = {}): BoundWorkload => ({
  metadata: { namespace: 'default', name: 'web', uid: 'uid-of-deployment' },
  generation: '7',
  annotated: '7',
  template: {},
  selector: undefined,
  replicas: 4,
  scaledDownFrom: 0,
  ...over,
})

const snapshotOf = (
  scaleDown: string,
  ready: number,
  over: Partial<BoundWorkload> = {},
  status: Partial<RolloutStatus> = {},
): Snapshot => {
  const builder = referring(scaleDown)
  const counts = { replicas: 4, updatedReplicas: 4, readyReplicas: ready, availableReplicas: ready, HPAReplicas: 4 }
  return aSnapshot({
    rollout: storedRollout(builder, healthyStatus(builder, { ...counts, ...status })),
    replicaSets: [
      aReplicaSet(builder, {
        revision: 1,
        desired: 4,
        created: 4,
        available: ready,
        annotations: { [generation]: '7' },
      }),
    ],
    workload: workload(over),
  })
}

const scaling = (plan: Plan) =>
  plan.effects.find((effect): effect is Extract<Effect, { type: 'scaleWorkload' }> => effect.type === 'scaleWorkload')
    ?.patch

const patchTo = (replicas: number, annotations?: Record<string, string | null>) => ({
  metadata: { uid: 'uid-of-deployment', ...(annotations && { annotations }) },
  spec: { replicas },
})

describe('a Deployment whose place a Rollout takes', () => {
  it('is left alone by default', () => {
    assert.equal(scaling(decide(snapshotOf('never', 4))), undefined)
    assert.equal(scaling(decide(snapshotOf('', 4))), undefined)
  })

  it('onsuccess: goes to zero when the Rollout is healthy, and not before', () => {
    assert.equal(scaling(decide(snapshotOf('onsuccess', 3))), undefined)
    assert.deepEqual(scaling(decide(snapshotOf('onsuccess', 4))), patchTo(0))
  })

  it('progressively: keeps what is missing of ready pods, and remembers what it had', () => {
    assert.equal(scaling(decide(snapshotOf('progressively', 0))), undefined)
    assert.deepEqual(scaling(decide(snapshotOf('progressively', 1))), patchTo(3, { [scaledDownFrom]: '4' }))
    const later = { replicas: 3, scaledDownFrom: 4 }
    assert.deepEqual(scaling(decide(snapshotOf('progressively', 3, later))), patchTo(1))
  })

  it('progressively: gets back what it had when pods cease to be ready before all of them were', () => {
    const taken = { replicas: 1, scaledDownFrom: 4 }
    assert.deepEqual(scaling(decide(snapshotOf('progressively', 1, taken))), patchTo(3))
    assert.deepEqual(scaling(decide(snapshotOf('progressively', 0, { replicas: 1, scaledDownFrom: 2 }))), patchTo(2))
  })

  it('progressively: never has more than before the Rollout came', () => {
    assert.equal(scaling(decide(snapshotOf('progressively', 0, { replicas: 2 }))), undefined)
    assert.equal(scaling(decide(snapshotOf('progressively', 2, { replicas: 0 }))), undefined)
  })

  it('progressively: is done for good when the Rollout is healthy', () => {
    const taken = { replicas: 1, scaledDownFrom: 4 }
    assert.deepEqual(scaling(decide(snapshotOf('progressively', 4, taken))), patchTo(0, { [scaledDownFrom]: null }))
    assert.equal(scaling(decide(snapshotOf('progressively', 2, { replicas: 0 }))), undefined)
  })

  it('progressively: does not grow in a later revision, whose template is only being tried', () => {
    const [one, two] = [referring('progressively', '2'), referring('progressively', '2').withImage('web:2')]
    const plan = decide(
      aSnapshot({
        rollout: storedRollout(two, releasingStatus(one, two)),
        replicaSets: [
          aReplicaSet(one, { revision: 1, desired: 3, created: 3, available: 0 }),
          aReplicaSet(two, { revision: 2, pods: 1 }),
        ],
        workload: workload({ replicas: 1, scaledDownFrom: 4 }),
      }),
    )
    assert.equal(scaling(plan), undefined)
  })

  it('that cannot be scaled does not hold the status back', () => {
    const snapshot = snapshotOf('onsuccess', 4, {}, { phase: 'Progressing', availableReplicas: 3 })
    const plan = decide(snapshot)
    const refusal = (code: number, reason: string) => new KubeError({ code, reason }, { method: 'PATCH', path: '' })
    const after = (error: KubeError) =>
      conclude(
        snapshot,
        plan,
        plan.effects.map((effect) =>
          effect.type === 'scaleWorkload' ? { effect, result: 'failed', error } : { effect, result: 'done' },
        ),
      )
    assert.equal(after(refusal(403, 'Forbidden')).status.phase, 'Healthy')
    assert.equal(after(refusal(403, 'Forbidden')).next.type, 'retry')
    assert.equal(after(refusal(409, 'Conflict')).next.type, 'again')
  })
})

describe('the generation of a workload', () => {
  it('is noted on the Rollout, on its ReplicaSet and in the status in one pass', () => {
    const plan = decide(snapshotOf('never', 4, { generation: '8', annotated: '7' }))
    const patches = plan.effects.map((effect) => ('patch' in effect ? [effect.type, effect.patch] : [effect.type]))
    assert.deepEqual(patches[0], [
      'updateRollout',
      { metadata: { annotations: { [generation]: '8' }, resourceVersion: '100' } },
    ])
    assert.equal(plan.status.workloadObservedGeneration, '8')
  })

  it('is written together with the number of the revision', () => {
    const builder = aRollout('web').withSpec({
      workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    })
    const plan = decide(aSnapshot({ rollout: storedRollout(builder), workload: workload({ annotated: undefined }) }))
    const written = plan.effects.filter(({ type }) => type === 'updateRollout')
    assert.deepEqual(
      written.map((effect) => ('patch' in effect ? effect.patch.metadata : undefined)),
      [{ annotations: { [generation]: '7', 'rollout.argoproj.io/revision': '1' }, resourceVersion: '100' }],
    )
  })

  it('is forgotten with the reference', () => {
    const builder = aRollout('web').withAnnotations({ 'rollout.argoproj.io/revision': '1' })
    const rollout = storedRollout(builder, healthyStatus(builder, { workloadObservedGeneration: '7' }))
    const plan = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(builder, { revision: 1, pods: 1 })] }))
    assert.equal(plan.status.workloadObservedGeneration, undefined)
  })
})

const stored = (kind: string, content: object, over: object = {}): StoredObject => ({
  apiVersion: kind === 'PodTemplate' ? 'v1' : 'apps/v1',
  kind,
  metadata: { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', generation: 3, ...over },
  ...JSON.parse(JSON.stringify(content)),
})

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'web:1' }], restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' },
}
const selector = { matchLabels: { app: 'web' } }

describe('a workload', () => {
  it('gives its template, its selector and its size', () => {
    const { metadata, ...rest } = observeWorkload(stored('Deployment', { spec: { replicas: 3, selector, template } }))
    assert.deepEqual(rest, { generation: '3', template, selector, replicas: 3, scaledDownFrom: 0 })
    assert.equal(metadata.uid, 'u')
  })

  it('of kind PodTemplate has its template at the top, and no selector', () => {
    const seen = observeWorkload(stored('PodTemplate', { template }))
    assert.deepEqual([seen.template, seen.selector], [template, undefined])
  })

  it('is the same to those who refer to it when only its status changes', () => {
    const one = observeWorkload(stored('Deployment', { spec: { selector, template } }))
    const status = observeWorkload(stored('Deployment', { spec: { selector, template }, status: { replicas: 1 } }))
    assert.ok(isSameWorkload(one, status))
    assert.ok(!isSameWorkload(one, observeWorkload(stored('Deployment', { spec: {} }, { generation: 4 }))))
    assert.ok(!isSameWorkload(one, observeWorkload(stored('Deployment', { spec: {} }, { uid: 'another' }))))
  })
})

describe('a Rollout that has left its workload', () => {
  it('forgets its generation with the next revision', () => {
    const { spec, ...rest } = storedRollout(referring('never').withImage('web:2'), healthyStatus(referring('never')))
    const { workloadRef: _, ...own } = spec
    const plan = decide(
      aSnapshot({
        rollout: { ...rest, spec: own },
        replicaSets: [aReplicaSet(referring('never'), { revision: 1, pods: 4 })],
      }),
    )
    const update = plan.effects.find(({ type }) => type === 'updateRollout')
    const creation = plan.effects.find(({ type }) => type === 'createReplicaSet')
    const { annotations } = objectOr(update?.type === 'updateRollout' ? update.patch.metadata : undefined)
    assert.deepEqual(annotations, { 'rollout.argoproj.io/revision': '2', [generation]: null })
    assert.ok(creation?.type === 'createReplicaSet' && !JSON.stringify(creation.object).includes(generation))
  })
})

describe('a Rollout with the template of its workload', () => {
  const { spec, ...rest } = storedRollout(referring('never'))
  const { template: _, selector: __, ...without } = spec
  const rollout = { ...rest, spec: without }
  const deployment = observeWorkload(stored('Deployment', { spec: { selector, template } }))

  it('has its selector too, if it has none of its own', () => {
    const { rollout: resolved, faults } = resolveWorkload(rollout, deployment)
    assert.deepEqual(faults, [])
    assert.deepEqual([resolved.spec.template, resolved.spec.selector], [template, selector])
    assert.equal(resolved.metadata.annotations?.[generation], '3')
    const own = { matchLabels: { app: 'web', tier: 'front' } }
    const other = resolveWorkload({ ...rollout, spec: { ...without, selector: own } }, deployment)
    assert.deepEqual(other.rollout.spec.selector, own)
    assert.match(other.faults[0]?.detail ?? '', /`selector` does not match template `labels`/)
  })

  it('is made once for each pair of versions, so that what is computed of it is kept', () => {
    const once = resolveWorkload(rollout, deployment)
    assert.equal(resolveWorkload(rollout, deployment), once)
    assert.notEqual(resolveWorkload(rollout, { ...deployment }), once)
  })

  it('is faulty without any selector', () => {
    const { faults } = resolveWorkload(rollout, observeWorkload(stored('PodTemplate', { template })))
    assert.deepEqual(
      faults.map(({ type, field }) => [type, field]),
      [['Required', 'spec.selector']],
    )
  })
})

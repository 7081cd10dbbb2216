import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ReplicaSet } from '../../../src/api/kubernetes/workloads.ts'
import { decide } from '../../../src/rollout/decide.ts'
import { aRollout, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  effectsOf,
  hashOf,
  healthyStatus,
  sizesOf,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const web = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(20))
  .withAnnotations({ 'rollout.argoproj.io/revision': '1' })

/** What another controller, or another version of it, made of the template: other hash, the server's defaults. */
const foreign = (): ReplicaSet => {
  const set = aReplicaSet(web, { revision: 1, pods: 3 })
  const labels = { app: 'web', 'rollouts-pod-template-hash': 'oldera' }
  const [container] = set.spec.template.spec?.containers ?? []
  assert.ok(container)
  return {
    ...set,
    metadata: { ...set.metadata, name: 'web-oldera', labels },
    spec: {
      ...set.spec,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { ...container, ...{ terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'IfNotPresent' } },
          ],
          ...{ restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', schedulerName: 'default-scheduler' },
        },
      },
    },
  }
}

describe('a ReplicaSet of another controller', () => {
  const rollout = storedRollout(web, healthyStatus(web, { currentPodHash: 'oldera', stableRS: 'oldera' }))

  it('with the same template is the one of the Rollout, whatever its hash', () => {
    const plan = decide(aSnapshot({ rollout, replicaSets: [foreign()] }))
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.status.currentPodHash, 'oldera')
    assert.equal(plan.status.phase, 'Healthy')
  })

  it('whose template was changed is not taken, even with the right hash', () => {
    const set = aReplicaSet(web, { revision: 1, pods: 3 })
    const changed = structuredClone(set)
    const [container] = changed.spec.template.spec?.containers ?? []
    assert.ok(container)
    container.image = 'web:tampered'
    const plan = decide(
      aSnapshot({
        rollout: storedRollout(web, healthyStatus(web, { observedGeneration: '1' })),
        replicaSets: [changed],
      }),
    )
    assert.ok(effectsOf(plan).includes(`createReplicaSet replicaset/web-${hashOf(web)}`))
  })

  it('without an owner becomes that of the Rollout, guarded by its version', () => {
    const { ownerReferences: _, ...metadata } = foreign().metadata
    const plan = decide(aSnapshot({ rollout, orphans: [{ ...foreign(), metadata }] }))
    const [adoption] = plan.effects
    assert.equal(adoption?.type, 'updateReplicaSet')
    const patch = (adoption.type === 'updateReplicaSet' ? adoption.patch : {}) as { metadata?: Record<string, unknown> }
    assert.equal(patch.metadata?.resourceVersion, '50')
    assert.equal(patch.metadata.uid, metadata.uid)
    assert.deepEqual(sizesOf(plan), {})
  })
})

describe('the new ReplicaSet', () => {
  it('follows annotations of the Rollout and minReadySeconds', () => {
    const changed = web.withAnnotations({ team: 'shop' }).withSpec({ minReadySeconds: 10 })
    const rollout = storedRollout(changed, healthyStatus(web))
    const plan = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(web, { revision: 1, pods: 3 })] }))
    assert.deepEqual(plan.effects[0]?.type === 'updateReplicaSet' && plan.effects[0].patch, {
      metadata: { annotations: { team: 'shop' } },
      spec: { minReadySeconds: 10 },
    })
  })
})

describe('the revision history', () => {
  const versions = [1, 2, 3, 4].map((version) => web.withImage(`web:${version}`))
  const [current = web] = versions.slice(-1)
  const history = (limit: number, old: { desired?: number; created?: number } = {}) =>
    decide(
      aSnapshot({
        rollout: storedRollout(
          current.withSpec({ revisionHistoryLimit: limit }).withAnnotations({ 'rollout.argoproj.io/revision': '4' }),
          healthyStatus(current),
        ),
        replicaSets: versions.map((version, index) =>
          aReplicaSet(version, {
            revision: index + 1,
            ...(version === current ? { pods: 3 } : { pods: 0, available: 0, ...old }),
          }),
        ),
      }),
    )

  it('loses the oldest beyond its limit', () => {
    assert.deepEqual(effectsOf(history(1)), [
      `deleteReplicaSet replicaset/web-${hashOf(web.withImage('web:1'))}`,
      `deleteReplicaSet replicaset/web-${hashOf(web.withImage('web:2'))}`,
    ])
  })

  it('never loses one that still has pods', () => {
    assert.ok(!effectsOf(history(0, { created: 1 })).some((effect) => effect.startsWith('deleteReplicaSet')))
  })
})

describe('metadata of a role', () => {
  const marked = web.withCanary({
    steps: [],
    canaryMetadata: { labels: { role: 'canary' } },
    stableMetadata: { labels: { role: 'stable' } },
  })

  it('is on the pods of the first version from the start', () => {
    const plan = decide(aSnapshot({ rollout: storedRollout(marked) }))
    const [creation] = plan.effects
    const { spec, metadata } = (creation?.type === 'createReplicaSet' ? creation.object : {}) as {
      spec?: { template: { metadata: { labels: object } } }
      metadata?: { annotations: Record<string, string> }
    }
    assert.deepEqual(spec?.template.metadata.labels, {
      app: 'web',
      role: 'stable',
      'rollouts-pod-template-hash': hashOf(marked),
    })
    assert.equal(metadata?.annotations['rollout.argoproj.io/ephemeral-metadata'], '{"labels":{"role":"stable"}}')
  })

  it('changes with the role, on pods that run before the ReplicaSet notes it', () => {
    const set = aReplicaSet(web, {
      revision: 1,
      pods: 3,
      annotations: { 'rollout.argoproj.io/ephemeral-metadata': '{"labels":{"role":"canary"}}' },
    })
    const live = structuredClone(set)
    live.spec.template.metadata = { labels: { ...set.spec.template.metadata?.labels, role: 'canary' } }
    const plan = decide(aSnapshot({ rollout: storedRollout(marked, healthyStatus(marked)), replicaSets: [live] }))
    assert.deepEqual(effectsOf(plan), [
      `relabelPods pods/web-${hashOf(web)}`,
      `updateReplicaSet replicaset/web-${hashOf(web)}`,
    ])
    assert.deepEqual(plan.effects[0]?.type === 'relabelPods' && plan.effects[0].metadata, {
      labels: { role: 'stable' },
    })
  })
})

describe('anti-affinity', () => {
  const apart = web.withCanary({ antiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } })

  it('keeps new pods away from nodes of the stable version', () => {
    const next = apart.withImage('web:2')
    const rollout = storedRollout(next, healthyStatus(web, { observedGeneration: '1' }))
    const plan = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(web, { revision: 1, pods: 3 })] }))
    const creation = plan.effects.find((effect) => effect.type === 'createReplicaSet')
    const { spec } = (creation?.type === 'createReplicaSet' ? creation.object : {}) as {
      spec?: { template: { spec: { affinity?: object } } }
    }
    const key = 'rollouts-pod-template-hash'
    assert.deepEqual(spec?.template.spec.affinity, {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchExpressions: [{ key, operator: 'In', values: [hashOf(web)] }] },
            namespaces: ['default'],
            topologyKey: 'kubernetes.io/hostname',
          },
        ],
      },
    })
  })

  it('does not make the template another one', () => {
    const rollout = storedRollout(apart, healthyStatus(web))
    const plan = decide(aSnapshot({ rollout, replicaSets: [aReplicaSet(web, { revision: 1, pods: 3 })] }))
    assert.deepEqual(effectsOf(plan), [])
    assert.equal(plan.status.phase, 'Healthy')
  })
})

describe('the number of a revision', () => {
  it('is one more than the highest there is', () => {
    const rollout = storedRollout(web.withImage('web:2'), healthyStatus(web, { observedGeneration: '1' }))
    const plan = decide(
      aSnapshot({ rollout, replicaSets: [aReplicaSet(web, { revision: 7, pods: 3 })], now: Date.parse(at(0)) }),
    )
    const update = plan.effects.find(({ type }) => type === 'updateRollout')
    assert.equal(update?.why, 'become revision 8')
  })
})

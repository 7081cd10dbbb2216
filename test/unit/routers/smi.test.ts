import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trafficSplits } from '../../../src/api/resources.ts'
import type { SmiRouting } from '../../../src/api/routers/smi.ts'
import { type BoundRouter, bindRouter } from '../../../src/routers/router.ts'
import type { TrafficSplitVersion } from '../../../src/routers/router-versions.ts'
import { smiRouter } from '../../../src/routers/smi/smi.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const rollout = storedRollout(aRollout('web').routedBy({ smi: {} }))

const routerOf = (smi: SmiRouting = {}, version: TrafficSplitVersion = 'v1alpha2'): BoundRouter =>
  bindRouter(smiRouter(version), smi, rollout)

const owner = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  name: 'web',
  uid: rollout.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
}

const backends = (canary: number | string, stable: number | string, more: Readonly<Record<string, number>> = {}) => [
  { service: 'web-canary', weight: canary },
  ...Object.entries(more).map(([service, weight]) => ({ service, weight })),
  { service: 'web-stable', weight: stable },
]

const split = (spec: object, ownerReferences: readonly object[] = [owner]) => ({
  kind: 'TrafficSplit',
  metadata: { name: 'web', ownerReferences },
  spec: { service: 'web-stable', ...spec },
})

const patches = (router: BoundRouter, canary: number, object: ReturnType<typeof split>, more = {}) =>
  router
    .desire(trafficIntent(canary, more), knownObjects(object))
    .map((write) => (write.type === 'patch' ? write.patch : write.type))

describe('a TrafficSplit', () => {
  it('is made where there is none, and belongs to the Rollout', () => {
    assert.deepEqual(routerOf().desire(trafficIntent(20), knownObjects()), [
      {
        type: 'create',
        ref: { resource: trafficSplits.v1alpha2, namespace: 'default', name: 'web' },
        object: {
          apiVersion: 'split.smi-spec.io/v1alpha2',
          kind: 'TrafficSplit',
          metadata: { name: 'web', namespace: 'default', ownerReferences: [owner] },
          spec: { service: 'web-stable', backends: backends(20, 80) },
        },
        why: '20 of 100 to web-canary',
      },
    ])
  })

  it('has the name and the root Service that the spec asks for', () => {
    const [write] = routerOf({ trafficSplitName: 'shop', rootService: 'web' }).desire(trafficIntent(0), knownObjects())
    assert.ok(write?.type === 'create')
    assert.equal(write.ref.name, 'shop')
    assert.deepEqual(write.object.spec, { service: 'web', backends: backends(0, 100) })
  })

  it('counts in quantities in v1alpha1, and in whole numbers later', () => {
    const weights = (['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'] as const).map((version) => {
      const [write] = routerOf({}, version).desire(trafficIntent(5), knownObjects())
      assert.ok(write?.type === 'create')
      assert.equal(write.object.apiVersion, `split.smi-spec.io/${version}`)
      return (write.object.spec as { backends: { weight: unknown }[] }).backends[0]?.weight
    })
    assert.deepEqual(weights, ['5', 5, 5, 5])
  })

  it('is written once for each weight from 0 to 100, and back at an abort', () => {
    const seen = [0, 20, 100, 0].map((weight, index, all) => {
      const before = all[index - 1] ?? 50
      return patches(routerOf(), weight, split({ backends: backends(before, 100 - before) }))
    })
    const patch = (canary: number) => [
      { metadata: { resourceVersion: '7' }, spec: { service: 'web-stable', backends: backends(canary, 100 - canary) } },
    ]
    assert.deepEqual(seen, [patch(0), patch(20), patch(100), patch(0)])
  })

  it('is left alone where it says what is wanted, as a quantity or as a number', () => {
    assert.deepEqual(patches(routerOf({}, 'v1alpha1'), 20, split({ backends: backends('20', '80') })), [])
    assert.deepEqual(patches(routerOf({}, 'v1alpha1'), 20, split({ backends: backends(20, 80) })), [])
  })

  it('gets back what somebody else changed', () => {
    const foreign = [{ service: 'web-canary', weight: 90 }]
    assert.equal(patches(routerOf(), 20, split({ backends: foreign })).length, 1)
    assert.equal(patches(routerOf(), 20, split({ service: 'other', backends: backends(20, 80) })).length, 1)
  })

  it('keeps fields that are not of the release', () => {
    const [patch] = patches(routerOf(), 30, split({ backends: backends(20, 80), matches: [{ name: 'testers' }] }))
    assert.ok(typeof patch === 'object')
    assert.deepEqual(Object.keys(patch.spec as object), ['service', 'backends'])
  })

  it('has a backend for each version of an experiment, and loses it afterwards', () => {
    const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
    const during = split({ backends: backends(20, 75, { 'web-e1': 5 }) })
    assert.deepEqual(patches(routerOf(), 20, during, { additional }), [])
    const [patch] = patches(routerOf(), 20, during)
    assert.ok(typeof patch === 'object')
    assert.deepEqual(patch.spec, { service: 'web-stable', backends: backends(20, 80) })
  })

  it('of somebody else is refused in the published words, and not touched', () => {
    const foreign = split({ backends: backends(0, 100) }, [])
    assert.deepEqual(
      routerOf()
        .validate(knownObjects(foreign))
        .map(({ field, detail }) => `${field}: ${detail}`),
      ['spec.strategy.canary.trafficRouting.smi.trafficSplitName: Rollout does not own TrafficSplit `web`'],
    )
    assert.deepEqual(patches(routerOf(), 20, foreign), [])
    assert.deepEqual(routerOf().leave(trafficIntent(0), knownObjects(foreign)), [])
  })

  it('goes when the Rollout no longer names its router', () => {
    const writes = routerOf().leave(trafficIntent(0), knownObjects(split({ backends: backends(50, 50) })))
    assert.deepEqual(
      writes.map((write) => write.type === 'delete' && write.uid),
      ['uid-of-web'],
    )
  })
})

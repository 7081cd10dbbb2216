import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ambassadorMappings } from '../../../src/api/resources.ts'
import { ambassadorRouter } from '../../../src/routers/ambassador/ambassador.ts'
import { canaryMappingName } from '../../../src/routers/ambassador/canary-mapping.ts'
import { bindRouter } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const routerFor = (...mappings: string[]) => {
  const ambassador = { mappings }
  const rollout = storedRollout(aRollout('web').routedBy({ ambassador }))
  return bindRouter(ambassadorRouter(ambassadorMappings), ambassador, rollout)
}
const router = routerFor('web')

const ours = [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', uid: 'uid-of-web', controller: true }]

const mapping = (name: string, spec: object, ownerReferences: object[] = []) => ({
  kind: 'Mapping',
  metadata: { name, ...{ ownerReferences } },
  ...{ apiVersion: 'getambassador.io/v2', spec },
})
const stable = mapping('web', { prefix: '/', service: 'web-stable:80' })
const copy = (weight: number, spec: object = {}, owners = ours) =>
  mapping('web-canary', { prefix: '/', service: 'web-canary:80', weight, ...spec }, owners)

describe('the canary copy of a Mapping', () => {
  it('leads to the canary Service in whichever way the Mapping names its Service', () => {
    const services = ['web-stable', 'web-stable:8080', 'web-stable.shop', 'https://web-stable.shop.svc:443']
    const copies = services.map((service) => {
      const [write] = router.desire(trafficIntent(20), knownObjects(mapping('web', { prefix: '/', service })))
      assert.ok(write?.type === 'create')
      return (write.object.spec as { service: string }).service
    })
    const expected = ['web-canary', 'web-canary:8080', 'web-canary.shop', 'https://web-canary.shop.svc:443']
    assert.deepEqual(copies, expected)
  })

  it('follows the Mapping, and what somebody changed in it is put back', () => {
    const live = copy(50, { service: 'web-stable:80', timeout_ms: 1 })
    const [write] = router.desire(trafficIntent(20), knownObjects(stable, live))
    assert.ok(write?.type === 'patch')
    assert.deepEqual(write.patch, {
      metadata: { resourceVersion: '7' },
      spec: { timeout_ms: null, prefix: '/', service: 'web-canary:80', weight: 20 },
    })
    assert.deepEqual(router.desire(trafficIntent(20), knownObjects(stable, copy(20))), [])
  })

  it('is taken over from a controller that gave it no owner, and never from somebody else', () => {
    const [write] = router.desire(trafficIntent(20), knownObjects(stable, copy(20, {}, [])))
    assert.ok(write?.type === 'patch')
    const owners = (write.patch.metadata as { ownerReferences: { uid: string }[] }).ownerReferences
    assert.deepEqual(
      owners.map(({ uid }) => uid),
      ['uid-of-web'],
    )
    const others = knownObjects(stable, copy(20, {}, [{ ...ours[0], uid: 'other' } as (typeof ours)[0]]))
    assert.deepEqual(router.desire(trafficIntent(50), others), [])
    assert.deepEqual(router.leave(trafficIntent(0), others), [])
  })

  it('goes when the Rollout no longer names the Mapping', () => {
    const writes = router.leave(trafficIntent(0), knownObjects(stable, copy(0)))
    assert.deepEqual(
      writes.map(({ type, ref }) => [type, ref.name]),
      [['delete', 'web-canary']],
    )
  })

  it('has a name that a Mapping can have', () => {
    assert.equal(canaryMappingName('web'), 'web-canary')
    assert.equal(canaryMappingName('m'.repeat(253)), `${'m'.repeat(246)}-canary`)
  })

  it('is waited for until it has the weight; more than that nobody tells', () => {
    assert.equal(router.verify(trafficIntent(20), knownObjects(stable, copy(10))).state, 'pending')
    assert.equal(router.verify(trafficIntent(20), knownObjects(stable, copy(20))).state, 'not-verifiable')
  })
})

describe('a spec for Ambassador', () => {
  const details = (...objects: ReturnType<typeof mapping>[]) =>
    router.validate(knownObjects(...objects)).map(({ detail }) => detail)

  it('names Mappings that are there and lead to the stable Service', () => {
    assert.deepEqual(details(), ['mappings.getambassador.io "web" not found'])
    assert.deepEqual(details(mapping('web', { service: 'other:80' })), [
      'Ambassador mapping "web" does not lead to the stable Service "web-stable"',
    ])
    assert.deepEqual(details(stable), [])
  })

  it('names at least one', () => {
    const [fault] = routerFor().validate(knownObjects())
    assert.equal(fault?.detail, 'must provide at least one mapping')
  })

  it('names none with a weight of its own', () => {
    const weighted = mapping('web', { service: 'web-stable', weight: 30 })
    assert.deepEqual(details(weighted), ['Ambassador mapping "web" can not define weight'])
  })

  it('needs copies that belong to nobody else', () => {
    const other = copy(20, {}, [{ ...ours[0], uid: 'other' } as (typeof ours)[0]])
    assert.deepEqual(details(stable, other), ['canary mapping "web-canary" controlled by different object'])
  })
})

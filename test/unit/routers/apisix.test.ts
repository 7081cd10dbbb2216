import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ApisixHttpRule } from '../../../src/api/kubernetes/apisix-route.ts'
import type { ApisixRouting } from '../../../src/api/routers/apisix.ts'
import { apisixRouter } from '../../../src/routers/apisix/apisix.ts'
import { bindRouter, type KnownObjects, type ObjectWrite } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const routerFor = (apisix: ApisixRouting, ...managedRoutes: string[]) => {
  const builder = aRollout('web')
    .routedBy({ apisix })
    .withManagedRoutes(...managedRoutes)
  return bindRouter(apisixRouter, apisix, storedRollout(builder))
}
const router = routerFor({ route: { name: 'web' } }, 'testers')

const backends = (canary: number | undefined) =>
  ['web-stable', 'web-canary'].map((serviceName, index) => ({
    serviceName,
    servicePort: 80,
    ...(canary !== undefined && { weight: index === 0 ? 100 - canary : canary }),
  }))

const route = (name: string, http: readonly ApisixHttpRule[], owner?: string) => ({
  kind: 'ApisixRoute',
  metadata: { name, ...{ ownerReferences: owner === undefined ? [] : [{ uid: owner, controller: true }] } },
  ...{ apiVersion: 'apisix.apache.org/v2', spec: { http: [...http] } },
})
const main = (canary?: number) => route('web', [{ name: 'all', match: { paths: ['/*'] }, backends: backends(canary) }])

const testers = { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }
const withTesters = trafficIntent(20, { headerRoutes: [testers], managedRoutes: ['testers'] })

const texts = (writes: readonly ObjectWrite[]) => writes.map(({ type, ref }) => `${type} ${ref.name}`)

const created = (known: KnownObjects, intent = withTesters): readonly ApisixHttpRule[] => {
  const write = router.desire(intent, known).find(({ type }) => type === 'create')
  assert.ok(write?.type === 'create')
  return (write.object.spec as { http: ApisixHttpRule[] }).http
}

describe('an ApisixRoute', () => {
  it('gets weights in every rule that has both Services, when the spec names no rules', () => {
    const docs = { name: 'docs', backends: [{ serviceName: 'docs' }] }
    const rules = [docs, { name: 'a', backends: backends(0) }, { name: 'b', backends: backends(0) }]
    const [write] = router.desire(trafficIntent(30), knownObjects(route('web', rules)))
    assert.ok(write?.type === 'patch')
    const { http } = write.patch.spec as { http: ApisixHttpRule[] }
    assert.deepEqual(http, [docs, { name: 'a', backends: backends(30) }, { name: 'b', backends: backends(30) }])
    assert.deepEqual(router.desire(trafficIntent(30), knownObjects(route('web', http))), [])
  })

  it('has one beside it for a header route, with the canary alone and a higher priority', () => {
    assert.deepEqual(created(knownObjects(main(20))), [
      {
        name: 'all',
        priority: 1,
        match: {
          paths: ['/*'],
          exprs: [{ subject: { scope: 'Header', name: 'X-Tester' }, op: 'Equal', value: 'yes' }],
        },
        backends: [{ serviceName: 'web-canary', servicePort: 80, weight: 100 }],
      },
    ])
  })

  it('tells requests apart by cookies and query parameters too, and takes a prefix literally', () => {
    const condition = {
      name: 'testers',
      match: [{ headerName: 'X-Zone', headerValue: { prefix: 'eu.' } }],
      cookie: { name: 'lane', value: { regex: '^b' } },
      queryParams: [{ name: 'beta', value: { exact: '1' } }],
    }
    const [rule] = created(knownObjects(main(20)), { ...withTesters, headerRoutes: [condition] })
    assert.deepEqual(rule?.match?.exprs, [
      { subject: { scope: 'Header', name: 'X-Zone' }, op: 'RegexMatch', value: '^eu\\..*' },
      { subject: { scope: 'Cookie', name: 'lane' }, op: 'RegexMatch', value: '^b' },
      { subject: { scope: 'Query', name: 'beta' }, op: 'Equal', value: '1' },
    ])
  })

  it('has the one beside it put right, and removed once its step is over or its name is given up', () => {
    const [wanted] = created(knownObjects(main(20)))
    assert.ok(wanted)
    const there = route('testers', [wanted], 'uid-of-web')
    assert.deepEqual(texts(router.desire(withTesters, knownObjects(main(20), there))), [])
    const changed = route('testers', [{ ...wanted, priority: 0 }], 'uid-of-web')
    assert.deepEqual(texts(router.desire(withTesters, knownObjects(main(20), changed))), ['patch testers'])
    assert.deepEqual(texts(router.desire(trafficIntent(20), knownObjects(main(20), there))), ['delete testers'])
    const former = route('former', [wanted], 'uid-of-web')
    assert.deepEqual(texts(router.desire(withTesters, knownObjects(main(20), there, former))), ['delete former'])
    assert.deepEqual(texts(router.leave(trafficIntent(0), knownObjects(main(0), there))), ['delete testers'])
  })

  it('of somebody else is never touched', () => {
    const known = knownObjects(main(20), route('testers', [], 'other'), route('theirs', [], 'other'))
    assert.deepEqual(texts(router.desire(withTesters, known)), [])
    assert.deepEqual(texts(router.desire(trafficIntent(20), known)), [])
  })

  it('is waited for until it is as it should be; more than that nobody tells', () => {
    assert.equal(router.verify(withTesters, knownObjects(main(20))).state, 'pending')
    assert.equal(router.verify(trafficIntent(20), knownObjects(main(10))).state, 'pending')
    assert.equal(router.verify(trafficIntent(20), knownObjects(main(20))).state, 'not-verifiable')
  })
})

describe('a spec for APISIX', () => {
  const details = (known: KnownObjects, of = router) => of.validate(known).map(({ detail }) => detail)

  it('names a route that is there and splits', () => {
    const services = 'stable Service "web-stable" and canary Service "web-canary"'
    assert.deepEqual(details(knownObjects()), ['ApisixRoute "web" not found'])
    assert.deepEqual(details(knownObjects(route('web', [{ name: 'all' }]))), [
      `no rule of ApisixRoute "web" has both the ${services} as backends`,
    ])
    assert.deepEqual(details(knownObjects(main())), [])
    assert.deepEqual(details(knownObjects(), routerFor({})), ['name an ApisixRoute'])
  })

  it('names rules that are there and split', () => {
    const named = routerFor({ route: { name: 'web', rules: ['all', 'none', 'docs'] } })
    const rules = [{ name: 'all', backends: backends(0) }, { name: 'docs' }]
    assert.deepEqual(
      named.validate(knownObjects(route('web', rules))).map(({ field, detail }) => [field.slice(-8), detail]),
      [
        ['rules[1]', 'Apisix http route rule none not found'],
        [
          'rules[2]',
          'rule "docs" of ApisixRoute "web" lacks the stable Service "web-stable" and canary Service "web-canary" as backends',
        ],
      ],
    )
  })

  it('gives its routes names that nobody else has', () => {
    assert.deepEqual(details(knownObjects(main(), route('testers', [], 'other'))), [
      'duplicate ApisixRoute [testers] already exists',
    ])
    assert.deepEqual(details(knownObjects(main()), routerFor({ route: { name: 'web' } }, 'web')), [
      'a route must not have the name of the ApisixRoute itself',
    ])
  })
})

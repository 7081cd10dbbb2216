import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KumaDestination } from '../../../src/api/kubernetes/kuma-traffic-route.ts'
import { kumaTrafficRoutes } from '../../../src/api/resources.ts'
import { kumaRouter } from '../../../src/routers/kuma/kuma.ts'
import { bindRouter, type KnownObjects, type TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const kuma = { trafficRoutes: ['web'] }
const router = bindRouter(kumaRouter, kuma, storedRollout(aRollout('web').routedBy({ kuma })))

const to = (service: string, weight: number, namespace = 'default'): KumaDestination => ({
  weight,
  destination: { 'kuma.io/service': `${service}_${namespace}_svc_80`, version: 'any' },
})
const pair = (weight: number) => [to('web-stable', 100 - weight), to('web-canary', weight)]

const known = (conf: object, annotations: Record<string, string> = {}): KnownObjects =>
  knownObjects({
    kind: 'TrafficRoute',
    metadata: { name: 'web', namespace: '', ...{ annotations } },
    ...{ mesh: 'default', spec: { sources: [{ match: { 'kuma.io/service': '*' } }], conf } },
  })

const made = (intent: TrafficIntent, objects: KnownObjects) => {
  const [write] = router.desire(intent, objects)
  if (write === undefined) return undefined
  assert.ok(write.type === 'patch')
  return write.patch as { metadata: { annotations?: Record<string, string> }; spec?: unknown }
}

const testers = { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'yes' } }] }
const withTesters = trafficIntent(20, { headerRoutes: [testers], managedRoutes: ['testers'] })

describe('a TrafficRoute of Kuma', () => {
  it('has no namespace', () => {
    assert.deepEqual(router.refs(knownObjects()), [{ resource: kumaTrafficRoutes, namespace: '', name: 'web' }])
    assert.equal(kumaTrafficRoutes.namespaced, false)
  })

  it('gets the weights of a release from 0 to 100, and everything back to stable at an abort', () => {
    const loadBalancer = { roundRobin: {} }
    const specs = [10, 100, 0].map(
      (weight, index, all) =>
        made(trafficIntent(weight), known({ loadBalancer, split: pair(all[index - 1] ?? 0) }))?.spec,
    )
    assert.deepEqual(
      specs,
      [10, 100, 0].map((weight) => ({ conf: { loadBalancer, split: pair(weight) } })),
    )
    assert.equal(made(trafficIntent(10), known({ loadBalancer, split: pair(10) })), undefined)
  })

  it('gets them for requests of a kind too, and keeps what leads elsewhere', () => {
    const match = { path: { prefix: '/shop' } }
    const others = [to('web-canary', 7, 'other'), { destination: { zone: 'a' } }]
    const docs = { match: { path: { prefix: '/docs' } }, destination: { 'kuma.io/service': 'docs_default_svc_80' } }
    const http = (weight: number) => [{ match, split: [...others, ...pair(weight)] }, docs]
    const patch = made(trafficIntent(30), known({ http: http(0), split: pair(0) }))
    assert.deepEqual(patch?.spec, { conf: { http: http(30), split: pair(30) } })
  })

  it('has a destination for each version of an experiment, and loses it again', () => {
    const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
    const during = [to('web-stable', 75), to('web-canary', 20), to('web-e1', 5)]
    const begin = made(trafficIntent(20, { additional }), known({ split: pair(20) }))
    assert.deepEqual(begin?.spec, { conf: { split: during } })
    const end = made(trafficIntent(20), known({ split: during }, begin.metadata.annotations))
    assert.deepEqual(end?.spec, { conf: { split: pair(20) } })
  })

  it('has a route to the canary for a header route: before those that it narrows, and after all others for the rest', () => {
    const docs = { match: { path: { prefix: '/docs' } }, destination: { 'kuma.io/service': 'docs_default_svc_80' } }
    const shop = { match: { path: { prefix: '/shop' } }, split: pair(20) }
    const { destination } = to('web-canary', 0)
    const wanted = { headers: { 'X-Tester': { exact: 'yes' } } }
    const [byPath, byRest] = [
      { match: { ...shop.match, ...wanted }, destination },
      { match: wanted, destination },
    ]
    const begin = made(withTesters, known({ http: [docs, shop], split: pair(20) }))
    assert.deepEqual(begin?.spec, { conf: { http: [docs, byPath, shop, byRest], split: pair(20) } })
    const there = known({ http: [docs, byPath, shop, byRest], split: pair(20) }, begin.metadata.annotations)
    assert.equal(made(withTesters, there), undefined)
    assert.deepEqual(made(trafficIntent(20), there)?.spec, { conf: { http: [docs, shop], split: pair(20) } })
  })

  it('gets the HTTP part that a header route needs', () => {
    const begin = made(withTesters, known({ split: pair(20) }))
    assert.ok(begin)
    const { http } = (begin.spec as { conf: { http: unknown[] } }).conf
    assert.equal(http.length, 1)
    const end = made(trafficIntent(20), known({ http, split: pair(20) }, begin.metadata.annotations))
    assert.deepEqual(end?.spec, { conf: { http: [], split: pair(20) } })
  })

  it('cannot have a header route where each split asks for that header', () => {
    const steps = [{ setHeaderRoute: { name: 'testers', match: testers.match } }]
    const asking = bindRouter(
      kumaRouter,
      kuma,
      storedRollout(
        aRollout('web')
          .routedBy({ kuma })
          .withSteps(...steps),
      ),
    )
    const taken = [{ match: { headers: { 'x-tester': { exact: 'no' } } }, split: pair(0) }]
    assert.deepEqual(
      asking.validate(known({ http: taken })).map(({ field, detail }) => [field, detail]),
      [
        [
          'spec.strategy.canary.steps[0].setHeaderRoute',
          'no split of TrafficRoute "web" can be narrowed to these headers',
        ],
      ],
    )
    assert.deepEqual(asking.validate(known({ http: taken, split: pair(0) })), [])
  })

  it('is refused where it is missing or lacks a Service', () => {
    const details = (objects: KnownObjects) => router.validate(objects).map(({ detail }) => detail)
    assert.deepEqual(details(knownObjects()), ['TrafficRoute "web" not found'])
    assert.deepEqual(details(known({ split: [to('web-stable', 100)] })), [
      'no split of TrafficRoute "web" has both the stable Service "web-stable" and canary Service "web-canary" as ' +
        'destinations',
    ])
    assert.deepEqual(details(known({ split: pair(0) })), [])
  })
})

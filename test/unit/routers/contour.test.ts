import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpProxyRoute, HttpProxyService } from '../../../src/api/kubernetes/http-proxy.ts'
import { managedRoutePartsAnnotation } from '../../../src/api/labels.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import { contourRouter } from '../../../src/routers/contour/contour.ts'
import { type BoundRouter, bindRouter, type TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { aRollout, setHeaderRoute, setMirrorRoute } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const contour = { httpProxies: ['web'] }

const routerOf = (...steps: CanaryStep[]): BoundRouter => {
  const builder = aRollout('web')
    .routedBy({ contour })
    .withManagedRoutes('testers', 'copy')
    .withSteps(...steps)
  return bindRouter(contourRouter, contour, storedRollout(builder))
}

const stable = (weight: number): HttpProxyService => ({ name: 'web-stable', port: 80, weight })
const canary = (weight: number): HttpProxyService => ({ name: 'web-canary', port: 80, weight })
const pair = (weight: number) => [stable(100 - weight), canary(weight)]

const shop = { conditions: [{ prefix: '/shop' }], timeoutPolicy: { response: '5s' } }
const docs: HttpProxyRoute = { conditions: [{ prefix: '/docs' }], services: [{ name: 'docs', port: 80 }] }

const proxy = (routes: readonly HttpProxyRoute[], more: { annotations?: object; status?: object } = {}) => ({
  kind: 'HTTPProxy',
  metadata: { name: 'web', generation: 3, ...(more.annotations && { annotations: more.annotations }) },
  spec: { virtualhost: { fqdn: 'shop.example' }, routes },
  ...(more.status && { status: more.status }),
})

/** What the router makes of an HTTPProxy, and nothing when it writes nothing. */
const madeOf = (intent: TrafficIntent, object: WrittenObject) => {
  const [write] = routerOf().desire(intent, knownObjects(object))
  if (write === undefined) return undefined
  assert.ok(write.type === 'patch')
  const { metadata, spec } = write.patch as {
    metadata: { annotations?: Record<string, string | null> }
    spec?: { routes: HttpProxyRoute[] }
  }
  return { routes: spec?.routes ?? [], annotations: metadata.annotations }
}

const testers = {
  name: 'testers',
  match: [{ headerName: 'X-User', headerValue: { prefix: 'j.' } }],
}
const copy = {
  name: 'copy',
  match: [{ path: { prefix: '/shop' } }, { headers: { beta: { exact: 'yes' } } }],
  percentage: 30,
}
const managedRoutes = ['testers', 'copy']

describe('an HTTPProxy', () => {
  it('gets the weights of a release from 0 to 100, and everything back to stable at an abort', () => {
    const weights = [10, 100, 0].map((weight, index, all) => {
      const services = pair(all[index - 1] ?? 0)
      return madeOf(trafficIntent(weight), proxy([{ ...shop, services }, docs]))?.routes
    })
    assert.deepEqual(
      weights,
      [10, 100, 0].map((weight) => [{ ...shop, services: pair(weight) }, docs]),
    )
  })

  it('is not written when nothing changes, and gets back what somebody else changed', () => {
    assert.equal(madeOf(trafficIntent(25), proxy([{ ...shop, services: pair(25) }])), undefined)
    assert.deepEqual(madeOf(trafficIntent(25), proxy([{ ...shop, services: pair(90) }]))?.routes, [
      { ...shop, services: pair(25) },
    ])
  })

  it('gets the weights of a TCP proxy too', () => {
    const object = { kind: 'HTTPProxy', metadata: { name: 'web' }, spec: { tcpproxy: { services: pair(0) } } }
    const [write] = routerOf().desire(trafficIntent(40), knownObjects(object))
    assert.ok(write?.type === 'patch')
    assert.deepEqual(write.patch.spec, { tcpproxy: { services: pair(40) } })
  })

  it('has a route to the canary for a header route, before the route it narrows, and loses it again', () => {
    const intent = trafficIntent(0, { headerRoutes: [testers], managedRoutes })
    const before = [docs, { ...shop, services: pair(0) }]
    const made = madeOf(intent, proxy(before))
    const byHeader = {
      ...shop,
      conditions: [{ prefix: '/shop' }, { header: { name: 'X-User', regex: 'j\\..*' } }],
      services: [canary(100)],
    }
    assert.deepEqual(made?.routes, [docs, byHeader, { ...shop, services: pair(0) }])
    const annotations = made.annotations ?? {}
    assert.equal(madeOf(intent, proxy(made.routes, { annotations })), undefined)
    const after = madeOf(trafficIntent(0), proxy(made.routes, { annotations }))
    assert.deepEqual(after?.routes, before)
    assert.deepEqual(after?.annotations, { [managedRoutePartsAnnotation]: null })
  })

  it('makes no second route when somebody has removed the record of the first', () => {
    const intent = trafficIntent(0, { headerRoutes: [testers], managedRoutes })
    const made = madeOf(intent, proxy([{ ...shop, services: pair(0) }]))
    assert.equal(madeOf(intent, proxy(made?.routes ?? []))?.routes.length, 0)
  })

  it('has a route for each match of a mirror route, which splits as before and copies a share', () => {
    const both = [
      { path: { prefix: '/shop' }, headers: { beta: { exact: 'yes' } } },
      { headers: { old: { exact: '1' } } },
    ]
    const intent = trafficIntent(20, { mirrorRoutes: [{ ...copy, match: both }], managedRoutes })
    const made = madeOf(intent, proxy([{ ...shop, services: pair(20) }]))
    const services = [...pair(20), { ...canary(30), mirror: true }]
    assert.deepEqual(made?.routes, [
      { ...shop, conditions: [{ prefix: '/shop' }, { header: { name: 'beta', exact: 'yes' } }], services },
      { ...shop, conditions: [{ prefix: '/shop' }, { header: { name: 'old', exact: '1' } }], services },
      { ...shop, services: pair(20) },
    ])
    const annotations = made.annotations ?? {}
    assert.deepEqual(madeOf(trafficIntent(20), proxy(made.routes, { annotations }))?.routes, [
      { ...shop, services: pair(20) },
    ])
  })

  it('copies a share in the route itself where all its requests are to be copied, and loses the copies again', () => {
    const intent = trafficIntent(20, { mirrorRoutes: [copy], managedRoutes })
    const before = [docs, { ...shop, services: pair(20) }]
    const made = madeOf(intent, proxy(before))
    const services = [...pair(20), { ...canary(30), mirror: true }]
    const byHeader = {
      ...shop,
      conditions: [{ prefix: '/shop' }, { header: { name: 'beta', exact: 'yes' } }],
      services,
    }
    assert.deepEqual(made?.routes, [docs, byHeader, { ...shop, services }])
    const annotations = made.annotations ?? {}
    assert.equal(madeOf(intent, proxy(made.routes, { annotations })), undefined)
    const more = { mirrorRoutes: [{ ...copy, percentage: 60 }], managedRoutes }
    const next = [...pair(50), { ...canary(60), mirror: true }]
    assert.deepEqual(madeOf(trafficIntent(50, more), proxy(made.routes, { annotations }))?.routes, [
      docs,
      { ...byHeader, services: next },
      { ...shop, services: next },
    ])
    const after = madeOf(trafficIntent(20), proxy(made.routes, { annotations }))
    assert.deepEqual(after?.routes, before)
    assert.deepEqual(after?.annotations, { [managedRoutePartsAnnotation]: null })
  })

  it('copies once, although somebody has removed the record of what was copied', () => {
    const intent = trafficIntent(20, { mirrorRoutes: [copy], managedRoutes })
    const made = madeOf(intent, proxy([{ ...shop, services: pair(20) }]))
    assert.equal(madeOf(intent, proxy(made?.routes ?? []))?.routes.length, 0)
  })

  it('has one route for what several routes of steps match, the first of managedRoutes', () => {
    const match = [{ headerName: 'beta', headerValue: { exact: 'yes' } }]
    const byBeta = { ...copy, match: [{ headers: { beta: { exact: 'yes' } } }] }
    const routesFor = (...names: string[]) =>
      madeOf(
        trafficIntent(20, {
          headerRoutes: [{ name: 'testers', match }],
          mirrorRoutes: [byBeta],
          managedRoutes: names,
        }),
        proxy([{ ...shop, services: pair(20) }]),
      )?.routes.map(({ services }) => services)
    assert.deepEqual(routesFor('testers', 'copy'), [[canary(100)], pair(20)])
    assert.deepEqual(routesFor('copy', 'testers'), [[...pair(20), { ...canary(30), mirror: true }], pair(20)])
  })

  it('takes no requests from a route of its owner that matches the same as the route of a step', () => {
    const all: HttpProxyRoute = { conditions: [{ prefix: '/' }], services: pair(20) }
    const toDocs = { ...copy, match: [{ path: { prefix: '/docs' } }, { path: { prefix: '/cart' } }] }
    const intent = trafficIntent(20, { mirrorRoutes: [toDocs], managedRoutes })
    const toCart = { conditions: [{ prefix: '/cart' }], services: [...pair(20), { ...canary(30), mirror: true }] }
    assert.deepEqual(madeOf(intent, proxy([docs, all]))?.routes, [docs, toCart, all])
  })

  it('has a Service for each version of an experiment, in every route that is split', () => {
    const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
    const made = madeOf(trafficIntent(20, { additional }), proxy([{ ...shop, services: pair(20) }, docs]))
    const during = [stable(75), canary(20), { name: 'web-e1', port: 80, weight: 5 }]
    assert.deepEqual(made?.routes, [{ ...shop, services: during }, docs])
    const after = madeOf(trafficIntent(20), proxy(made.routes, { annotations: made.annotations ?? {} }))
    assert.deepEqual(after?.routes, [{ ...shop, services: pair(20) }, docs])
  })

  it('follows the Services of a pair as they change roles', () => {
    const swapped = trafficIntent(0, {
      canary: { serviceName: 'web-stable', podTemplateHash: 'new', weight: 10 },
      stable: { serviceName: 'web-canary', podTemplateHash: 'old', weight: 90 },
    })
    assert.deepEqual(madeOf(swapped, proxy([{ ...shop, services: pair(100) }]))?.routes, [
      { ...shop, services: [stable(10), canary(90)] },
    ])
  })

  it('is verified once Contour finds its present generation valid', () => {
    const states = [
      undefined,
      { conditions: [{ type: 'Valid', status: 'True', observedGeneration: 2 }] },
      { conditions: [{ type: 'Valid', status: 'False', observedGeneration: 3 }], description: 'unresolved' },
      { conditions: [{ type: 'Valid', status: 'True', observedGeneration: 3 }] },
    ].map((status) => {
      const known = knownObjects(proxy([{ ...shop, services: pair(25) }], status && { status }))
      return routerOf().verify(trafficIntent(25), known)
    })
    assert.deepEqual(states, [
      { state: 'not-verifiable' },
      { state: 'pending', why: 'HTTPProxy web: Contour has not seen its latest generation' },
      { state: 'pending', why: 'HTTPProxy web is not valid: unresolved' },
      { state: 'verified' },
    ])
  })
})

describe('what Contour cannot do', () => {
  const faults = (router: BoundRouter, ...objects: WrittenObject[]) =>
    router
      .validate(knownObjects(...objects))
      .map(({ field, detail }) => `${field.replace('spec.strategy.canary.', '')}: ${detail}`)
  const good = proxy([{ ...shop, services: pair(0) }])

  it('is told of HTTPProxies that are missing or lack a Service', () => {
    assert.deepEqual(faults(routerOf()), ['trafficRouting.contour.httpProxies[0]: HTTPProxy "web" not found'])
    assert.deepEqual(faults(routerOf(), proxy([docs])), [
      'trafficRouting.contour.httpProxies[0]: no route of HTTPProxy "web" has both the stable Service "web-stable" and ' +
        'canary Service "web-canary"',
    ])
    assert.deepEqual(faults(routerOf(), good), [])
  })

  it('is told of mirrors by method, and of shares that are none', () => {
    assert.deepEqual(faults(routerOf(setMirrorRoute('copy', 'GET', 101)), good), [
      'steps[0].setMirrorRoute.percentage: must be between 0 and 100',
      'steps[0].setMirrorRoute.match[0].method: Contour cannot tell requests apart by their method',
    ])
  })

  it('is told of mirrors where the owner of a route has one: Contour refuses a route with two', () => {
    const own = { name: 'audit', port: 80, mirror: true }
    const audited = proxy([{ ...shop, services: [...pair(0), own] }])
    assert.deepEqual(faults(routerOf(setMirrorRoute('copy', undefined, 10)), audited), [])
    const all: CanaryStep = { setMirrorRoute: { name: 'copy', match: [{ path: { prefix: '/shop' } }] } }
    assert.deepEqual(faults(routerOf(all), audited), [
      'steps[0].setMirrorRoute: a route of HTTPProxy "web" mirrors to Service "audit" already, and Contour takes one ' +
        'mirror in a route',
    ])
    assert.deepEqual(faults(routerOf(setHeaderRoute('testers', { 'X-User': 'joe' })), audited), [])
  })

  it('is told of routes that no route of the HTTPProxy can be narrowed to', () => {
    const conditions = [{ header: { name: 'x-user', exact: 'jane' } }]
    const narrow = proxy([{ conditions, services: pair(0) }])
    assert.deepEqual(faults(routerOf(setHeaderRoute('testers', { 'X-User': 'joe' })), narrow), [
      'steps[0].setHeaderRoute: no route of HTTPProxy "web" can match this and what the route matches already',
    ])
    const otherPath: CanaryStep = { setMirrorRoute: { name: 'copy', match: [{ path: { prefix: '/other' } }] } }
    assert.deepEqual(faults(routerOf(otherPath), good), [
      'steps[0].setMirrorRoute: no route of HTTPProxy "web" can match this and what the route matches already',
    ])
    const toDocs: CanaryStep = { setMirrorRoute: { name: 'copy', match: [{ path: { prefix: '/docs' } }] } }
    assert.deepEqual(faults(routerOf(toDocs), proxy([docs, { conditions: [], services: pair(0) }])), [
      'steps[0].setMirrorRoute: no route of HTTPProxy "web" can match this and what the route matches already',
    ])
  })
})

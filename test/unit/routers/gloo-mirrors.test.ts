import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GlooMatcher, GlooRoute } from '../../../src/api/kubernetes/route-table.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import { glooRouter } from '../../../src/routers/gloo/gloo.ts'
import { bindRouter, type MirrorRoute, type TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const gloo = { routeTables: ['web'] }

const routerFor = (...steps: CanaryStep[]) =>
  bindRouter(
    glooRouter,
    gloo,
    storedRollout(
      aRollout('web')
        .routedBy({ gloo })
        .withSteps(...steps),
    ),
  )

const upstreamOf = (service: string) => ({ name: `default-${service}-80`, namespace: 'gloo-system' })

const splitting = (canary: number) => ({
  multi: {
    destinations: [
      { weight: 100 - canary, destination: { upstream: upstreamOf('web-stable') } },
      { weight: canary, destination: { upstream: upstreamOf('web-canary') } },
    ],
  },
})

const everything: GlooRoute = { name: 'all', matchers: [{ prefix: '/' }], routeAction: splitting(20) }

const table = (routes: readonly GlooRoute[], annotations: Record<string, string> = {}) => ({
  kind: 'RouteTable',
  metadata: { name: 'web', annotations },
  spec: { routes },
})

const mirroring = (match: MirrorRoute['match'], percentage = 25, canary = 20): TrafficIntent =>
  trafficIntent(canary, { mirrorRoutes: [{ name: 'shadow', match, percentage }], managedRoutes: ['shadow'] })

const made = (intent: TrafficIntent, object: ReturnType<typeof table>) => {
  const [write] = routerFor().desire(intent, knownObjects(object))
  if (write === undefined) return undefined
  assert.ok(write.type === 'patch')
  return write.patch as { metadata: { annotations: Record<string, string> }; spec: { routes: GlooRoute[] } }
}

const reads: MirrorRoute['match'] = [{ method: { exact: 'GET' } }]

const shadow = (canary = 20): GlooRoute => ({
  matchers: [{ prefix: '/', methods: ['GET'] }],
  routeAction: splitting(canary),
  options: { shadowing: { upstream: upstreamOf('web-canary'), percentage: 25 } },
})

describe('a mirror route in a RouteTable of Gloo', () => {
  it('splits like the route that it narrows and copies to the Upstream of the canary, and goes again', () => {
    const begin = made(mirroring(reads), table([everything]))
    assert.deepEqual(begin?.spec.routes, [shadow(), everything])
    const during = table(begin.spec.routes, begin.metadata.annotations)
    assert.equal(made(mirroring(reads), during), undefined)
    assert.deepEqual(made(trafficIntent(20), during)?.spec.routes, [everything])
  })

  it('follows the weights, also of one whose record is lost', () => {
    const expected = [shadow(60), { ...everything, routeAction: splitting(60) }]
    const begin = made(mirroring(reads), table([everything]))
    assert.ok(begin)
    const { routes } = begin.spec
    assert.deepEqual(made(mirroring(reads, 25, 60), table(routes, begin.metadata.annotations))?.spec.routes, expected)
    assert.deepEqual(made(mirroring(reads, 25, 60), table(routes))?.spec.routes, expected)
    assert.deepEqual(made(trafficIntent(60), table(routes))?.spec.routes, expected)
  })

  it('is told from the route that it was made of where both match the same', () => {
    const all: MirrorRoute['match'] = [{ path: { prefix: '/' } }]
    const begin = made(mirroring(all), table([everything]))
    assert.equal(begin?.spec.routes.length, 2)
    const during = table(begin.spec.routes, begin.metadata.annotations)
    assert.deepEqual(made(trafficIntent(20), during)?.spec.routes, [everything])
  })

  it('is none for a share of nothing, and none of a route that copies elsewhere', () => {
    assert.equal(made(mirroring(reads, 0), table([everything])), undefined)
    const audited: GlooRoute = { ...everything, options: { shadowing: { upstream: { name: 'audit' }, percentage: 1 } } }
    assert.equal(made(mirroring(reads), table([audited])), undefined)
  })

  it('stands in the order of managedRoutes', () => {
    const headerRoutes = [{ name: 'testers', match: [{ headerName: 'x-user', headerValue: { exact: 'jane' } }] }]
    const [mirrors, toTesters] = ['shadow', 'testers']
      .map((first) => ({ ...mirroring(reads), headerRoutes, managedRoutes: [first, 'shadow', 'testers'] }))
      .map((intent) => made(intent, table([everything]))?.spec.routes.map(({ options }) => options !== undefined))
    assert.deepEqual(mirrors, [true, false, false])
    assert.deepEqual(toTesters, [false, true, false])
  })
})

describe('the matchers of a mirror route', () => {
  const matchersFor = (base: GlooMatcher, ...match: MirrorRoute['match'][number][]) =>
    made(mirroring(match), table([{ ...everything, matchers: [base] }]))?.spec.routes[0]?.matchers

  it('have the narrower of the two paths, compared as texts', () => {
    assert.deepEqual(matchersFor({ prefix: '/' }, { path: { regex: '/a.*' } }), [{ regex: '/a.*' }])
    assert.deepEqual(matchersFor({ prefix: '/shop' }, { path: { prefix: '/shopping' } }), [{ prefix: '/shopping' }])
    assert.deepEqual(matchersFor({ prefix: '/shop' }, { path: { exact: '/shop/a' } }), [{ exact: '/shop/a' }])
    assert.deepEqual(matchersFor({ exact: '/shop/a' }, { path: { prefix: '/shop' } }), [{ exact: '/shop/a' }])
    assert.deepEqual(matchersFor({ regex: '/s.*' }, { path: { regex: '/s.*' } }), [{ regex: '/s.*' }])
    assert.equal(matchersFor({ prefix: '/shop' }, { path: { prefix: '/docs' } }), undefined)
    assert.equal(matchersFor({ prefix: '/shop' }, { path: { regex: '/s.*' } }), undefined)
  })

  it('have one for each match, with its method and headers beside those of the route', () => {
    const base = { prefix: '/', methods: ['GET', 'HEAD'], headers: [{ name: 'a', value: '1' }] }
    const match = [{ method: { exact: 'HEAD' } }, { headers: { b: { prefix: 'x' } } }]
    assert.deepEqual(matchersFor(base, ...match), [
      { ...base, methods: ['HEAD'] },
      { ...base, headers: [...base.headers, { name: 'b', value: 'x.*', regex: true }] },
    ])
    assert.equal(matchersFor(base, { method: { exact: 'POST' } }), undefined)
    assert.equal(matchersFor(base, { headers: { A: { exact: '2' } } }), undefined)
  })
})

describe('a setMirrorRoute step that a RouteTable cannot serve', () => {
  const errorsOf = (step: Omit<NonNullable<CanaryStep['setMirrorRoute']>, 'name'>, ...routes: GlooRoute[]) =>
    routerFor({ setMirrorRoute: { name: 'shadow', ...step } })
      .validate(knownObjects(table(routes)))
      .map(({ field, detail }) => `${field.replace('spec.strategy.canary.steps[0].', '')}: ${detail}`)

  it('is an error of the step, before the release begins', () => {
    assert.deepEqual(errorsOf({ match: [...reads] }, everything), [])
    assert.deepEqual(errorsOf({}, { ...everything, matchers: [] }), [])
    const unable = [
      errorsOf({ match: [...reads], percentage: 101 }, everything),
      errorsOf({ match: [{ method: { regex: 'G.*' } }] }, everything),
      errorsOf({ match: [...reads] }, { ...everything, matchers: [] }),
      errorsOf({ match: [...reads] }, { ...everything, options: { shadowing: { upstream: { name: 'audit' } } } }),
    ].map((errors) => errors.join())
    assert.match(unable[0] ?? '', /^setMirrorRoute\.percentage: must be between 0 and 100$/)
    assert.match(unable[1] ?? '', /^setMirrorRoute\.match\[0\]\.method: Gloo compares methods exactly/)
    assert.match(unable[2] ?? '', /^setMirrorRoute: no route of RouteTable "web" can match this/)
    assert.match(unable[3] ?? '', /^setMirrorRoute: the routes of RouteTable "web" copy their requests already/)
  })

  it('names the way to an Upstream where the destinations are Services', () => {
    const kube = (name: string, weight: number) => ({ weight, destination: { kube: { ref: { name }, port: 80 } } })
    const destinations = [kube('web-stable', 100), kube('web-canary', 0)]
    assert.deepEqual(errorsOf({ match: [...reads] }, { ...everything, routeAction: { multi: { destinations } } }), [
      'setMirrorRoute: Gloo copies requests to Upstreams only: name the Services in RouteTable "web" by their `upstream`',
    ])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { GlooDestination } from '../../../src/api/kubernetes/route-table.ts'
import { glooRouter } from '../../../src/routers/gloo/gloo.ts'
import { bindRouter, type TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const gloo = { routeTables: ['web'] }
const router = bindRouter(glooRouter, gloo, storedRollout(aRollout('web').routedBy({ gloo })))

const kube = (name: string, weight: number, namespace = 'default'): GlooDestination => ({
  weight,
  destination: { kube: { ref: { name, namespace }, port: 80 } },
})
const upstream = (name: string, weight: number): GlooDestination => ({
  weight,
  destination: { upstream: { name: `default-${name}-80`, namespace: 'gloo-system' } },
})

const route = (destinations: readonly GlooDestination[]) => ({
  matchers: [{ prefix: '/' }],
  routeAction: { multi: { destinations } },
})
const elsewhere = { matchers: [{ prefix: '/docs' }], routeAction: { single: { upstream: { name: 'docs' } } } }

const table = (destinations: readonly GlooDestination[], annotations: Record<string, string> = {}) => ({
  kind: 'RouteTable',
  metadata: { name: 'web', annotations },
  spec: { inheritablePathMatchers: true, routes: [elsewhere, route(destinations)] },
})

const made = (intent: TrafficIntent, object: WrittenObject) => {
  const [write] = router.desire(intent, knownObjects(object))
  if (write === undefined) return undefined
  assert.ok(write.type === 'patch')
  return write.patch as { metadata: { annotations?: Record<string, string> }; spec?: unknown }
}

describe('a RouteTable of Gloo', () => {
  for (const [how, of] of Object.entries({ Service: kube, Upstream: upstream })) {
    it(`gets the weights of a release from 0 to 100, and back at an abort, of destinations by ${how}`, () => {
      const pair = (weight: number) => [of('web-stable', 100 - weight), of('web-canary', weight)]
      const specs = [10, 100, 0].map(
        (weight, index, all) => made(trafficIntent(weight), table(pair(all[index - 1] ?? 0)))?.spec,
      )
      assert.deepEqual(
        specs,
        [10, 100, 0].map((weight) => ({ routes: [elsewhere, route(pair(weight))] })),
      )
      assert.equal(made(trafficIntent(10), table(pair(10))), undefined)
    })

    it(`has a destination by ${how} for each version of an experiment, and loses it again`, () => {
      const additional = [{ serviceName: 'web-e1', podTemplateHash: 'e1', weight: 5 }]
      const before = [of('web-stable', 80), of('web-canary', 20)]
      const during = [of('web-stable', 75), of('web-canary', 20), of('web-e1', 5)]
      const begin = made(trafficIntent(20, { additional }), table(before))
      assert.deepEqual(begin?.spec, { routes: [elsewhere, route(during)] })
      const end = made(trafficIntent(20), table(during, begin.metadata.annotations))
      assert.deepEqual(end?.spec, { routes: [elsewhere, route(before)] })
    })
  }

  it('has a route to the canary for a header route, before the route it narrows, and loses it again', () => {
    const headers = [{ headerName: 'x-user', headerValue: { prefix: 'j.' } }]
    const intent = trafficIntent(0, { headerRoutes: [{ name: 'testers', match: headers }], managedRoutes: ['testers'] })
    const before = [kube('web-stable', 100), kube('web-canary', 0)]
    const begin = made(intent, table(before))
    const byHeader = {
      matchers: [{ prefix: '/', headers: [{ name: 'x-user', value: 'j\\..*', regex: true }] }],
      routeAction: { single: { kube: { ref: { name: 'web-canary', namespace: 'default' }, port: 80 } } },
    }
    const routes = [elsewhere, byHeader, route(before)]
    assert.deepEqual(begin?.spec, { routes })
    const during = { ...table(before, begin.metadata.annotations), spec: { routes } }
    assert.equal(made(intent, during), undefined)
    assert.deepEqual(made(trafficIntent(0), during)?.spec, { routes: [elsewhere, route(before)] })
  })

  it('keeps destinations that lead elsewhere', () => {
    const others = [kube('web-canary', 3, 'other'), upstream('legacy', 7), { destination: {} }]
    const patch = made(trafficIntent(30), table([...others, kube('web-stable', 100), kube('web-canary', 0)]))
    assert.deepEqual(patch?.spec, {
      routes: [elsewhere, route([...others, kube('web-stable', 70), kube('web-canary', 30)])],
    })
  })

  it('is refused where it is missing, lacks a Service, or none is named', () => {
    const details = (...objects: WrittenObject[]) =>
      router.validate(knownObjects(...objects)).map(({ detail }) => detail)
    assert.deepEqual(details(), ['RouteTable "web" not found'])
    assert.deepEqual(details(table([kube('web-stable', 100)])), [
      'no route of RouteTable "web" has both the stable Service "web-stable" and canary Service "web-canary" as ' +
        'destinations',
    ])
    const step = { setHeaderRoute: { name: 'testers', match: [{ headerName: 'a', headerValue: { exact: 'b' } }] } }
    const withStep = bindRouter(glooRouter, gloo, storedRollout(aRollout('web').routedBy({ gloo }).withSteps(step)))
    const pair = [kube('web-stable', 100), kube('web-canary', 0)]
    assert.deepEqual(withStep.validate(knownObjects(table(pair))), [])
    const { matchers: _, ...everything } = route(pair)
    assert.deepEqual(
      withStep
        .validate(knownObjects({ ...table(pair), ...{ spec: { routes: [everything] } } }))
        .map(({ field }) => field),
      ['spec.strategy.canary.steps[0].setHeaderRoute'],
    )
    const none = bindRouter(glooRouter, { routeTables: [] }, storedRollout(aRollout('web')))
    assert.deepEqual(
      none.validate(knownObjects()).map(({ field, detail }) => `${field}: ${detail}`),
      ['spec.strategy.canary.trafficRouting.gloo.routeTables: name at least one RouteTable'],
    )
  })
})

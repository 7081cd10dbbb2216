import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CanaryStep } from '../../../src/api/steps.ts'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { setHeaderRoute, setRequestRoute } from '../../builders/rollout-builder.ts'
import { routerOf } from '../../builders/router-golden.ts'

const [stable, canary] = ['web-stable', 'web-canary']
const rules = [{ backendRefs: [stable, canary].map((name) => ({ name, port: 80 })) }]
const http = [{ route: [stable, canary].map((host) => ({ destination: { host } })) }]
const metadata = { name: 'web' }
const routes = ['HTTPRoute', 'GRPCRoute', 'TLSRoute'].map((kind) => ({ kind, metadata, spec: { rules } }))
const virtualService = { kind: 'VirtualService', metadata, spec: { http } }
const objects = knownObjects(...routes, virtualService)

const errorsOf = (trafficRouting: TrafficRouting, step: CanaryStep): readonly string[] => {
  return routerOf({ strategy: { canaryService: canary, stableService: stable, steps: [step], trafficRouting } })
    .validate(objects)
    .map(({ field, detail }) => `${field}: ${detail}`)
}

const cookie = setRequestRoute('beta', { cookie: ['beta', 'yes'] })
const query = setRequestRoute('beta', { query: { beta: '1' } })

describe('a route by a cookie or a query parameter', () => {
  it('is taken by HTTPRoutes and VirtualServices', () => {
    for (const routing of [{ gatewayAPI: { httpRoute: 'web' } }, { istio: { virtualService: { name: 'web' } } }]) {
      assert.deepEqual([errorsOf(routing, cookie), errorsOf(routing, query)], [[], []])
    }
  })

  it('is taken by a GRPCRoute as far as calls have it: they have no query', () => {
    const routing = { gatewayAPI: { grpcRoute: 'web' } }
    assert.deepEqual(errorsOf(routing, cookie), [])
    assert.deepEqual(errorsOf(routing, query), [
      'spec.strategy.canary.steps[0].setHeaderRoute: the Gateway API needs an HTTPRoute for this step: name one in trafficRouting',
    ])
  })

  it('is refused for connections, as header routes are', () => {
    for (const step of [cookie, query, setHeaderRoute('beta', { 'x-user': 'jane' })]) {
      assert.match(errorsOf({ gatewayAPI: { tlsRoute: 'web' } }, step)[0] ?? '', /the Gateway API needs an HTTPRoute/)
    }
  })

  it('is an error of the step with routers that cannot, each in its own words', () => {
    const routing = { contour: { httpProxies: ['web'] } }
    assert.match(errorsOf(routing, cookie)[0] ?? '', /\.cookie: the router contour cannot route by cookies/)
    assert.match(
      errorsOf(routing, query)[0] ?? '',
      /\.queryParams: the router contour cannot route by query parameters/,
    )
  })
})

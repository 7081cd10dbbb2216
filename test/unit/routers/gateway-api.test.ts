import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rollout } from '../../../src/api/rollout.ts'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import type { BoundRouter, KnownObjects, TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const rolloutWith = (trafficRouting: TrafficRouting): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: {
    name: 'web',
    namespace: 'default',
    uid: 'uid-of-web',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { strategy: { canary: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting } } },
})

const routerOf = (trafficRouting: TrafficRouting): BoundRouter => {
  const [router] = routersOf(rolloutWith(trafficRouting))
  assert.ok(router)
  return router
}

const pair = (canary?: number, stable?: number) => [
  { name: 'web-stable', port: 80, ...(stable === undefined ? {} : { weight: stable }) },
  { name: 'web-canary', port: 80, ...(canary === undefined ? {} : { weight: canary }) },
]

const httpRoute = (rules: readonly object[], more: { status?: object; labels?: object; name?: string } = {}) => ({
  kind: 'HTTPRoute',
  metadata: { name: more.name ?? 'web', generation: 3, ...(more.labels ? { labels: more.labels } : {}) },
  spec: { parentRefs: [{ name: 'gateway' }], hostnames: ['web.example'], rules },
  ...(more.status ? { status: more.status } : {}),
})

const patchesOf = (router: BoundRouter, intent: TrafficIntent, known: KnownObjects): unknown[] =>
  router.desire(intent, known).map((write) => (write.type === 'patch' ? write.patch : write.type))

const native: TrafficRouting = { gatewayAPI: { httpRoute: 'web' } }

test('the weights of the two Services are set in every rule that has both, and nothing else is touched', () => {
  const foreign = { name: 'docs', backendRefs: [{ name: 'docs', port: 80, weight: 5 }] }
  const timeouts = { request: '5s' }
  const known = knownObjects(httpRoute([{ timeouts, backendRefs: pair() }, foreign]))
  assert.deepEqual(patchesOf(routerOf(native), trafficIntent(20), known), [
    {
      metadata: { resourceVersion: '7' },
      spec: { rules: [{ timeouts, backendRefs: pair(20, 80) }, foreign] },
    },
  ])
})

test('weights that are in force already are not written again', () => {
  assert.deepEqual(
    patchesOf(routerOf(native), trafficIntent(20), knownObjects(httpRoute([{ backendRefs: pair(20, 80) }]))),
    [],
  )
})

test('an absent weight counts as 1', () => {
  const known = knownObjects(httpRoute([{ backendRefs: pair() }]))
  const even = trafficIntent(1, { maxWeight: 2 })
  assert.deepEqual(patchesOf(routerOf(native), even, known), [])
})

test('only the rules that the spec names are weighted, by name or by place', () => {
  const rules = [
    { name: 'a', backendRefs: pair(0, 100) },
    { name: 'b', backendRefs: pair(0, 100) },
    { backendRefs: pair(0, 100) },
  ]
  const router = routerOf({ gatewayAPI: { httpRoutes: [{ name: 'web', rules: ['b', 2] }] } })
  assert.deepEqual(patchesOf(router, trafficIntent(50), knownObjects(httpRoute(rules))), [
    {
      metadata: { resourceVersion: '7' },
      spec: { rules: [rules[0], { name: 'b', backendRefs: pair(50, 50) }, { backendRefs: pair(50, 50) }] },
    },
  ])
})

test('a backend of the same name in another namespace, or of another kind, is not ours', () => {
  const foreign = [
    { name: 'web-canary', namespace: 'other', weight: 9 },
    { name: 'web-stable', kind: 'Bucket', weight: 9 },
  ]
  const known = knownObjects(httpRoute([{ backendRefs: foreign }]))
  assert.deepEqual(patchesOf(routerOf(native), trafficIntent(20), known), [])
  assert.equal(routerOf(native).validate(known).length, 1)
})

test('a GRPCRoute is weighted like an HTTPRoute, and several routes all alike', () => {
  const grpc = { ...httpRoute([{ backendRefs: pair(0, 100) }], { name: 'rpc' }), kind: 'GRPCRoute' }
  const known = knownObjects(httpRoute([{ backendRefs: pair(0, 100) }]), grpc)
  const router = routerOf({ gatewayAPI: { httpRoutes: [{ name: 'web' }], grpcRoute: 'rpc' } })
  assert.equal(patchesOf(router, trafficIntent(10), known).length, 2)
  assert.deepEqual(
    router.refs(known).map(({ resource, name }) => `${resource.kind}/${name}`),
    ['HTTPRoute/web', 'GRPCRoute/rpc'],
  )
})

test('what is missing is named with the field that names it', () => {
  const faultsOf = (routing: TrafficRouting, known: KnownObjects): string[] =>
    routerOf(routing)
      .validate(known)
      .map(({ field, detail }) => `${field}: ${detail}`)
  const at = 'spec.strategy.canary.trafficRouting.gatewayAPI'
  assert.deepEqual(faultsOf(native, knownObjects()), [`${at}.httpRoute: HTTPRoute "web" not found`])
  const known = knownObjects(httpRoute([{ name: 'a', backendRefs: [{ name: 'web-stable' }] }]))
  const services = 'the stable Service "web-stable" and canary Service "web-canary" as backends'
  assert.deepEqual(faultsOf(native, known), [`${at}.httpRoute: no rule of HTTPRoute "web" has both ${services}`])
  assert.deepEqual(faultsOf({ gatewayAPI: { httpRoutes: [{ name: 'web', rules: ['a', 'b'] }] } }, known), [
    `${at}.httpRoutes[0].rules[0]: this rule of HTTPRoute "web" lacks ${services}`,
    `${at}.httpRoutes[0].rules[1]: HTTPRoute "web" has no such rule`,
  ])
})

const accepted = (observedGeneration: number, resolvedRefs = 'True') => ({
  parents: [
    {
      parentRef: { name: 'gateway' },
      controllerName: 'gateway.example/controller',
      conditions: [
        { type: 'Accepted', status: 'True', observedGeneration },
        { type: 'ResolvedRefs', status: resolvedRefs, observedGeneration, message: 'no such Service' },
      ],
    },
  ],
})

const stateOf = (status: object | undefined, canary = 20): string => {
  const known = knownObjects(httpRoute([{ backendRefs: pair(20, 80) }], status ? { status } : {}))
  const verification = routerOf(native).verify(trafficIntent(canary), known)
  return verification.state === 'pending' ? `pending: ${verification.why}` : verification.state
}

test('a route is verified when every parent has accepted its generation', () => {
  assert.equal(stateOf(accepted(3)), 'verified')
})

test('a route that no controller reports on is not verifiable, and blocks nothing', () => {
  assert.equal(stateOf(undefined), 'not-verifiable')
  assert.equal(stateOf({ parents: [] }), 'not-verifiable')
})

test('a route whose new generation, weights or backends are not taken over is pending, with the reason', () => {
  assert.match(stateOf(accepted(2)), /pending: HTTPRoute web: Accepted of .* is about an older generation/)
  assert.match(stateOf(accepted(3, 'False')), /pending: .*ResolvedRefs .* is False: no such Service/)
  assert.match(stateOf(accepted(3), 30), /pending: HTTPRoute web does not have the weights yet/)
})

const plugin = (config: object): TrafficRouting => ({ plugins: { 'argoproj-labs/gatewayAPI': config as never } })

test('a manifest for the Gateway API plugin works as it is, with its label while the canary has traffic', () => {
  const known = knownObjects(httpRoute([{ backendRefs: pair(0, 100) }]))
  const label = { 'rollouts.argoproj.io/gatewayapi-canary': 'in-progress' }
  const router = routerOf(plugin({ httpRoute: 'web', namespace: 'default' }))
  assert.deepEqual(patchesOf(router, trafficIntent(20), known), [
    { metadata: { resourceVersion: '7', labels: label }, spec: { rules: [{ backendRefs: pair(20, 80) }] } },
  ])
  const labelled = knownObjects(httpRoute([{ backendRefs: pair(0, 100) }], { labels: label }))
  assert.deepEqual(patchesOf(router, trafficIntent(0), labelled), [
    { metadata: { resourceVersion: '7', labels: { 'rollouts.argoproj.io/gatewayapi-canary': null } } },
  ])
})

test('the plugin finds routes by label', () => {
  const known = knownObjects(
    httpRoute([{ backendRefs: pair(0, 100) }], { name: 'a', labels: { team: 'web' } }),
    httpRoute([{ backendRefs: pair(0, 100) }], { name: 'b' }),
  )
  const router = routerOf(plugin({ httpRouteSelector: { matchLabels: { team: 'web' } }, disableInProgressLabel: true }))
  assert.deepEqual(
    router.desire(trafficIntent(20), known).map(({ ref }) => ref.name),
    ['a'],
  )
})

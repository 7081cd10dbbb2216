import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rollout } from '../../../src/api/rollout.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import type { BoundRouter, HeaderRoute, KnownObjects, MirrorRoute, TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const annotation = 'rollouts.argoproj.io/managed-route-parts'

const rolloutWith = (trafficRouting: TrafficRouting, name = 'web'): Rollout => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: {
    name,
    namespace: 'default',
    uid: 'uid-of-web',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
  spec: { strategy: { canary: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting } } },
})

const routerOf = (trafficRouting: TrafficRouting, name?: string): BoundRouter => {
  const [router] = routersOf(rolloutWith(trafficRouting, name))
  assert.ok(router)
  return router
}

const native = routerOf({ gatewayAPI: { httpRoute: 'web' } })

const pair = (canary: number, stable: number) => [
  { group: '', kind: 'Service', name: 'web-stable', port: 80, weight: stable },
  { group: '', kind: 'Service', name: 'web-canary', port: 80, weight: canary },
]

const toCanary = [{ group: '', kind: 'Service', name: 'web-canary', port: 80, weight: 1 }]

const every = { path: { type: 'PathPrefix', value: '/' } }

const httpRoute = (rules: object[], metadata: object = {}) => ({
  kind: 'HTTPRoute',
  metadata: { name: 'web', generation: 3, ...metadata },
  spec: { rules },
})

const testers: HeaderRoute = {
  name: 'testers',
  match: [{ headerName: 'X-User', headerValue: { exact: 'jane' } }],
}

const shadow: MirrorRoute = { name: 'shadow', match: [{ method: { exact: 'GET' } }], percentage: 25 }

const managedRoutes = ['testers', 'shadow']

const mirrorFilter = {
  type: 'RequestMirror',
  requestMirror: { backendRef: { group: '', kind: 'Service', name: 'web-canary', port: 80 }, percent: 25 },
}

const jane = { type: 'Exact', name: 'X-User', value: 'jane' }

const patchOf = (intent: TrafficIntent, known: KnownObjects, router = native): JsonObject | undefined => {
  const [write, ...more] = router.desire(intent, known)
  assert.deepEqual(more, [])
  if (write === undefined) return undefined
  return write.type === 'patch' ? write.patch : assert.fail(write.type)
}

const rulesOf = (intent: TrafficIntent, known: KnownObjects, router = native): unknown =>
  (patchOf(intent, known, router)?.spec as { rules?: unknown } | undefined)?.rules

const partsOf = (patch: JsonObject | undefined) => {
  assert.ok(patch !== undefined)
  const { spec, metadata } = patch as unknown as { spec: { rules: { name?: string }[] }; metadata: object }
  const { annotations } = metadata as { annotations?: object }
  return { rules: spec.rules, annotations }
}

/** The route as it is once a patch was written and, where told, by an API server that does not know names of rules. */
const written = (patch: JsonObject | undefined, knowsNames = true): KnownObjects => {
  const { rules, annotations } = partsOf(patch)
  const kept = knowsNames ? rules : rules.map(({ name: _, ...rule }) => rule)
  return knownObjects(httpRoute(kept, { annotations }))
}

const plain = knownObjects(httpRoute([{ matches: [every], backendRefs: pair(0, 100) }]))

test('a header route is a rule before the one that it narrows, with the canary as its only backend', () => {
  assert.deepEqual(rulesOf(trafficIntent(10, { headerRoutes: [testers], managedRoutes }), plain), [
    { name: 'testers', matches: [{ ...every, headers: [jane] }], backendRefs: toCanary },
    { matches: [every], backendRefs: pair(10, 90) },
  ])
})

test('a mirror route splits like the rule that it narrows, and copies its share of the requests', () => {
  assert.deepEqual(rulesOf(trafficIntent(10, { mirrorRoutes: [shadow], managedRoutes }), plain), [
    {
      name: 'shadow',
      matches: [{ ...every, method: 'GET' }],
      filters: [mirrorFilter],
      backendRefs: pair(10, 90),
    },
    { matches: [every], backendRefs: pair(10, 90) },
  ])
})

test('a mirror of all matching requests names no share, which older versions of the API do not know', () => {
  const all = { ...shadow, percentage: 100 }
  const [rule] = rulesOf(trafficIntent(0, { mirrorRoutes: [all], managedRoutes }), plain) as [{ filters: JsonObject[] }]
  assert.deepEqual(Object.keys(rule.filters[0]?.requestMirror ?? {}), ['backendRef'])
})

test('routes stand in the order of managedRoutes', () => {
  const names = (order: readonly string[]): unknown => {
    const intent = trafficIntent(0, { headerRoutes: [testers], mirrorRoutes: [shadow], managedRoutes: order })
    return (rulesOf(intent, plain) as { name?: string }[]).map(({ name }) => name)
  }
  assert.deepEqual(names(['testers', 'shadow']), ['testers', 'shadow', undefined])
  assert.deepEqual(names(['shadow', 'testers']), ['shadow', 'testers', undefined])
})

for (const knowsNames of [true, false]) {
  const api = knowsNames ? 'an API that knows names of rules' : 'an API that drops names of rules'
  const both = trafficIntent(10, { headerRoutes: [testers], mirrorRoutes: [shadow], managedRoutes })

  test(`routes that are there already are not written again, by ${api}`, () => {
    assert.equal(patchOf(both, written(patchOf(both, plain), knowsNames)), undefined)
  })

  test(`a route goes when it is not wanted any more, and its record with it, by ${api}`, () => {
    const known = written(patchOf(both, plain), knowsNames)
    assert.deepEqual(patchOf(trafficIntent(0, { managedRoutes }), known), {
      metadata: { resourceVersion: '7', annotations: { [annotation]: null } },
      spec: { rules: [{ matches: [every], backendRefs: pair(0, 100) }] },
    })
  })

  test(`a route goes even if the spec does not manage its name any more, by ${api}`, () => {
    const known = written(patchOf(both, plain), knowsNames)
    assert.deepEqual(rulesOf(trafficIntent(0), known), [{ matches: [every], backendRefs: pair(0, 100) }])
  })

  test(`other weights follow in the rules of mirrors too, by ${api}`, () => {
    const known = written(patchOf(both, plain), knowsNames)
    const rules = rulesOf({ ...both, ...trafficIntent(30, both), canary: { ...both.canary, weight: 30 } }, known) as {
      backendRefs: { weight: number }[]
    }[]
    assert.deepEqual(
      rules.map(({ backendRefs }) => backendRefs.map(({ weight }) => weight)),
      [[1], [90, 30], [90, 30]],
    )
  })
}

test('a rule of ours that somebody changed is put back', () => {
  const intent = trafficIntent(10, { headerRoutes: [testers], managedRoutes })
  const { rules, annotations } = partsOf(patchOf(intent, plain))
  const [rule, base] = rules
  assert.ok(base)
  const changed = { ...rule, matches: [{ ...every, headers: [{ ...jane, value: 'joe' }] }] }
  assert.deepEqual(rulesOf(intent, knownObjects(httpRoute([changed, base], { annotations }))), [rule, base])
})

test('a rule that somebody else gave the name of a managed route stays as it is', () => {
  const known = knownObjects(httpRoute([{ name: 'testers', matches: [every], backendRefs: pair(0, 100) }]))
  const intent = trafficIntent(10, { headerRoutes: [testers], managedRoutes })
  assert.deepEqual(rulesOf(intent, known), [
    { matches: [{ ...every, headers: [jane] }], backendRefs: toCanary },
    { name: 'testers', matches: [every], backendRefs: pair(10, 90) },
  ])
})

test('each rule of the Rollout is narrowed, with its own matches, filters and timeouts', () => {
  const shop = {
    path: { type: 'PathPrefix', value: '/shop' },
    headers: [{ type: 'Exact', name: 'x-env', value: 'prod' }],
  }
  const api = { path: { type: 'Exact', value: '/api' } }
  const filters = [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x-debug'] } }]
  const foreign = { name: 'docs', matches: [every], backendRefs: [{ name: 'docs', port: 80 }] }
  const known = knownObjects(
    httpRoute([
      foreign,
      { matches: [shop], filters, timeouts: { request: '5s' }, backendRefs: pair(0, 100) },
      { matches: [api], backendRefs: pair(0, 100) },
    ]),
  )
  assert.deepEqual(rulesOf(trafficIntent(0, { headerRoutes: [testers], managedRoutes }), known), [
    foreign,
    {
      name: 'testers',
      matches: [{ ...shop, headers: [...shop.headers, jane] }],
      filters,
      timeouts: { request: '5s' },
      backendRefs: toCanary,
    },
    { name: 'testers.2', matches: [{ ...api, headers: [jane] }], backendRefs: toCanary },
    { matches: [shop], filters, timeouts: { request: '5s' }, backendRefs: pair(0, 100) },
    { matches: [api], backendRefs: pair(0, 100) },
  ])
})

test('two Rollouts add rules to one route and leave those of each other alone', () => {
  const others = [
    { name: 'api-stable', port: 80, weight: 100 },
    { name: 'api-canary', port: 80, weight: 0 },
  ]
  const api = { path: { type: 'PathPrefix', value: '/api' } }
  const known = knownObjects(
    httpRoute([
      { matches: [api], backendRefs: others },
      { matches: [every], backendRefs: pair(0, 100) },
    ]),
  )
  const ofWeb = trafficIntent(0, { headerRoutes: [testers], managedRoutes })
  const named = (serviceName: string, weight: number) => ({ serviceName, podTemplateHash: 'x', weight })
  const ofApi = { ...ofWeb, canary: named('api-canary', 0), stable: named('api-stable', 100) }
  const api2 = routerOf({ gatewayAPI: { httpRoute: 'web' } }, 'api')
  const afterWeb = written(patchOf(ofWeb, known))
  const afterBoth = written(patchOf(ofApi, afterWeb, api2))
  assert.equal(patchOf(ofWeb, afterBoth), undefined)
  assert.equal(patchOf(ofApi, afterBoth, api2), undefined)
  const rules = rulesOf(trafficIntent(0, { managedRoutes }), afterBoth) as { backendRefs: { name: string }[] }[]
  assert.deepEqual(
    rules.map(({ backendRefs }) => backendRefs.map(({ name }) => name)),
    [['api-canary'], ['api-stable', 'api-canary'], ['web-stable', 'web-canary']],
  )
})

test('a prefix of a header is a regular expression that means the text and nothing else', () => {
  const prefixed = { ...testers, match: [{ headerName: 'x', headerValue: { prefix: 'a.b*' } }] }
  const [rule] = rulesOf(trafficIntent(0, { headerRoutes: [prefixed], managedRoutes }), plain) as [
    { matches: [{ headers: unknown }] },
  ]
  assert.deepEqual(rule.matches[0].headers, [{ type: 'RegularExpression', name: 'x', value: '^a\\.b\\*.*' }])
})

test('a rule that asks another value of the header is not narrowed', () => {
  const other = { ...every, headers: [{ type: 'Exact', name: 'x-user', value: 'joe' }] }
  const known = knownObjects(
    httpRoute([
      { matches: [other], backendRefs: pair(0, 100) },
      { matches: [every], backendRefs: pair(0, 100) },
    ]),
  )
  const rules = rulesOf(trafficIntent(0, { headerRoutes: [testers], managedRoutes }), known) as unknown[]
  assert.equal(rules.length, 3)
})

test('a mirror takes the narrower of its path and that of the rule', () => {
  const pathsOf = (base: string, wanted: object): unknown => {
    const known = knownObjects(
      httpRoute([
        { matches: [{ path: { type: 'PathPrefix', value: base } }], backendRefs: pair(0, 100) },
        { name: 'rest', matches: [{ path: { type: 'PathPrefix', value: '/rest' } }], backendRefs: pair(0, 100) },
      ]),
    )
    const route = { ...shadow, match: [{ path: wanted }] }
    const rules = rulesOf(trafficIntent(0, { mirrorRoutes: [route], managedRoutes }), known) as
      | { name?: string; matches: { path: unknown }[] }[]
      | undefined
    return rules?.find(({ name }) => name === 'shadow')?.matches[0]?.path
  }
  assert.deepEqual(pathsOf('/', { prefix: '/cart' }), { type: 'PathPrefix', value: '/cart' })
  assert.deepEqual(pathsOf('/', { regex: '/c.*' }), { type: 'RegularExpression', value: '/c.*' })
  assert.deepEqual(pathsOf('/shop', { exact: '/shop/cart' }), { type: 'Exact', value: '/shop/cart' })
  assert.deepEqual(pathsOf('/shop/cart', { prefix: '/shop' }), { type: 'PathPrefix', value: '/shop/cart' })
  assert.equal(pathsOf('/shop', { prefix: '/shopping' }), undefined)
})

test('a GRPCRoute takes header routes, and no mirrors', () => {
  const method = { method: { service: 'shop.Cart' } }
  const grpc = { ...httpRoute([{ matches: [method], backendRefs: pair(0, 100) }]), kind: 'GRPCRoute' }
  const router = routerOf({ gatewayAPI: { grpcRoute: 'web' } })
  const intent = trafficIntent(0, { headerRoutes: [testers], mirrorRoutes: [shadow], managedRoutes })
  assert.deepEqual(rulesOf(intent, knownObjects(grpc), router), [
    { name: 'testers', matches: [{ ...method, headers: [jane] }], backendRefs: toCanary },
    { matches: [method], backendRefs: pair(0, 100) },
  ])
})

test('TCPRoutes and TLSRoutes are weighted', () => {
  for (const [kind, key] of [
    ['TCPRoute', 'tcpRoute'],
    ['TLSRoute', 'tlsRoute'],
  ] as const) {
    const known = knownObjects({ ...httpRoute([{ backendRefs: pair(0, 100) }]), kind })
    assert.deepEqual(rulesOf(trafficIntent(20), known, routerOf({ gatewayAPI: { [key]: 'web' } })), [
      { backendRefs: pair(20, 80) },
    ])
    const list = { gatewayAPI: { [`${key}s`]: [{ name: 'web' }] } }
    assert.deepEqual(rulesOf(trafficIntent(20), known, routerOf(list)), [{ backendRefs: pair(20, 80) }])
    const plugins = { 'argoproj-labs/gatewayAPI': { [key]: 'web', disableInProgressLabel: true } }
    assert.deepEqual(rulesOf(trafficIntent(20), known, routerOf({ plugins })), [{ backendRefs: pair(20, 80) }])
  }
})

test('versions of an experiment are backends of the rule for as long as they are asked for', () => {
  const additional = [{ serviceName: 'web-experiment-a', podTemplateHash: 'a', weight: 5 }]
  const intent = trafficIntent(10, { additional })
  const patch = patchOf(intent, plain)
  const backend = { group: '', kind: 'Service', name: 'web-experiment-a', port: 80, weight: 5 }
  assert.deepEqual(patch?.spec, { rules: [{ matches: [every], backendRefs: [...pair(10, 85), backend] }] })
  const known = written(patch)
  assert.equal(patchOf(intent, known), undefined)
  assert.deepEqual(rulesOf(trafficIntent(10), known), [{ matches: [every], backendRefs: pair(10, 90) }])
})

test('the Services of a ping-pong pair are those that the intent names', () => {
  const known = knownObjects(
    httpRoute([
      {
        backendRefs: [
          { name: 'ping', weight: 100 },
          { name: 'pong', weight: 0 },
        ],
      },
    ]),
  )
  const named = (serviceName: string, weight: number) => ({ serviceName, podTemplateHash: 'x', weight })
  const intent = { ...trafficIntent(0), canary: named('pong', 30), stable: named('ping', 70) }
  assert.deepEqual(rulesOf(intent, known), [
    {
      backendRefs: [named('ping', 70), named('pong', 30)].map(({ serviceName, weight }) => ({
        name: serviceName,
        weight,
      })),
    },
  ])
})

test('with the plugin, a listed route takes header routes only if it says so', () => {
  const known = knownObjects(httpRoute([{ matches: [every], backendRefs: pair(0, 100) }]))
  const intent = trafficIntent(0, { headerRoutes: [testers], managedRoutes })
  const rulesBy = (entry: object): unknown => {
    const plugin = { httpRoutes: [{ name: 'web', ...entry }], disableInProgressLabel: true }
    return rulesOf(intent, known, routerOf({ plugins: { 'argoproj-labs/gatewayAPI': plugin as never } }))
  }
  assert.equal(rulesBy({}), undefined)
  assert.equal((rulesBy({ useHeaderRoutes: true }) as unknown[]).length, 2)
})

const stepErrors = (trafficRouting: TrafficRouting, ...steps: CanaryStep[]): readonly string[] => {
  const { spec, ...rollout } = rolloutWith({
    ...trafficRouting,
    managedRoutes: [{ name: 'testers' }, { name: 'shadow' }],
  })
  const canary = { ...spec.strategy?.canary, steps }
  const [router] = routersOf({ ...rollout, spec: { strategy: { canary } } })
  const routes = ['HTTPRoute', 'GRPCRoute', 'TCPRoute'].map((kind) => ({
    ...httpRoute([{ matches: [{ path: { type: 'PathPrefix', value: '/shop' } }], backendRefs: pair(0, 100) }]),
    kind,
  }))
  return (router?.validate(knownObjects(...routes)) ?? []).map(({ field, detail }) => `${field}: ${detail}`)
}

const headerStep: CanaryStep = { setHeaderRoute: { name: 'testers', match: [...testers.match] } }
const mirrorStep = (match: NonNullable<CanaryStep['setMirrorRoute']>['match'], percentage?: number): CanaryStep => ({
  setMirrorRoute: { name: 'shadow', match, ...(percentage !== undefined && { percentage }) },
})

test('a step that no named kind of route can serve is an error of the step', () => {
  const at = 'spec.strategy.canary.steps[0]'
  assert.deepEqual(stepErrors({ gatewayAPI: { tcpRoute: 'web' } }, headerStep), [
    `${at}.setHeaderRoute: the Gateway API needs an HTTPRoute or a GRPCRoute for this step: name one in trafficRouting`,
  ])
  assert.deepEqual(stepErrors({ gatewayAPI: { grpcRoute: 'web' } }, mirrorStep([{ path: { exact: '/shop/a' } }])), [
    `${at}.setMirrorRoute: the Gateway API needs an HTTPRoute for this step: name one in trafficRouting`,
  ])
  assert.deepEqual(stepErrors({ gatewayAPI: { httpRoute: 'web' } }, headerStep), [])
})

test('a mirror that the Gateway API cannot express, or that matches nothing, is an error of the step', () => {
  const at = 'spec.strategy.canary.steps[0].setMirrorRoute'
  const errorsOf = (...step: Parameters<typeof mirrorStep>) =>
    stepErrors({ gatewayAPI: { httpRoute: 'web' } }, mirrorStep(...step))
  assert.match(errorsOf([{ method: { regex: 'G.*' } }])[0] ?? '', /match\[0\]\.method: .* compares methods exactly/)
  assert.deepEqual(errorsOf([{ path: { prefix: '/shop' } }], 101), [`${at}.percentage: must be between 0 and 100`])
  assert.match(errorsOf([{ path: { prefix: '/cart' } }])[0] ?? '', /: no rule of the named routes can match this/)
  assert.deepEqual(errorsOf([{ path: { prefix: '/shop/cart' }, method: { exact: 'GET' } }], 50), [])
})

test('a route that is named twice has the rules of both, and those of steps once', () => {
  const rules = ['a', 'b', 'c'].map((name) => ({ name, backendRefs: pair(0, 100) }))
  const twice = routerOf({
    gatewayAPI: {
      httpRoutes: [
        { name: 'web', rules: ['a'] },
        { name: 'web', rules: ['b'] },
      ],
    },
  })
  const named = routerOf({ gatewayAPI: { httpRoute: 'web', httpRoutes: [{ name: 'web', rules: ['a'] }] } })
  const weights = (router: BoundRouter) =>
    router.desire(trafficIntent(20), knownObjects(httpRoute(rules))).map((write) => {
      assert.ok(write.type === 'patch')
      const { rules: made } = write.patch.spec as { rules: { backendRefs: { weight: number }[] }[] }
      return made.map(({ backendRefs }) => backendRefs[1]?.weight)
    })
  assert.deepEqual(weights(twice), [[20, 20, 0]])
  assert.deepEqual(weights(named), [[20, 20, 20]])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CanaryStrategy } from '../../../src/api/canary.ts'
import { formatFieldError } from '../../../src/api/field-error.ts'
import type { Rollout } from '../../../src/api/rollout.ts'
import type { IstioRouting } from '../../../src/api/routers/istio.ts'
import type { CanaryStep } from '../../../src/api/steps.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import type { TrafficIntent } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { setHeaderRoute, setMirrorRoute } from '../../builders/rollout-builder.ts'
import { routerOf as boundRouter, rolloutOf, settle } from '../../builders/router-golden.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const routerOf = (istio: IstioRouting, more: Partial<CanaryStrategy> = {}) =>
  boundRouter({
    strategy: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting: { istio }, ...more },
  })

const byName: IstioRouting = { virtualService: { name: 'web' } }
const bySubset: IstioRouting = {
  ...byName,
  destinationRule: { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' },
}

const pair = (canary: number, suffix = '') => [
  { destination: { host: `web-stable${suffix}` }, weight: 100 - canary },
  { destination: { host: `web-canary${suffix}` }, weight: canary },
]

const virtualService = (spec: JsonObject, name = 'web', namespace = 'default') => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'VirtualService',
  metadata: { name, namespace },
  spec,
})

const hosts = (canary: number, suffix = '') => virtualService({ http: [{ route: pair(canary, suffix) }] })

const subsetPair = (canary: number) => [
  { destination: { host: 'web', subset: 'stable' }, weight: 100 - canary },
  { destination: { host: 'web', subset: 'canary' }, weight: canary },
]

const subsets = (canary: number) => virtualService({ http: [{ route: subsetPair(canary) }] })

const hashLabel = 'rollouts-pod-template-hash'
const manager = { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'web' }

const labelled = (hash: string | undefined): Record<string, string> => (hash === undefined ? {} : { [hashLabel]: hash })

const destinationRule = (canary?: string, stable?: string, annotations: Record<string, string> = manager) => ({
  apiVersion: 'networking.istio.io/v1alpha3',
  kind: 'DestinationRule',
  metadata: { name: 'web', annotations },
  spec: {
    host: 'web',
    subsets: [
      { name: 'canary', labels: labelled(canary) },
      { name: 'stable', labels: labelled(stable) },
    ],
  },
})

const patchesOf = (istio: IstioRouting, intent: TrafficIntent, ...objects: WrittenObject[]): unknown[] =>
  routerOf(istio)
    .desire(intent, knownObjects(...objects))
    .map((write) => (write.type === 'patch' ? write.patch : write.type))

test('nothing is written when all is as intended', () => {
  assert.deepEqual(patchesOf(byName, trafficIntent(20), hosts(20)), [])
  assert.deepEqual(patchesOf(bySubset, trafficIntent(20), subsets(20), destinationRule('new', 'old')), [])
})

test('a weight that somebody changed is put back, guarded by the version that was read', () => {
  assert.deepEqual(patchesOf(byName, trafficIntent(20), hosts(70)), [
    { metadata: { resourceVersion: '7' }, spec: { http: [{ route: pair(20) }] } },
  ])
})

test('a whole host name means the Service of its namespace, and none of another one', () => {
  assert.equal(patchesOf(byName, trafficIntent(20), hosts(0, '.default.svc.cluster.local')).length, 1)
  const errors = routerOf(byName).validate(knownObjects(hosts(0, '.other.svc.cluster.local')))
  assert.match(errors[0]?.detail ?? '', /Canary Service 'web-canary' not found in route/)
})

test('a destination that is nothing of the release goes, as in the published controller', () => {
  const left = { destination: { host: 'web-experiment' }, weight: 10 }
  const present = virtualService({ http: [{ route: [...pair(20), left] }] })
  assert.deepEqual(patchesOf(byName, trafficIntent(20), present), [
    { metadata: { resourceVersion: '7' }, spec: { http: [{ route: pair(20) }] } },
  ])
})

test('pods of an experiment are reached from another namespace by their whole host name', () => {
  const istio: IstioRouting = { virtualService: { name: 'edge.gateways' } }
  const suffix = '.default.svc.cluster.local'
  const edge = virtualService({ http: [{ route: pair(20, suffix) }] }, 'edge', 'gateways')
  const intent = trafficIntent(20, { additional: [{ serviceName: 'exp', podTemplateHash: 'e', weight: 5 }] })
  const { objects } = settle(routerOf(istio), intent, [edge])
  const [stable, canary] = pair(20, suffix)
  const experiment = { destination: { host: `exp${suffix}` }, weight: 5 }
  assert.deepEqual(objects[0]?.spec, { http: [{ route: [{ ...stable, weight: 75 }, canary, experiment] }] })
})

test('a VirtualService is named by name.namespace, by its whole host name, or by namespace/name', () => {
  const refOf = (name: string) => {
    const [ref] = routerOf({ virtualService: { name } }).refs(knownObjects())
    return `${ref?.namespace}/${ref?.name}`
  }
  assert.deepEqual(['web', 'web.edge', 'web.edge.svc.cluster.local', 'edge/web.example'].map(refOf), [
    'default/web',
    'edge/web',
    'edge/web',
    'edge/web.example',
  ])
})

test('subsets point to their revisions before weights count for them', () => {
  const intent = trafficIntent(20)
  const { writes } = settle(routerOf(bySubset), intent, [subsets(0), destinationRule('older', 'old')])
  assert.deepEqual(writes, ['patch DestinationRule/web', 'patch VirtualService/web'])
  assert.equal(patchesOf(bySubset, intent, subsets(0), destinationRule('older', 'old')).length, 1)
})

test('the canary subset keeps its revision until its requests are gone', () => {
  const intent = trafficIntent(0)
  const { writes } = settle(routerOf(bySubset), intent, [subsets(40), destinationRule('interrupted', 'old')])
  assert.deepEqual(writes, ['patch VirtualService/web', 'patch DestinationRule/web'])
})

test('a canary subset that a foreign route uses follows its revision all the same', () => {
  const foreign = { name: 'foreign', route: [{ destination: { host: 'web', subset: 'canary' } }] }
  const istio: IstioRouting = { ...bySubset, virtualService: { name: 'web', routes: ['own'] } }
  const present = virtualService({ http: [foreign, { name: 'own', route: subsetPair(0) }] })
  assert.deepEqual(settle(routerOf(istio), trafficIntent(0), [present, destinationRule('older', 'old')]).writes, [
    'patch DestinationRule/web',
  ])
})

test('a router that the Rollout no longer names has its subsets select by what their owner wrote', () => {
  const router = routerOf(bySubset)
  const left = { ...trafficIntent(0), canary: { serviceName: '', podTemplateHash: '', weight: 0 } }
  const rule = destinationRule('new', 'old')
  const weights = router.leave(left, knownObjects(subsets(30), rule)).map(({ ref }) => ref.resource.kind)
  assert.deepEqual(weights, ['VirtualService', 'DestinationRule'], 'first everything goes to stable')
  const [freed, ...more] = router.leave(left, knownObjects(subsets(0), rule))
  assert.deepEqual(more, [])
  assert.deepEqual(freed?.type === 'patch' && freed.patch, {
    metadata: { resourceVersion: '7', annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': null } },
    spec: {
      subsets: [
        { name: 'canary', labels: {} },
        { name: 'stable', labels: {} },
      ],
    },
  })
  assert.deepEqual(router.leave(left, knownObjects(subsets(0), destinationRule(undefined, undefined, {}))), [])
})

const faultsOf = (istio: IstioRouting, steps: CanaryStep[], ...objects: WrittenObject[]): string[] =>
  routerOf(istio, { steps, trafficRouting: { istio, managedRoutes: [{ name: 'a' }] } })
    .validate(knownObjects(...objects))
    .map((error) => formatFieldError(error).replaceAll('spec.strategy.canary.trafficRouting.istio.', ''))

test('VirtualServices are named in exactly one way', () => {
  const fault =
    'spec.strategy.canary.trafficRouting.istio: Internal error: either VirtualService or VirtualServices must be configured'
  assert.deepEqual(faultsOf({}, []), [fault])
  assert.deepEqual(faultsOf({ ...byName, virtualServices: [{ name: 'web' }] }, [], hosts(0)), [fault])
})

test('what is missing is named with the field that names it', () => {
  assert.deepEqual(faultsOf(bySubset, []), [
    'virtualService.name: Invalid value: "web": virtualservices.networking.istio.io "web" not found',
    'destinationRule.name: Invalid value: "web": destinationrules.networking.istio.io "web" not found',
  ])
  const rule = { ...destinationRule(), spec: { host: 'web', subsets: [{ name: 'stable' }] } }
  assert.deepEqual(faultsOf(bySubset, [], subsets(0), rule), [
    'destinationRule.canarySubsetName: Invalid value: "canary": DestinationRule "web" has no such subset',
  ])
})

test('a DestinationRule of another Rollout is refused', () => {
  const foreign = destinationRule('x', 'y', { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'other' })
  assert.deepEqual(faultsOf(bySubset, [], subsets(0), foreign), [
    'destinationRule.name: Invalid value: "web": DestinationRule "web" is managed by another Rollout',
  ])
})

test('routes that cannot be read, or found by port and SNI hosts, are told apart', () => {
  const broken = virtualService({ http: [{ route: 'everywhere' }], tls: [{ match: [{ port: 1 }], route: pair(0) }] })
  const named: IstioRouting = {
    virtualService: { name: 'web', tlsRoutes: [{ port: 1, sniHosts: ['web.example'] }], tcpRoutes: [{ port: 2 }] },
  }
  assert.deepEqual(faultsOf(named, [], broken), [
    'virtualService.name: Invalid value: "web": Unable to get HTTP routes for Istio VirtualService',
    'virtualService.name: Invalid value: "web": Istio VirtualService has invalid TLS routes. Error: ' +
      'No matching TLS routes found in the defined Virtual Service.',
  ])
  const tcp = virtualService({ tcp: [{ match: [{ port: 2 }, { port: 3 }], route: pair(0) }] })
  assert.deepEqual(faultsOf(named, [], tcp), [
    'virtualService.name: Invalid value: "web": Istio VirtualService has invalid TCP routes. Error: ' +
      'No matching TCP routes found in the defined Virtual Service.',
  ])
})

test('a step whose route cannot be made is refused with the place of the step', () => {
  const header = setHeaderRoute('a', { 'x-user': 'jane' })
  const connections = virtualService({ tcp: [{ route: pair(0) }] })
  const detail = 'no HTTP route of the named VirtualServices can match this and what the route matches already'
  assert.deepEqual(faultsOf(byName, [header], connections), [
    `spec.strategy.canary.steps[0].setHeaderRoute: Invalid value: "a": ${detail}`,
  ])
  const posts = virtualService({ http: [{ match: [{ method: { exact: 'POST' } }], route: pair(0) }] })
  assert.deepEqual(faultsOf(byName, [setMirrorRoute('a', 'GET')], posts), [
    `spec.strategy.canary.steps[0].setMirrorRoute: Invalid value: "a": ${detail}`,
  ])
  assert.deepEqual(faultsOf(byName, [header, setMirrorRoute('a', 'POST')], posts), [])
  assert.deepEqual(faultsOf(byName, [setMirrorRoute('a', 'POST', 120)], posts), [
    'spec.strategy.canary.steps[0].setMirrorRoute.percentage: Invalid value: 120: must be between 0 and 100',
  ])
})

test('weights of more than 100 are refused: an Istio beside a router that takes them would get them too', () => {
  const router = routerOf(byName, { trafficRouting: { istio: byName, maxTrafficWeight: 1000 } })
  assert.match(router.validate(knownObjects(hosts(0)))[0]?.detail ?? '', /istio cannot count in other weights/)
})

test('a pair of Services that change roles is followed by the names of the intent', () => {
  const swapped = {
    ...trafficIntent(30),
    canary: { serviceName: 'web-stable', podTemplateHash: 'new', weight: 30 },
    stable: { serviceName: 'web-canary', podTemplateHash: 'old', weight: 70 },
  }
  assert.deepEqual(patchesOf(byName, swapped, hosts(0)), [
    { metadata: { resourceVersion: '7' }, spec: { http: [{ route: pair(70) }] } },
  ])
})

test('a VirtualService that is named twice has the routes of steps once, and they stay', () => {
  const split = (name: string) => ({ name, match: [{ uri: { prefix: `/${name}` } }], route: pair(0) })
  const twice = routerOf({
    virtualServices: [
      { name: 'web', routes: ['a'] },
      { name: 'web.default', routes: ['b'] },
    ],
  })
  const testers = setHeaderRoute('testers', { 'x-user': 'jane' }).setHeaderRoute
  const intent = trafficIntent(20, {
    headerRoutes: [{ name: 'testers', match: testers?.match ?? [] }],
    managedRoutes: ['testers'],
  })
  const { objects } = settle(twice, intent, [virtualService({ http: [split('a'), split('b')] })])
  const http = objects[0]?.spec as { http: { name: string; route: { weight: number }[] }[] }
  assert.deepEqual(
    http.http.map(({ name, route }) => [name, ...route.map(({ weight }) => weight)]),
    [
      ['testers', 100],
      ['testers', 100],
      ['a', 80, 20],
      ['b', 80, 20],
    ],
  )
})

test('a route of a name that the spec had before is no route of the owner', () => {
  const trafficRouting = { istio: byName, managedRoutes: [{ name: 'others' }] }
  const canary = { canaryService: 'web-canary', stableService: 'web-stable' }
  const present = rolloutOf({ strategy: { ...canary, trafficRouting } }, {})
  const former = { istio: { virtualService: { name: 'web' } }, managedRoutes: [{ name: 'testers' }] }
  const routing = { ...canary, trafficRouting: former }
  const made = { name: 'testers', route: [{ destination: { host: 'web-canary' }, weight: 100 }] }
  const known = knownObjects(virtualService({ http: [made, { route: pair(20) }] }))
  const faults = (status: Rollout['status']) =>
    routersOf({ ...present, ...(status && { status }) }).flatMap((router) => router.validate(known))
  assert.deepEqual(faults({ routing }), [])
  assert.equal(faults({}).length, 1)
})

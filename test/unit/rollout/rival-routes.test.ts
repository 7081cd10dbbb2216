import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { type RoutedRollout, rivalFaults, rivalsOf, rivalText } from '../../../src/rollout/rival-routes.ts'
import { routersOf } from '../../../src/routers/registry.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { at, storedRollout } from '../../builders/rollout-snapshot.ts'
import { appMeshOfWeb } from '../../builders/router-objects.ts'

/** A Rollout of this name with Services of its own, the older the smaller `age`. */
const routed = (name: string, trafficRouting: TrafficRouting, age = 0, services = name): RoutedRollout => {
  const builder = aRollout(name).withCanary({
    stableService: `${services}-stable`,
    canaryService: `${services}-canary`,
    trafficRouting,
  })
  const plain = storedRollout(builder)
  const rollout = { ...plain, metadata: { ...plain.metadata, creationTimestamp: at(age) } }
  const known = { get: () => undefined, list: () => [] }
  return { rollout, refs: routersOf(rollout).flatMap((router) => router.refs(known)) }
}

const shared = (one: TrafficRouting, other: TrafficRouting, services?: string): string | undefined =>
  rivalsOf(routed('web', one), [routed('shop', other, 60, services)])[0]?.part

const http = (routes?: string[]): TrafficRouting => ({
  istio: { virtualService: { name: 'web', ...(routes && { routes }) } },
})
const byRoute: TrafficRouting = { gatewayAPI: { httpRoute: 'web' } }
const withTesters: TrafficRouting = { ...byRoute, managedRoutes: [{ name: 'testers' }] }

const byNodes = (name: string): TrafficRouting => ({ appMesh: { ...appMeshOfWeb, virtualService: { name } } })
const byRoot = (rootService: string): TrafficRouting => ({ alb: { ingress: 'web', rootService, servicePort: 80 } })

const rows: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ['another object', shared(byRoute, { gatewayAPI: { httpRoute: 'shop' } }), undefined],
  ['the same object with Services of their own', shared(byRoute, byRoute), undefined],
  ['the same Services', shared(byRoute, byRoute, 'web'), 'the weight of Service default/web-stable'],
  ['the same managed route', shared(withTesters, withTesters), 'the managed route testers'],
  ['the same HTTP route of Istio', shared(http(['a', 'b']), http(['b'])), 'the http route b'],
  ['other HTTP routes of one VirtualService', shared(http(['a']), http(['b'])), undefined],
  ['the only HTTP route, by name or not', shared(http(['a']), http()), 'the http route a'],
  [
    'one TrafficSplit',
    shared({ smi: { trafficSplitName: 'x' } }, { smi: { trafficSplitName: 'x' } }),
    'the whole of it',
  ],
  ['one VirtualNode of App Mesh', shared(byNodes('web'), byNodes('shop')), 'the whole of it'],
  ['one action of an AWS load balancer', shared(byRoot('root'), byRoot('root')), 'the weight of Service default/root'],
  ['two actions of an AWS load balancer', shared(byRoot('root'), byRoot('other')), undefined],
]

describe('what two Rollouts both set that name', () => {
  for (const [what, part, expected] of rows) it(what, () => assert.equal(part, expected))
})

describe('of two Rollouts that set the same', () => {
  const [old, young] = [routed('web', withTesters), routed('shop', withTesters, 60)]

  it('the younger one is at fault, with the name of the other', () => {
    const [rival] = rivalsOf(young, [old, young])
    assert.ok(rival)
    assert.deepEqual(
      rivalFaults(rival).map(({ field, detail }) => `${field}: ${detail}`),
      [
        'spec.strategy.canary.trafficRouting: HTTPRoute "web" belongs to the older Rollout default/web, ' +
          'and both set the managed route testers: name another object or part in one of them',
      ],
    )
  })

  it('the older one goes on, and says so', () => {
    const [rival] = rivalsOf(old, [old, young])
    assert.ok(rival)
    assert.deepEqual(rivalFaults(rival), [])
    assert.match(rivalText(rival), /^the younger Rollout default\/shop names HTTPRoute "web" too and is held/)
  })
})

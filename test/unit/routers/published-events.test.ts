import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { eventOfFault, eventOfMissing, eventsOfWrite } from '../../../src/routers/published-events.ts'
import type { ObjectRef, ObjectWrite } from '../../../src/routers/router.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const write = (type: ObjectWrite['type'], kind: string, name = 'web'): ObjectWrite => {
  const resource = { group: 'example.com', version: 'v1', kind, plural: 'things', namespaced: true }
  const ref = { resource, namespace: 'default', name }
  if (type === 'delete') return { type, ref, uid: 'u', why: '' }
  return type === 'create' ? { type, ref, object: {}, why: '' } : { type, ref, patch: {}, why: '' }
}

const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
const routing: TrafficRouting = { istio: { virtualService: { name: 'web' }, destinationRule } }
const intent = trafficIntent(20)

const told = (router: string, one: ObjectWrite): string => {
  const { done = [undefined], failed } = eventsOfWrite(router, one, { intent, routing })
  return [...done, failed?.('no')]
    .map((event) => (event === undefined ? '-' : `${event.type} ${event.reason}: ${event.message}`))
    .join(' | ')
}

const hashes = `canary: ${intent.canary.podTemplateHash}, stable: ${intent.stable.podTemplateHash}`

const rows: readonly (readonly [string, ObjectWrite, string])[] = [
  [
    'istio',
    write('patch', 'VirtualService'),
    "Normal Updated VirtualService: VirtualService `web` set to desiredWeight '20' | -",
  ],
  [
    'istio',
    write('patch', 'DestinationRule'),
    `Normal UpdatedDestinationRule: DestinationRule web subset updated (${hashes}) | -`,
  ],
  [
    'nginx',
    write('create', 'Ingress', 'web-web-canary'),
    'Normal CreatingCanaryIngress: Creating canary ingress `web-web-canary` with weight `20` | -',
  ],
  [
    'nginx',
    write('patch', 'Ingress', 'web-web-canary'),
    "Normal PatchingCanaryIngress: Updating Ingress `web-web-canary` to desiredWeight '20' | -",
  ],
  ['alb', write('patch', 'Ingress'), "Normal PatchingALBIngress: Updating Ingress `web` to desiredWeight '20' | -"],
  [
    'smi',
    write('create', 'TrafficSplit'),
    'Normal TrafficSplitCreated: TrafficSplit `web` created | ' +
      'Normal TrafficSplitNotCreated: TrafficSplit `web` failed creation: no',
  ],
  ['smi', write('patch', 'TrafficSplit'), '- | -'],
  [
    'ambassador',
    write('create', 'Mapping', 'web-canary'),
    'Normal CanaryMappingWeightUpdate: Set canary mapping weight to 20 | ' +
      'Warning CanaryMappingCreationError: Error creating canary mapping: no',
  ],
  [
    'ambassador',
    write('delete', 'Mapping', 'web-canary'),
    '- | Warning CanaryMappingCleanupError: Error deleting canary mapping "web-canary": no',
  ],
  [
    'traefik',
    write('patch', 'TraefikService'),
    '- | Warning TraefikServiceUpdateError: Error updating traefik service "web": no',
  ],
  [
    'apisix',
    write('create', 'ApisixRoute', 'testers'),
    '- | Warning ApisixRouteCreateError: Error create apisix route "testers": no',
  ],
  ['contour', write('patch', 'HTTPProxy'), '- | -'],
]

describe('the events that automation knows from the published controller', () => {
  for (const [router, one, expected] of rows) {
    it(`${router}: ${one.type} of a ${one.ref.resource.kind}`, () => assert.equal(told(router, one), expected))
  }

  it('tell of routes in a VirtualService when they come and when they go, and of a weight when it is another one', () => {
    const testers = { name: 'testers', match: [] }
    const shadow = { name: 'shadow', match: [], percentage: 10 }
    const split = (weight: number) => ({ route: [{ destination: { host: 'web-canary' }, weight }] })
    const change = (over: object, before: readonly object[], after: readonly object[]) => {
      const patch = { spec: { http: JSON.parse(JSON.stringify(after)) } }
      const { ref, why } = write('patch', 'VirtualService')
      const live = knownObjects({
        kind: 'VirtualService',
        metadata: { name: 'web' },
        ...{ spec: { http: before } },
      }).get(ref)
      const context = { intent: { ...intent, managedRoutes: ['testers', 'shadow'], ...over }, routing, live }
      const { done = [] } = eventsOfWrite('istio', { type: 'patch', ref, patch, why }, context)
      return done.map(({ message }) => message)
    }
    const routed = { headerRoutes: [testers], mirrorRoutes: [shadow] }
    assert.deepEqual(change(routed, [split(20)], [testers, shadow, split(20)]), [
      "VirtualService `web` set headerRoute 'testers'",
      "VirtualService `web` set mirrorRoute 'shadow'",
    ])
    assert.deepEqual(change(routed, [testers, shadow, split(20)], [testers, shadow, split(40)]), [
      "VirtualService `web` set to desiredWeight '20'",
    ])
    assert.deepEqual(change({}, [testers, shadow, split(20)], [split(20)]), [
      'VirtualService `web` removed all managed routes.',
    ])
  })

  const refTo = (group: string, kind: string): ObjectRef => ({
    resource: { group, version: 'v1', kind, plural: 'things', namespaced: true },
    namespace: 'shop',
    name: 'web',
  })
  const mesh: TrafficRouting = { appMesh: { virtualService: { name: 'front' } } }
  for (const [group, kind, expected] of [
    ['networking.istio.io', 'VirtualService', 'VirtualServiceNotFound: VirtualService `web` not found'],
    ['networking.istio.io', 'DestinationRule', 'DestinationRuleNotFound: DestinationRule `web` not found'],
    ['getambassador.io', 'Mapping', 'AmbassadorMappingNotFound: Ambassador mapping "web" not found'],
    ['x.getambassador.io', 'AmbassadorMapping', 'AmbassadorMappingNotFound: Ambassador mapping "web" not found'],
    ['appmesh.k8s.aws', 'VirtualService', 'VirtualServiceNotFound: VirtualService `web` not found in namespace `shop`'],
    [
      'appmesh.k8s.aws',
      'VirtualRouter',
      'VirtualRouterNotFound: VirtualRouter for `front` not found in namespace `shop`',
    ],
    ['appmesh.k8s.aws', 'VirtualNode', 'VirtualNodeNotFound: VirtualNode `web` not found in namespace `shop`'],
    ['gateway.networking.k8s.io', 'HTTPRoute', undefined],
  ] as const) {
    it(`name a ${kind} of ${group} that is missing${expected === undefined ? ' by none of its own' : ''}`, () => {
      const event = eventOfMissing(refTo(group, kind), mesh)
      assert.equal(event && `${event.reason}: ${event.message}`, expected)
    })
  }

  it('name a Mapping that has a weight of its own', () => {
    const fault = (detail: string) => eventOfFault({ type: 'Invalid', field: 'mappings[0]', detail })
    assert.deepEqual(fault('Ambassador mapping "web" can not define weight'), {
      type: 'Warning',
      reason: 'AmbassadorMappingConfigError',
      message: 'Ambassador mapping "web" can not define weight',
    })
    assert.equal(fault('another fault'), undefined)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import { eventOfMissing, eventsOfWrite } from '../../../src/routers/published-events.ts'
import type { ObjectWrite } from '../../../src/routers/router.ts'
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
  const { done, failed } = eventsOfWrite(router, one, intent, routing)
  return [done, failed?.('no')]
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

  it('name what is missing, where that has a reason of its own', () => {
    assert.equal(eventOfMissing('VirtualService', 'web')?.message, 'VirtualService `web` not found')
    assert.equal(eventOfMissing('DestinationRule', 'web')?.reason, 'DestinationRuleNotFound')
    assert.equal(eventOfMissing('HTTPRoute', 'web'), undefined)
  })
})

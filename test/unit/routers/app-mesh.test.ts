import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AppMeshRoute } from '../../../src/api/kubernetes/app-mesh.ts'
import type { AppMeshRouting } from '../../../src/api/routers/app-mesh.ts'
import { appMeshRouter } from '../../../src/routers/app-mesh/app-mesh.ts'
import { bindRouter, type ObjectWrite } from '../../../src/routers/router.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const virtualNodeGroup = {
  canaryVirtualNodeRef: { name: 'web-canary' },
  stableVirtualNodeRef: { name: 'web-stable' },
}
const routerFor = (appMesh: AppMeshRouting) =>
  bindRouter(appMeshRouter, appMesh, storedRollout(aRollout('web').routedBy({ appMesh })))
const router = routerFor({ virtualService: { name: 'web' }, virtualNodeGroup })

const targets = (canary: number) => [
  { virtualNodeRef: { name: 'web-canary' }, weight: canary },
  { virtualNodeRef: { name: 'web-stable', namespace: 'default' }, weight: 100 - canary },
]
const http = (name: string, canary: number): AppMeshRoute => ({
  name,
  httpRoute: { action: { weightedTargets: targets(canary) } },
})

const object = (kind: string, name: string, spec: object): WrittenObject => ({ kind, metadata: { name }, ...{ spec } })
const service = object('VirtualService', 'web', {
  provider: { virtualRouter: { virtualRouterRef: { name: 'router' } } },
})
const routes = (...all: AppMeshRoute[]) => object('VirtualRouter', 'router', { routes: all })
const node = (role: 'canary' | 'stable', hash?: string) => {
  const matchLabels = { app: 'web', ...(hash !== undefined && { 'rollouts-pod-template-hash': hash }) }
  return object('VirtualNode', `web-${role}`, { podSelector: { matchLabels } })
}
const nodes = [node('canary', 'new'), node('stable', 'old')]

const texts = (writes: readonly ObjectWrite[]) =>
  writes.map(({ type, ref }) => `${type} ${ref.resource.kind}/${ref.name}`)
const hashIn = (write: ObjectWrite | undefined): unknown => {
  assert.ok(write?.type === 'patch')
  const { podSelector } = write.patch.spec as { podSelector: { matchLabels: Record<string, unknown> } }
  return podSelector.matchLabels['rollouts-pod-template-hash']
}

describe('the VirtualRouter behind a VirtualService', () => {
  it('gets the weights in routes of every protocol', () => {
    const all = (canary: number): AppMeshRoute[] =>
      (['httpRoute', 'tcpRoute', 'http2Route', 'grpcRoute'] as const).map((protocol) => ({
        name: protocol,
        [protocol]: { action: { weightedTargets: targets(canary) }, timeout: {} },
      }))
    const [write, ...more] = router.desire(trafficIntent(30), knownObjects(service, routes(...all(0)), ...nodes))
    assert.ok(write?.type === 'patch')
    assert.deepEqual([write.patch.spec, more], [{ routes: all(30) }, []])
    assert.deepEqual(router.desire(trafficIntent(30), knownObjects(service, routes(...all(30)), ...nodes)), [])
  })

  it('gets them in the named routes only, and keeps other targets', () => {
    const named = routerFor({ virtualService: { name: 'web', routes: ['a'] }, virtualNodeGroup })
    const [write] = named.desire(trafficIntent(30), knownObjects(service, routes(http('a', 0), http('b', 0)), ...nodes))
    assert.ok(write?.type === 'patch')
    assert.deepEqual(write.patch.spec, { routes: [http('a', 30), http('b', 0)] })
  })
})

describe('the two VirtualNodes', () => {
  it('select their pods before any request is sent to them', () => {
    const known = knownObjects(service, routes(http('a', 0)), node('canary', 'older'), node('stable'))
    assert.deepEqual(texts(router.desire(trafficIntent(30), known)), [
      'patch VirtualNode/web-stable',
      'patch VirtualNode/web-canary',
      'patch VirtualRouter/router',
    ])
  })

  it('select other pods only when nothing is sent to them any more', () => {
    const intent = { ...trafficIntent(0), canary: { ...trafficIntent(0).canary, podTemplateHash: 'newer' } }
    const before = knownObjects(service, routes(http('a', 40)), ...nodes)
    assert.deepEqual(texts(router.desire(intent, before)), ['patch VirtualRouter/router'])
    const after = router.desire(intent, knownObjects(service, routes(http('a', 0)), ...nodes))
    assert.deepEqual(texts(after), ['patch VirtualNode/web-canary'])
    assert.equal(hashIn(after[0]), 'newer')
  })

  it('select the same pods only while requests are sent to both, and no canary selects none', () => {
    const known = knownObjects(service, routes(http('a', 0)), node('canary', 'old'), node('stable', 'old'))
    const promoted = { ...trafficIntent(0), canary: { ...trafficIntent(0).canary, podTemplateHash: 'old' } }
    const [write, ...more] = router.desire(promoted, known)
    assert.deepEqual([hashIn(write), more], ['canary-hash', []])
    const promoting = { ...trafficIntent(100), stable: { ...trafficIntent(100).stable, podTemplateHash: 'new' } }
    const before = knownObjects(service, routes(http('a', 100)), ...nodes)
    assert.deepEqual(texts(router.desire(promoting, before)), ['patch VirtualNode/web-stable'])
  })

  it('are given back once the routes are: stable selects every revision', () => {
    const before = knownObjects(service, routes(http('a', 40)), ...nodes)
    assert.deepEqual(texts(router.leave(trafficIntent(0), before)), ['patch VirtualRouter/router'])
    const [canary, stable] = router.leave(trafficIntent(0), knownObjects(service, routes(http('a', 0)), ...nodes))
    assert.deepEqual([hashIn(canary), hashIn(stable)], ['canary-hash', null])
    const left = [node('canary', 'canary-hash'), node('stable')]
    assert.deepEqual(router.leave(trafficIntent(0), knownObjects(service, routes(http('a', 0)), ...left)), [])
  })
})

describe('a spec for App Mesh', () => {
  const details = (...objects: WrittenObject[]) => router.validate(knownObjects(...objects)).map(({ detail }) => detail)

  it('names a VirtualService and two VirtualNodes', () => {
    const fault = (appMesh: AppMeshRouting) => routerFor(appMesh).validate(knownObjects())[0]
    assert.equal(fault({ virtualNodeGroup })?.detail, 'must provide virtual-service')
    assert.equal(fault({ virtualService: { name: 'web' } })?.detail, 'name the two VirtualNodes')
  })

  it('names objects that are there', () => {
    assert.deepEqual(details(), [
      'virtualservices.appmesh.k8s.aws "web" not found',
      'virtualnodes.appmesh.k8s.aws "web-canary" not found',
      'virtualnodes.appmesh.k8s.aws "web-stable" not found',
    ])
    assert.deepEqual(details(service, ...nodes), ['virtualrouters.appmesh.k8s.aws "router" not found'])
    assert.deepEqual(details(service, routes(http('a', 0)), ...nodes), [])
  })

  it('names a VirtualService with a VirtualRouter', () => {
    const direct = object('VirtualService', 'web', { provider: { virtualNode: {} } })
    assert.deepEqual(details(direct, ...nodes), ['Expected object kind to be VirtualRouter but is VirtualNode'])
  })

  it('is told which route cannot be split, in the published words', () => {
    const wrong = (route: AppMeshRoute) => details(service, routes(route), ...nodes)
    const which = 'AppMesh virtual-router router and route a'
    const one = targets(0).slice(0, 1)
    const others = targets(0).map((target) => ({ ...target, virtualNodeRef: { name: 'docs' } }))
    const action = (weightedTargets: typeof others): AppMeshRoute => ({
      name: 'a',
      httpRoute: { action: { weightedTargets } },
    })
    assert.deepEqual(details(service, routes(), ...nodes), ['No routes defined for AppMesh virtual-router router'])
    assert.deepEqual(wrong({ name: 'a' }), [
      `Error getting route details for ${which}. Error: Route has unsupported route type`,
    ])
    assert.deepEqual(wrong({ name: 'a', httpRoute: {} }), [`Invalid route action found for ${which}`])
    assert.deepEqual(wrong(action(one)), [`Invalid number of weightedTargets (1) for ${which}, expected 2`])
    assert.deepEqual(wrong(action(others)), [
      `the weightedTargets of ${which} are not the canary and the stable VirtualNode`,
    ])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import type { DataPlaneObjects } from './data-plane-view.ts'
import { httpRouteSchema, ingressSchema } from './objects.ts'
import { byHttpRoute, byNginxIngress, byService, createChooser } from './traffic.ts'

const none: DataPlaneObjects = { pods: [], services: [], ingresses: [], httpRoutes: [] }

const ingress = (name: string, service: string, annotations: Record<string, string> = {}) =>
  ingressSchema.parse({
    metadata: { name, namespace: 'shop', uid: name, annotations },
    spec: { rules: [{ host: 'shop.test', http: { paths: [{ path: '/', backend: { service: { name: service } } }] } }] },
  })

describe('the weights in force', () => {
  it('are those of the backends of an HTTPRoute, 1 where none is written', () => {
    const route = httpRouteSchema.parse({
      metadata: { name: 'web', namespace: 'shop', uid: '1' },
      spec: {
        rules: [{ backendRefs: [{ name: 'stable', weight: 80 }, { name: 'canary', weight: 20 }, { name: 'x' }] }],
      },
    })
    assert.deepEqual(byHttpRoute('web')({ ...none, httpRoutes: [route] }, 'shop'), [
      { service: 'stable', weight: 80 },
      { service: 'canary', weight: 20 },
      { service: 'x', weight: 1 },
    ])
  })

  it('are nobody in an HTTPRoute of another namespace', () => {
    const route = httpRouteSchema.parse({ metadata: { name: 'web', namespace: 'shop', uid: '1' }, spec: {} })
    assert.deepEqual(byHttpRoute('web')({ ...none, httpRoutes: [route] }, 'other'), [])
  })

  it('are the canary annotation and the rest of it with NGINX', () => {
    const prefix = 'nginx.ingress.kubernetes.io'
    const canary = ingress('web-canary', 'canary', { [`${prefix}/canary`]: 'true', [`${prefix}/canary-weight`]: '30' })
    const objects = { ...none, ingresses: [ingress('web', 'stable'), canary] }
    assert.deepEqual(byNginxIngress('web')(objects, 'shop'), [
      { service: 'canary', weight: 30 },
      { service: 'stable', weight: 70 },
    ])
  })

  it('are all on the stable Ingress while there is no canary Ingress', () => {
    const objects = { ...none, ingresses: [ingress('web', 'stable')] }
    assert.deepEqual(byNginxIngress('web')(objects, 'shop'), [{ service: 'stable', weight: 100 }])
  })

  it('are one Service without a router', () => {
    assert.deepEqual(byService('web')(none, 'shop'), [{ service: 'web', weight: 1 }])
  })
})

describe('the chooser', () => {
  const draw = (shares: Record<string, number>, times: number): Record<string, number> => {
    const choose = createChooser()
    const counts: Record<string, number> = {}
    for (let i = 0; i < times; i += 1) {
      const name = choose(new Map(Object.entries(shares))) ?? 'nobody'
      counts[name] = (counts[name] ?? 0) + 1
    }
    return counts
  }

  it('gives each its share exactly', () => {
    assert.deepEqual(draw({ stable: 80, canary: 20 }, 100), { stable: 80, canary: 20 })
  })

  it('never chooses a weight of 0', () => {
    assert.deepEqual(draw({ stable: 100, canary: 0 }, 10), { stable: 10 })
  })

  it('chooses nobody when all weights are 0', () => {
    assert.deepEqual(draw({ stable: 0 }, 1), { nobody: 1 })
  })
})

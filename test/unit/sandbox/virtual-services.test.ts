import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DestinationRule, IstioHttpRoute, VirtualService } from '../../../src/api/kubernetes/istio.ts'
import {
  type Mesh,
  meshAnswerTo,
  sharesOfVirtualServices,
  specialDestinationsOfVirtualServices,
} from '../../../src/sandbox/traffic/virtual-services.ts'

const meta = (namespace: string) => ({
  name: 'web',
  namespace,
  uid: 'web',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
})

const service = (http: IstioHttpRoute[], namespace = 'default'): VirtualService => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: meta(namespace),
  spec: { http },
})

const rule: DestinationRule = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: meta('default'),
  spec: { host: 'web', subsets: [{ name: 'v2', labels: { version: '2' } }] },
}

const mesh = (...virtualServices: VirtualService[]): Mesh => ({
  namespace: 'default',
  virtualServices,
  destinationRules: [rule],
})

const names = new Set(['web', 'stable', 'canary'])
const to = (host: string, weight?: number, subset?: string) => ({
  destination: { host, ...(subset && { subset }) },
  ...(weight !== undefined && { weight }),
})
const sharesOf = (...virtualServices: VirtualService[]) => sharesOfVirtualServices(names, mesh(...virtualServices))

describe('a VirtualService', () => {
  it('takes weights for proportions, and one that is missing for none', () => {
    assert.deepEqual(sharesOf(service([{ route: [to('stable', 3), to('canary', 1), to('web')] }])), [
      { service: 'stable', share: 0.75 },
      { service: 'canary', share: 0.25 },
      { service: 'web', share: 0 },
    ])
  })

  it('sends everything to a destination that stands alone', () => {
    assert.deepEqual(sharesOf(service([{ route: [to('stable')] }])), [{ service: 'stable', share: 1 }])
  })

  it('means Services of its own namespace by short names', () => {
    assert.equal(sharesOf(service([{ route: [to('stable')] }], 'elsewhere')), undefined)
    const whole = service([{ route: [to('stable.default.svc.cluster.local')] }], 'elsewhere')
    assert.deepEqual(sharesOf(whole), [{ service: 'stable', share: 1 }])
  })

  it('reaches the pods with the labels of a subset, and none where nobody defines it', () => {
    assert.deepEqual(sharesOf(service([{ route: [to('web', 60, 'v2'), to('web', 40, 'v3')] }])), [
      { service: 'web', labels: { version: '2' }, share: 0.6 },
      { service: '', share: 0.4 },
    ])
  })

  it('has special destinations where only requests with certain headers go', () => {
    const special = { match: [{ headers: { 'x-user': { exact: 'jane' } } }], route: [to('canary')] }
    const present = service([special, { route: [to('stable')] }])
    assert.deepEqual(sharesOf(present), [{ service: 'stable', share: 1 }])
    assert.deepEqual(specialDestinationsOfVirtualServices(names, mesh(present)), [{ service: 'canary' }])
  })
})

describe('a request in a mesh', () => {
  const answer = (http: IstioHttpRoute[], path: string, headers = {}) =>
    meshAnswerTo({ method: 'GET', path, headers, query: {} }, names, mesh(service(http)))
  const services = (http: IstioHttpRoute[], path: string, headers = {}) =>
    answer(http, path, headers)?.shares.map(({ service }) => service)

  it('is taken by the first route that matches, however special others are', () => {
    const http = [{ match: [{ uri: { prefix: '/' } }], route: [to('stable')] }, { route: [to('canary')] }]
    assert.deepEqual(services(http, '/shop'), ['stable'])
  })

  it('needs all conditions of one match, and one match of several', () => {
    const match = [
      { uri: { exact: '/a' }, headers: { x: { regex: 'j.*' } } },
      { method: { exact: 'GET' }, uri: { prefix: '/b' } },
    ]
    const http = [{ match, route: [to('canary')] }, { route: [to('stable')] }]
    assert.deepEqual(services(http, '/a'), ['stable'])
    assert.deepEqual(services(http, '/a', { x: 'jane' }), ['canary'])
    assert.deepEqual(services(http, '/b/c'), ['canary'])
  })

  it('is copied to a mirror', () => {
    const http = [{ route: [to('stable')], mirror: { host: 'canary' }, mirrorPercentage: { value: 25 } }]
    assert.deepEqual(answer(http, '/')?.copies, [{ service: 'canary', share: 0.25 }])
  })

  it('is answered by nobody where no route takes it', () => {
    assert.equal(answer([{ match: [{ uri: { exact: '/a' } }], route: [to('stable')] }], '/b'), undefined)
  })
})

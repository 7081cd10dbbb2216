import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpRoute, RouteRule } from '../../../src/api/kubernetes/gateway-route.ts'
import type { Ingress } from '../../../src/api/kubernetes/ingress.ts'
import type { ObjectMeta } from '../../../src/api/kubernetes/object-meta.ts'
import type { Pod } from '../../../src/api/kubernetes/pod.ts'
import type { Service } from '../../../src/api/kubernetes/service.ts'
import { type TrafficObjects, trafficOf } from '../../../src/sandbox/traffic/traffic.ts'

const meta = (name: string, more: Partial<ObjectMeta> = {}): ObjectMeta => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...more,
})

const pods = (hash: string, count: number, ready = true): Pod[] =>
  Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(`${hash}-${index}`, { labels: { app: 'web', 'rollouts-pod-template-hash': hash } }),
    spec: { containers: [] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }))

const service = (name: string, hash?: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name),
  spec: { selector: { app: 'web', ...(hash === undefined ? {} : { 'rollouts-pod-template-hash': hash }) } },
})

const route = (...rules: RouteRule[]): HttpRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: meta('web'),
  spec: { rules },
})

const ingress = (name: string, backend: string, annotations: Record<string, string> = {}): Ingress => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: meta(name, { annotations }),
  spec: { rules: [{ host: 'shop', http: { paths: [{ path: '/', backend: { service: { name: backend } } }] } }] },
})

const mesh = { namespace: 'default', virtualServices: [], destinationRules: [] }

const traffic = (objects: Partial<TrafficObjects>) =>
  trafficOf(
    { labels: { app: 'web' }, mainService: 'stable' },
    { services: [], ingresses: [], routes: [], weighted: [], mesh, pods: [], ...objects },
  )

const pair = [service('canary', 'new'), service('stable', 'old')]
const nginx = (name: string) => `nginx.ingress.kubernetes.io/${name}`

describe('the traffic model', () => {
  it('follows the weights of an HTTPRoute to the pods behind its Services', () => {
    const rule = {
      backendRefs: [
        { name: 'stable', weight: 80 },
        { name: 'canary', weight: 20 },
      ],
    }
    const seen = traffic({ services: pair, routes: [route(rule)], pods: [...pods('old', 4), ...pods('new', 1)] })
    assert.equal(seen.via, 'gateway-api')
    assert.deepEqual(seen.byHash, { old: 0.8, new: 0.2 })
    assert.equal(seen.failed, 0)
  })

  it('counts an absent weight of a backend as 1', () => {
    const rule = { backendRefs: [{ name: 'stable' }, { name: 'canary', weight: 3 }] }
    const seen = traffic({ services: pair, routes: [route(rule)], pods: [...pods('old', 1), ...pods('new', 1)] })
    assert.deepEqual(seen.byHash, { old: 0.25, new: 0.75 })
  })

  it('leaves rules for special headers out', () => {
    const ordinary = { backendRefs: [{ name: 'stable', weight: 100 }] }
    const special = { matches: [{ headers: [{ name: 'x-canary', value: 'yes' }] }], backendRefs: [{ name: 'canary' }] }
    const seen = traffic({
      services: pair,
      routes: [route(special, ordinary)],
      pods: [...pods('old', 1), ...pods('new', 1)],
    })
    assert.deepEqual(seen.byHash, { old: 1 })
  })

  it('counts requests to a Service without a ready pod as failed', () => {
    const rule = {
      backendRefs: [
        { name: 'stable', weight: 90 },
        { name: 'canary', weight: 10 },
      ],
    }
    const seen = traffic({ services: pair, routes: [route(rule)], pods: [...pods('old', 2), ...pods('new', 2, false)] })
    assert.deepEqual(seen.byHash, { old: 0.9 })
    assert.equal(seen.failed, 0.1)
  })

  it('fails every request of a rule whose weights are all zero', () => {
    const rule = {
      backendRefs: [
        { name: 'stable', weight: 0 },
        { name: 'canary', weight: 0 },
      ],
    }
    assert.equal(traffic({ services: pair, routes: [route(rule)], pods: pods('old', 1) }).failed, 1)
  })

  it('joins an ingress of ingress-nginx with its canary', () => {
    const ingresses = [
      ingress('web', 'stable'),
      ingress('web-canary', 'canary', { [nginx('canary')]: 'true', [nginx('canary-weight')]: '25' }),
    ]
    const seen = traffic({ services: pair, ingresses, pods: [...pods('old', 2), ...pods('new', 2)] })
    assert.equal(seen.via, 'nginx')
    assert.deepEqual(seen.byHash, { new: 0.25, old: 0.75 })
  })

  it('measures the weight of a canary ingress against its total', () => {
    const annotations = {
      [nginx('canary')]: 'true',
      [nginx('canary-weight')]: '5',
      [nginx('canary-weight-total')]: '1000',
    }
    const ingresses = [ingress('web', 'stable'), ingress('web-canary', 'canary', annotations)]
    const seen = traffic({ services: pair, ingresses, pods: [...pods('old', 1), ...pods('new', 1)] })
    assert.deepEqual(seen.byHash, { new: 0.005, old: 0.995 })
  })

  it('splits by ready pods where a plain Service stands before all revisions', () => {
    const seen = traffic({
      services: [service('web')],
      pods: [...pods('old', 3), ...pods('new', 1), ...pods('bad', 2, false)],
    })
    assert.equal(seen.via, 'services')
    assert.deepEqual(seen.byHash, { old: 0.75, new: 0.25 })
  })

  it('sends everything to the main Service where each Service picks a revision and nothing routes', () => {
    const seen = traffic({ services: pair, pods: [...pods('old', 1), ...pods('new', 1)] })
    assert.deepEqual(seen.byHash, { old: 1 })
  })

  it('counts the pods themselves where there is no Service at all', () => {
    assert.deepEqual(traffic({ pods: [...pods('old', 1), ...pods('new', 3)] }).byHash, { old: 0.25, new: 0.75 })
    assert.equal(traffic({ pods: pods('old', 1, false) }).failed, 1)
  })
})

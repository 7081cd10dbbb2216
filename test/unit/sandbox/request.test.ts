import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { HttpRoute, RouteRule } from '../../../src/api/kubernetes/gateway-route.ts'
import type { Pod } from '../../../src/api/kubernetes/pod.ts'
import type { Service } from '../../../src/api/kubernetes/service.ts'
import { answerTo, type Request } from '../../../src/sandbox/traffic/request.ts'
import { trafficOf } from '../../../src/sandbox/traffic/traffic.ts'

const hashLabel = 'rollouts-pod-template-hash'

const meta = (name: string) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
})

const service = (name: string, hash: string): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name),
  spec: { selector: { app: 'web', [hashLabel]: hash } },
})

const pod = (hash: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta(hash), labels: { app: 'web', [hashLabel]: hash } },
  spec: { containers: [] },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
})

const application = { labels: { app: 'web' }, mainService: 'stable' }

const objects = (...rules: RouteRule[]) => ({
  services: [service('stable', 'old'), service('canary', 'new')],
  pods: [pod('old'), pod('new')],
  ingresses: [],
  weighted: [],
  mesh: { namespace: 'default', virtualServices: [], destinationRules: [] },
  routes: [{ apiVersion: 'v1', kind: 'HTTPRoute', metadata: meta('web'), spec: { rules } } satisfies HttpRoute],
})

const toStable: RouteRule = { backendRefs: [{ name: 'stable' }] }
const toCanary: RouteRule = { backendRefs: [{ name: 'canary' }] }

const answered = (request: Request, ...rules: RouteRule[]): Readonly<Record<string, number>> | undefined =>
  answerTo(request, application, objects(...rules))?.byHash

describe('a request', () => {
  const header = { name: 'X-User', value: 'jane' }
  const jane: Request = { headers: { 'x-user': 'jane' } }

  it('goes by its headers before it goes by the rule for all', () => {
    const rules = [toStable, { ...toCanary, matches: [{ headers: [header] }] }]
    assert.deepEqual(answered(jane, ...rules), { new: 1 })
    assert.deepEqual(answered({}, ...rules), { old: 1 })
    assert.deepEqual(answered({ headers: { 'x-user': 'joe' } }, ...rules), { old: 1 })
  })

  it('needs a whole value to match a regular expression', () => {
    const match = { headers: [{ type: 'RegularExpression', name: 'x-user', value: '^ja.*' }] }
    const rules = [{ ...toCanary, matches: [match] }, toStable]
    assert.deepEqual(answered(jane, ...rules), { new: 1 })
    assert.deepEqual(answered({ headers: { 'x-user': 'not-jane' } }, ...rules), { old: 1 })
  })

  it('takes an exact path before a long prefix, and that before a short one', () => {
    const path = (type: string, value: string) => ({ matches: [{ path: { type, value } }] })
    const rules = [
      { ...toStable, ...path('PathPrefix', '/') },
      { ...toCanary, ...path('PathPrefix', '/shop') },
      { ...toStable, ...path('Exact', '/shop/cart') },
    ]
    assert.deepEqual(answered({ path: '/shop/list' }, ...rules), { new: 1 })
    assert.deepEqual(answered({ path: '/shop/cart' }, ...rules), { old: 1 })
    assert.deepEqual(answered({ path: '/shopping' }, ...rules), { old: 1 })
  })

  it('takes the first of rules that are equally special', () => {
    assert.deepEqual(answered({}, toCanary, toStable), { new: 1 })
  })

  it('is answered by nobody where no rule matches', () => {
    assert.equal(answered({ method: 'POST' }, { ...toStable, matches: [{ method: 'GET' }] }), undefined)
  })

  it('is copied by a mirror, which answers nothing', () => {
    const filters = [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'canary' }, percent: 40 } }]
    const answer = answerTo({}, application, objects({ ...toStable, filters }))
    assert.deepEqual(answer?.byHash, { old: 1 })
    assert.deepEqual(answer?.copies, { byHash: { new: 0.4 }, failed: 0 })
  })
})

describe('the traffic model', () => {
  it('names Services that only requests with certain headers reach', () => {
    const rules = [{ ...toCanary, matches: [{ headers: [{ name: 'x', value: '1' }] }] }, toStable]
    const traffic = trafficOf(application, objects(...rules))
    assert.deepEqual(traffic.special, [{ service: 'canary' }])
    assert.deepEqual(traffic.byHash, { old: 1 })
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TrafficRouting } from '../../../src/api/traffic-routing.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { sessionCookieFor, setCookieText } from '../../../src/routers/session-cookie.ts'
import { knownObjects, type WrittenObject } from '../../builders/known-objects.ts'
import { routerOf, settle } from '../../builders/router-golden.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const sessionAffinity = { cookieName: 'seen' }
const sessionCookie = sessionCookieFor(sessionAffinity, 'new')

const routerFor = (trafficRouting: TrafficRouting) =>
  routerOf({ strategy: { canaryService: 'web-canary', stableService: 'web-stable', trafficRouting } })

const gateway = routerFor({ gatewayAPI: { httpRoute: 'web' }, sessionAffinity })
const istio = routerFor({ istio: { virtualService: { name: 'web' } }, sessionAffinity })

type Written = JsonObject & WrittenObject

const httpRoute = (canary: JsonObject = {}, match: JsonObject = {}, kind = 'HTTPRoute'): Written => ({
  kind,
  metadata: { name: 'web' },
  spec: {
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' }, ...match }],
        backendRefs: [
          { name: 'web-stable', port: 80, weight: 100 },
          { name: 'web-canary', port: 80, weight: 0, ...canary },
        ],
      },
    ],
  },
})

const virtualService = (canary: JsonObject = {}, match: JsonObject = {}): Written => ({
  kind: 'VirtualService',
  metadata: { name: 'web' },
  spec: {
    http: [
      {
        match: [{ uri: { prefix: '/' }, ...match }],
        route: [
          { destination: { host: 'web-stable' }, weight: 100 },
          { destination: { host: 'web-canary' }, weight: 0, ...canary },
        ],
      },
    ],
  },
})

const adding = (name: string) => ({
  filters: [{ type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name, value: 'a=b' }] } }],
})

const setting = (name: string) => ({ headers: { response: { add: { [name]: 'a=b' } } } })

const detailsOf = (router: typeof gateway, object: WrittenObject) =>
  router.validate(knownObjects(object)).map(({ field, detail }) => `${field.split('.').at(-1)}: ${detail}`)

describe('the cookie of a session', () => {
  it('is for the whole site and for a day, unless the spec says otherwise', () => {
    assert.equal(setCookieText(sessionCookie), 'seen=new; Max-Age=86400; Path=/')
    const all = { maxAge: 60, path: '/shop', domain: 'example.com', httpOnly: true, secure: true, partitioned: true }
    assert.equal(
      setCookieText(sessionCookieFor({ cookieName: 'seen', ...all, sameSite: 'None' }, 'abc')),
      'seen=abc; Max-Age=60; Path=/shop; Domain=example.com; HttpOnly; Secure; SameSite=None; Partitioned',
    )
  })
})

for (const [name, router, object, another] of [
  ['an HTTPRoute', gateway, httpRoute, httpRoute(adding('X-Version'))],
  ['a VirtualService', istio, virtualService, virtualService(setting('X-Version'))],
] as const) {
  describe(`${name} for sessions`, () => {
    const rulesOf = (objects: readonly JsonObject[]) => {
      const spec = objectOr(objects[0]?.spec)
      return spec.rules ?? spec.http
    }

    it('is as its owner wrote it when the release is over', () => {
      for (const before of [object(), another]) {
        const during = settle(router, trafficIntent(20, { sessionCookie }), [before])
        assert.match(JSON.stringify(during.objects), /seen=new; Max-Age=86400/)
        assert.deepEqual(settle(router, trafficIntent(0), during.objects).objects, [
          { ...before, metadata: { name: 'web', annotations: {} } },
        ])
      }
    })

    it('is put right when somebody removes the record of what was added', () => {
      const { objects } = settle(router, trafficIntent(20, { sessionCookie }), [object()])
      const unrecorded = objects.map((one) => ({ ...one, metadata: { name: 'web' } }))
      assert.deepEqual(settle(router, trafficIntent(20, { sessionCookie }), unrecorded).objects, objects)
      assert.deepEqual(rulesOf(settle(router, trafficIntent(0), unrecorded).objects), rulesOf([object()]))
    })

    it('forgets a cookie that the spec has given another name', () => {
      const { objects } = settle(router, trafficIntent(20, { sessionCookie }), [object()])
      const routing =
        router === gateway ? { gatewayAPI: { httpRoute: 'web' } } : { istio: { virtualService: { name: 'web' } } }
      const renamed = routerFor({ ...routing, sessionAffinity: { cookieName: 'met' } })
      const cookie = sessionCookieFor({ cookieName: 'met' }, 'new')
      const after = settle(renamed, trafficIntent(20, { sessionCookie: cookie }), objects).objects
      assert.deepEqual(after, settle(renamed, trafficIntent(20, { sessionCookie: cookie }), [object()]).objects)
      assert.deepEqual(rulesOf(settle(routerFor(routing), trafficIntent(0), after).objects), rulesOf([object()]))
    })

    it('is refused where it asks for cookies, or sets them, itself', () => {
      const [asking, giving] =
        router === gateway
          ? [
              httpRoute({}, { headers: [{ type: 'Exact', name: 'cookie', value: 'a=b' }] }),
              httpRoute(adding('set-cookie')),
            ]
          : [virtualService({}, { headers: { cookie: { exact: 'a=b' } } }), virtualService(setting('set-cookie'))]
      assert.deepEqual(detailsOf(router, object()), [])
      assert.match(detailsOf(router, asking).join(), /^cookieName: .* "web" has a (rule|route) that asks for a cookie/)
      assert.match(detailsOf(router, giving).join(), /^cookieName: .* adds Set-Cookie itself/)
    })
  })
}

describe('sessions behind a product that ignores filters of backends', () => {
  it('are refused with its name, since nobody would get a cookie', () => {
    const served = (controllerName: string) => ({
      ...httpRoute(),
      status: { parents: [{ parentRef: { name: 'public' }, controllerName }] },
    })
    assert.deepEqual(detailsOf(gateway, served('istio.io/gateway-controller')), [])
    assert.match(
      detailsOf(gateway, served('traefik.io/gateway-controller')).join(),
      /^cookieName: HTTPRoute "web" is served by traefik.io\/gateway-controller, which ignores filters of backends/,
    )
  })
})

describe('sessions of connections and calls', () => {
  it('are refused where no route speaks HTTP', () => {
    const details = (['grpcRoute', 'tcpRoute', 'tlsRoute'] as const).map((key) => {
      const kind = { grpcRoute: 'GRPCRoute', tcpRoute: 'TCPRoute', tlsRoute: 'TLSRoute' }[key]
      return detailsOf(routerFor({ gatewayAPI: { [key]: 'web' }, sessionAffinity }), httpRoute({}, {}, kind)).join()
    })
    for (const detail of details) assert.match(detail, /^cookieName: the Gateway API needs an HTTPRoute for cookies/)
    const { spec } = virtualService()
    const tcp = { ...virtualService(), spec: { tcp: objectOr(spec).http } } as Written
    assert.match(detailsOf(istio, tcp).join(), /^cookieName: no HTTP route .* is weighted/)
  })

  it('do not touch a GRPCRoute beside an HTTPRoute', () => {
    const both = routerFor({ gatewayAPI: { httpRoute: 'web', grpcRoute: 'web' }, sessionAffinity })
    const calls = httpRoute({}, {}, 'GRPCRoute')
    const { objects } = settle(both, trafficIntent(20, { sessionCookie }), [httpRoute(), calls])
    assert.doesNotMatch(JSON.stringify(objects[1]), /seen/)
  })
})

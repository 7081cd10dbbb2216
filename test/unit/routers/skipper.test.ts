import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { JsonObject } from '../../../src/lib/json.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import { bindRouter, type TrafficIntent } from '../../../src/routers/router.ts'
import { skipperRouter } from '../../../src/routers/skipper/skipper.ts'
import { knownObjects } from '../../builders/known-objects.ts'
import { aRollout } from '../../builders/rollout-builder.ts'
import { storedRollout } from '../../builders/rollout-snapshot.ts'
import { trafficIntent } from '../../builders/traffic-intent.ts'

const skipper = { ingresses: ['web'] }
const router = bindRouter(skipperRouter, skipper, storedRollout(aRollout('web').routedBy({ skipper })))

const path = (service: string, at = '/') => ({
  path: at,
  pathType: 'Prefix',
  backend: { service: { name: service, port: { number: 80 } } },
})

const ingress = (weights?: string, paths = [path('web-stable'), path('web-canary')]) => ({
  kind: 'Ingress',
  metadata: {
    name: 'web',
    annotations: { foreign: 'kept', ...(weights !== undefined && { 'zalando.org/backend-weights': weights }) },
  },
  spec: { rules: [{ host: 'web.example', http: { paths } }] },
})

const weights = (canary: number, more = {}) =>
  JSON.stringify({ ...more, 'web-canary': canary, 'web-stable': 100 - canary })

const patches = (canary: number, object: ReturnType<typeof ingress>) =>
  router.desire(trafficIntent(canary), knownObjects(object)).map((write) => write.type === 'patch' && write.patch)

const writing = (text: string) => [
  { metadata: { resourceVersion: '7', annotations: { 'zalando.org/backend-weights': text } } },
]

describe('an Ingress of Skipper', () => {
  it('gets the weights of a release from 0 to 100, and everything back to stable at an abort', () => {
    const written = [10, 100, 0].map((weight, index, all) => patches(weight, ingress(weights(all[index - 1] ?? 50))))
    assert.deepEqual(written, [writing(weights(10)), writing(weights(100)), writing(weights(0))])
  })

  it('is not written when it has the weights, in whatever order', () => {
    assert.deepEqual(patches(10, ingress('{"web-stable": 90, "web-canary": 10}')), [])
  })

  it('keeps the weights of other Services, and loses what Skipper cannot read', () => {
    const written = (text?: string) => patches(10, ingress(text))
    assert.deepEqual(written(weights(50, { legacy: 3 })), writing(weights(10, { legacy: 3 })))
    assert.deepEqual([written(undefined), written('{nonsense'), written('[1]')], Array(3).fill(writing(weights(10))))
  })

  it('cannot be verified, except that it lacks the weights', () => {
    const verify = (canary: number) => router.verify(trafficIntent(canary), knownObjects(ingress(weights(10))))
    assert.deepEqual(verify(10), { state: 'not-verifiable' })
    assert.deepEqual(verify(20), { state: 'pending', why: 'Ingress web does not have the weights yet' })
  })

  it('is refused where it is missing, or the Services are not behind one path', () => {
    const details = (...objects: ReturnType<typeof ingress>[]) =>
      router.validate(knownObjects(...objects)).map(({ detail }) => detail)
    assert.deepEqual(details(), ['ingress.networking.k8s.io "web" not found'])
    assert.deepEqual(details(ingress(undefined, [path('web-stable'), path('web-canary', '/new')])), [
      'no path of Ingress "web" has both the stable Service "web-stable" and canary Service "web-canary" as backends',
    ])
    assert.deepEqual(details(ingress()), [])
  })
})

describe('a header route by an Ingress that Skipper serves', () => {
  const routed = bindRouter(
    skipperRouter,
    skipper,
    storedRollout(aRollout('web').routedBy({ skipper }).withManagedRoutes('testers', 'beta')),
  )
  const testers = { name: 'testers', match: [{ headerName: 'X-Tester', headerValue: { exact: 'ja "hoor"' } }] }
  const beta = {
    name: 'beta',
    match: [{ headerName: 'X-Zone', headerValue: { prefix: 'eu.' } }],
    cookie: { name: 'beta', value: { regex: 'a|b' } },
    queryParams: [{ name: 'v', value: { exact: '2' } }],
  }
  const intentWith = (...headerRoutes: TrafficIntent['headerRoutes']) =>
    trafficIntent(0, { headerRoutes, managedRoutes: ['testers', 'beta'] })

  const stable = (annotations: Record<string, string> = {}) => ({
    ...ingress(undefined, [path('web-stable'), path('web-canary'), path('docs', '/docs')]),
    metadata: {
      name: 'web',
      annotations: { 'zalando.org/backend-weights': weights(0), foreign: 'left', ...annotations },
    },
  })

  const created = (intent: TrafficIntent, object: ReturnType<typeof stable>) =>
    routed.desire(intent, knownObjects(object)).flatMap((write) => (write.type === 'create' ? [write.object] : []))

  const predicateOf = (object: JsonObject | undefined) =>
    objectOr(objectOr(object?.metadata).annotations)['zalando.org/skipper-predicate']

  it('is one of the Rollout, which leads to the canary by the paths that are split', () => {
    const [made] = created(intentWith(testers), stable({ 'zalando.org/skipper-filter': 'ratelimit(50, "1m")' }))
    assert.equal(objectOr(made?.metadata).name, 'web-web-testers')
    assert.deepEqual(objectOr(made?.metadata).annotations, {
      'zalando.org/skipper-filter': 'ratelimit(50, "1m")',
      'zalando.org/skipper-predicate': 'Weight(101) && Header("X-Tester", "ja \\"hoor\\"")',
    })
    assert.deepEqual(made?.spec, { rules: [{ host: 'web.example', http: { paths: [path('web-canary')] } }] })
  })

  it('asks for all that the step does, and for what the Ingress asks for itself', () => {
    const [first, second] = created(
      intentWith(beta, testers),
      stable({ 'zalando.org/skipper-predicate': 'Method("GET")' }),
    )
    assert.match(String(predicateOf(first)), /^Method\("GET"\) && Weight\(102\) && Header\(/)
    assert.equal(
      predicateOf(second),
      'Method("GET") && Weight(101) && HeaderRegexp("X-Zone", "^eu\\\\.") && Cookie("beta", "^(?:a|b)$") && ' +
        'QueryParam("v", "^2$")',
    )
  })

  it('is kept as it should be, and deleted when it is over', () => {
    const intent = intentWith(testers)
    const [made] = created(intent, stable())
    const asked = predicateOf(made)
    const there = (over: object) => ({
      ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', spec: made?.spec },
      metadata: { ...objectOr(made?.metadata), name: 'web-web-testers', ...over },
    })
    assert.deepEqual(routed.desire(intent, knownObjects(stable(), there({}))), [])
    const annotations = {
      'zalando.org/skipper-predicate': 'True()',
      'zalando.org/skipper-filter': 'old()',
      mine: 'kept',
    }
    const [drift] = routed.desire(intent, knownObjects(stable(), there({ annotations })))
    assert.deepEqual(drift?.type === 'patch' && objectOr(drift.patch.metadata).annotations, {
      'zalando.org/skipper-predicate': asked,
      'zalando.org/skipper-filter': null,
    })
    const [over] = routed.desire(intentWith(), knownObjects(stable(), there({})))
    assert.deepEqual([over?.type, over?.ref.name], ['delete', 'web-web-testers'])
    assert.deepEqual(routed.verify(intentWith(), knownObjects(stable(), there({}))), {
      state: 'pending',
      why: 'the Ingresses of header routes are not as they should be yet',
    })
  })

  it('is an error where an Ingress of that name is somebody else’s, or cannot be', () => {
    const foreign = { ...ingress(), metadata: { name: 'web-web-testers', annotations: {} } }
    assert.match(
      routed.validate(knownObjects(stable(), foreign))[0]?.detail ?? '',
      /^the Ingress "web-web-testers" that it needs is controlled by a different object$/,
    )
    const named = storedRollout(aRollout('web').routedBy({ skipper }).withManagedRoutes('Testers_1'))
    const [fault] = bindRouter(skipperRouter, skipper, named).validate(knownObjects(stable()))
    assert.match(fault?.detail ?? '', /^an Ingress cannot have the name "web-web-Testers_1"/)
  })
})

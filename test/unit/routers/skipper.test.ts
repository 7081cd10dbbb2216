import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bindRouter } from '../../../src/routers/router.ts'
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

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { KubeError } from '../../src/kube/errors.ts'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setCanaryScale, setMirrorRoute, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const controllerName = 'example.com/gateway'

const web = aRollout('web').withReplicas(2).routedByHttpRoute('web')
const mirroring = web
  .withManagedRoutes('shadow')
  .withSteps(setCanaryScale({ replicas: 1 }), setMirrorRoute('shadow', 'GET', 10), pause())

const apiVersion = 'gateway.networking.k8s.io/v1'
const aClass = { apiVersion, kind: 'GatewayClass', metadata: { name: 'edge' }, spec: { controllerName } }
/** The controller of the class says what it can do. */
const lists = (told: Story, ...features: string[]): void => {
  const status = { supportedFeatures: features.map((name) => ({ name })) }
  told.act({ patch: { apiVersion, kind: 'GatewayClass', name: 'edge', subresource: 'status', patch: { status } } })
}

/** A class, and a route that its controller has attached. */
const attach = (told: Story): void => {
  told.apply(aClass, anHttpRoute('web'))
  const status = { parents: [{ parentRef: { name: 'edge' }, controllerName }] }
  told.act({ patch: { apiVersion, kind: 'HTTPRoute', name: 'web', subresource: 'status', patch: { status } } })
}

const all = ['HTTPRouteMethodMatching', 'HTTPRouteRequestMirror', 'HTTPRouteRequestPercentageMirror']

/** Calls for GatewayClasses, all of which are refused where `refused` says so. */
const callsAboutClasses = (told: Story, refused = false): readonly string[] => {
  const calls: string[] = []
  told.sandbox.server.intercept({
    before: ({ verb, resource, request: { path } }) => {
      if (!resource.startsWith('gatewayclasses')) return { type: 'proceed' }
      calls.push(verb)
      if (!refused) return { type: 'proceed' }
      return { type: 'fail', error: new KubeError({ code: 403, message: 'no' }, { method: 'GET', path }) }
    },
  })
  return calls
}

describe('a mirror that a GatewayClass does not list', () => {
  story('is refused before anything is released, and goes on once it is listed', {}, async (told) => {
    attach(told)
    lists(told, 'HTTPRoute')
    await told.begin(...servicePair('web'), mirroring.build())
    await told.until(rollout('web').isDegraded(/setMirrorRoute: .*"edge" does not have HTTPRouteRequestMirror/), '1m')
    assert.equal(told.sandbox.cluster.list('ReplicaSet').length, 0)
    lists(told, ...all)
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('is tried where the controller may not read GatewayClasses', {}, async (told) => {
    const calls = callsAboutClasses(told, true)
    attach(told)
    lists(told, 'HTTPRoute')
    await told.begin(...servicePair('web'), mirroring.build())
    await told.until(rollout('web').isHealthy(), '20s')
    assert.deepEqual(calls, ['list'])
  })

  story('is asked about only where a step mirrors', {}, async (told) => {
    const calls = callsAboutClasses(told)
    attach(told)
    await told.begin(...servicePair('web'), web.withSteps(setWeight(20)).build())
    await told.until(rollout('web').isHealthy(), '1m')
    assert.deepEqual(calls, [])
  })
})

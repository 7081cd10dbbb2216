import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { weightedKinds } from '../../src/sandbox/traffic/weighted-lists.ts'
import { anHttpProxy, aService, aTraefikService, servicePair } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import {
  aKumaTrafficRoute,
  aMapping,
  anAlbIngress,
  anApisixRoute,
  anAppMesh,
  appMeshOfWeb,
  aRouteTable,
  aSkipperIngress,
} from '../builders/router-objects.ts'
import { expectTraffic, rollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause(), setWeight(60), pause())

const routers: Readonly<Record<string, readonly [RolloutBuilder, readonly object[]]>> = {
  'an AWS load balancer': [web.routedBy({ alb: { ingress: 'web', servicePort: 80 } }), [anAlbIngress('web')]],
  'Mappings of Ambassador': [web.routedBy({ ambassador: { mappings: ['web'] } }), [aMapping('web')]],
  'an ApisixRoute': [web.routedBy({ apisix: { route: { name: 'web' } } }), [anApisixRoute('web')]],
  'App Mesh': [web.routedBy({ appMesh: appMeshOfWeb }), anAppMesh('web')],
  'a TrafficSplit': [web.routedBy({ smi: {} }), []],
  'a TraefikService': [web.routedBy({ traefik: { weightedTraefikServiceName: 'web' } }), [aTraefikService('web')]],
  'an HTTPProxy of Contour': [web.routedBy({ contour: { httpProxies: ['web'] } }), [anHttpProxy('web')]],
  'a RouteTable of Gloo': [web.routedBy({ gloo: { routeTables: ['web'] } }), [aRouteTable('web')]],
  'a TrafficRoute of Kuma': [web.routedBy({ kuma: { trafficRoutes: ['web'] } }), [aKumaTrafficRoute('web')]],
  'an Ingress that Skipper serves': [web.routedBy({ skipper: { ingresses: ['web'] } }), [aSkipperIngress('web')]],
}

/** No request may ever go to a destination that cannot answer, except while nothing runs at all. */
const neverFails = (told: Story): void => {
  let served = false
  told.sandbox.cluster.onChange(({ kind }) => {
    if (!['Pod', 'Service', 'Ingress', ...weightedKinds].includes(kind)) return
    if (told.sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' }) === undefined) return
    const { failed = 0 } = trafficOf(told, 'web')
    if (failed === 0) served = true
    assert.ok(!served || failed === 0, `${failed} % of the requests fail at ${told.nowMs / 1000}s\n${told.describe()}`)
  })
}

for (const [router, [builder, objects]] of Object.entries(routers)) {
  const release = async (told: Story): Promise<void> => {
    neverFails(told)
    await told.begin(...servicePair('web'), ...objects, builder.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  }

  describe(`a canary routed by ${router}`, () => {
    story('moves traffic step by step and loses no request', {}, async (told) => {
      await release(told)
      expectTraffic(told, 'web', { 1: 80, 2: 20 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(3), '1m')
      expectTraffic(told, 'web', { 1: 40, 2: 60 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isHealthy(), '3m')
      expectTraffic(told, 'web', { 2: 100 })
    })

    story('returns all traffic to stable at an abort', {}, async (told) => {
      await release(told)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      expectTraffic(told, 'web', { 1: 100 })
    })
  })
}

describe('an HTTPProxy of Contour', () => {
  story('sends testers to the canary while its step lasts, and nobody before its pods are there', {}, async (told) => {
    neverFails(told)
    const steps = [setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause()]
    const contour = { httpProxies: ['web'] }
    const builder = web
      .routedBy({ contour })
      .withManagedRoutes('testers')
      .withSteps(...steps)
    await told.begin(...servicePair('web'), anHttpProxy('web'), builder.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const routes = () => {
      const found = told.sandbox.cluster.get('HTTPProxy', { namespace: 'default', name: 'web' })?.spec.routes ?? []
      return found.map(({ conditions = [], services = [] }) => [conditions.length, services.length])
    }
    assert.deepEqual(routes(), [[1, 2]])
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.deepEqual(routes(), [
      [2, 1],
      [1, 2],
    ])
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '3m')
    assert.deepEqual(routes(), [[1, 2]])
    expectTraffic(told, 'web', { 2: 100 })
  })
})

describe('an AWS load balancer', () => {
  story('sends testers to the canary while its step lasts, and nobody before its pods are there', {}, async (told) => {
    neverFails(told)
    const steps = [setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause()]
    const builder = web
      .routedBy({ alb: { ingress: 'web', servicePort: 80 } })
      .withManagedRoutes('testers')
      .withSteps(...steps)
    await told.begin(...servicePair('web'), anAlbIngress('web'), builder.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const backends = () => {
      const { spec } = told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web' }) ?? {}
      return (spec?.rules ?? []).flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend.service?.name)
    }
    assert.deepEqual(backends(), ['web-stable'])
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.deepEqual(backends(), ['testers', 'web-stable'])
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    assert.deepEqual(backends(), ['web-stable'])
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('serves a pair of Services that change roles', {}, async (told) => {
    neverFails(told)
    const alb = { ingress: 'web', servicePort: 80, rootService: 'web-stable' }
    const pingPong = { pingService: 'web-ping', pongService: 'web-pong' }
    const builder = web.withCanary({ pingPong, trafficRouting: { alb } })
    const pair = [aService('web-ping', 'web'), aService('web-pong', 'web')]
    await told.begin(...pair, anAlbIngress('web'), builder.build())
    await told.until(rollout('web').isHealthy(), '2m')
    expectTraffic(told, 'web', { 1: 100 })
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '3m')
    expectTraffic(told, 'web', { 2: 100 })
  })
})

describe('an ApisixRoute', () => {
  story('has one beside it for testers while their step lasts, and not before pods are there', {}, async (told) => {
    neverFails(told)
    const builder = web
      .routedBy({ apisix: { route: { name: 'web' } } })
      .withManagedRoutes('testers')
      .withSteps(setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause())
    await told.begin(...servicePair('web'), anApisixRoute('web'), builder.build())
    await told.until(rollout('web').isHealthy(), '2m')
    const routes = () => told.sandbox.cluster.list('ApisixRoute', 'default').map(({ metadata }) => metadata.name)
    assert.deepEqual(routes(), ['web'])
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.deepEqual(routes(), ['testers', 'web'])
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '3m')
    assert.deepEqual(routes(), ['web'])
    expectTraffic(told, 'web', { 2: 100 })
  })
})

describe('an Ingress that Skipper serves', () => {
  const byHeader = web
    .routedBy({ skipper: { ingresses: ['web'] } })
    .withManagedRoutes('testers')
    .withSteps(setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause())
  const names = (told: Story) => told.sandbox.cluster.list('Ingress', 'default').map(({ metadata }) => metadata.name)
  const paused = async (told: Story): Promise<void> => {
    neverFails(told)
    await told.begin(...servicePair('web'), aSkipperIngress('web'), byHeader.build())
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(names(told), ['web'])
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    assert.deepEqual(names(told), ['web', 'web-web-testers'])
    expectTraffic(told, 'web', { 1: 100 })
  }

  story('has one beside it for testers while their step lasts', {}, async (told) => {
    await paused(told)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '3m')
    assert.deepEqual(names(told), ['web'])
    expectTraffic(told, 'web', { 2: 100 })
  })

  story('loses it with an abort, and gets it back when somebody deletes it', {}, async (told) => {
    await paused(told)
    told.act({ delete: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'web-web-testers' } })
    await told.pass('5s')
    assert.deepEqual(names(told), ['web', 'web-web-testers'])
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    assert.deepEqual(names(told), ['web'])
    expectTraffic(told, 'web', { 1: 100 })
  })
})

describe('App Mesh', () => {
  story('goes on when another revision comes in the middle of a release', {}, async (told) => {
    neverFails(told)
    await told.begin(...servicePair('web'), ...anAppMesh('web'), web.routedBy({ appMesh: appMeshOfWeb }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.pass('30s')
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectTraffic(told, 'web', { 1: 80, 3: 20 })
  })
})

describe('a copy of a Mapping', () => {
  story('goes with the router that made it', {}, async (told) => {
    await told.begin(
      ...servicePair('web'),
      aMapping('web'),
      web.routedBy({ ambassador: { mappings: ['web'] } }).build(),
    )
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    const copy = () => told.sandbox.cluster.get('Mapping', { namespace: 'default', name: 'web-canary' })
    assert.equal(copy()?.spec.weight, 20)
    const patch = { spec: { strategy: { canary: { trafficRouting: null } } } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch } })
    await told.pass('30s')
    assert.equal(copy(), undefined)
  })
})

describe('a TrafficSplit', () => {
  story('goes with the router that made it', {}, async (told) => {
    await told.begin(...servicePair('web'), web.routedBy({ smi: {} }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    const split = () => told.sandbox.cluster.get('TrafficSplit', { namespace: 'default', name: 'web' })
    assert.deepEqual(
      split()?.spec.backends.map(({ weight }) => weight),
      ['0', '100'],
    )
    const patch = { spec: { strategy: { canary: { trafficRouting: null } } } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch } })
    await told.pass('30s')
    assert.equal(split(), undefined)
  })
})

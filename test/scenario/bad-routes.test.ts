import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { KubeError } from '../../src/kube/errors.ts'
import { objectOr } from '../../src/lib/json-value.ts'
import { routingCrds } from '../../src/sandbox/crds.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { anHttpRoute, aVirtualService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setCanaryScale, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { aMapping } from '../builders/router-objects.ts'
import { conditionTold, eventsOf, expectSizes, expectTraffic, rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const steps = [setWeight(20), pause(), setWeight(60), pause()]
const web = aRollout('web')
  .withReplicas(2)
  .withSteps(...steps)
const byRoute = web.routedByHttpRoute('web')

const released = async (told: Story, ...objects: readonly object[]): Promise<void> => {
  await told.begin(...servicePair('web'), ...objects)
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused(), '2m')
  await told.pass('10s')
}

describe('a routing object that is missing', () => {
  story('is told of with the reason that automation knows, once', {}, async (told) => {
    const istio = { virtualService: { name: 'web' } }
    await released(told, aVirtualService('web'), web.routedBy({ istio }).build())
    told.act({ delete: { apiVersion: 'networking.istio.io/v1alpha3', kind: 'VirtualService', name: 'web' } })
    await told.pass('1h')
    const events = eventsOf(told, 'Rollout default/web')
    assert.deepEqual(
      events.filter((text) => text.startsWith('VirtualServiceNotFound')),
      ['VirtualServiceNotFound: VirtualService `web` not found'],
    )
    assert.equal(
      events.filter((text) => /^TrafficRoutingError: .*istio.virtualService.*"web" not found/.test(text)).length,
      1,
    )
    expectSizes(told, 'web', { 1: 2, 2: 1 })
  })

  story('is not told of where it is one that the router makes', {}, async (told) => {
    const byMapping = web.routedBy({ ambassador: { mappings: ['web'] } }).build()
    await told.begin(...servicePair('web'), byMapping)
    await told.until(rollout('web').isDegraded(/mappings.getambassador.io "web" not found/), '1m')
    const of = (reason: string) => eventsOf(told, 'Rollout default/web').filter((text) => text.startsWith(reason))
    assert.deepEqual(of('AmbassadorMapping'), ['AmbassadorMappingNotFound: Ambassador mapping "web" not found'])
    const mapping = aMapping('web')
    told.apply({ ...mapping, spec: { ...mapping.spec, weight: 30 } })
    await told.pass('5s')
    assert.deepEqual(of('AmbassadorMappingConfigError'), [
      'AmbassadorMappingConfigError: Ambassador mapping "web" can not define weight',
    ])
    told.apply({ ...mapping, spec: { ...mapping.spec, weight: null } })
    await told.until(rollout('web').isHealthy(), '2m')
  })
})

const crdNamed = (name: string) => routingCrds.filter(({ metadata }) => objectOr(metadata).name === name)

const uninstalled = (name: string) => ({
  delete: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name },
})

describe('a kind that is not installed', () => {
  story('is named, and the Rollout goes on when it comes', {}, async (told) => {
    told.act(uninstalled('httproutes.gateway.networking.k8s.io'))
    await told.begin(...servicePair('web'), byRoute.build())
    await told.until(
      rollout('web').isDegraded(
        /trafficRouting.gatewayAPI: Invalid value: "HTTPRoute": the API server does not serve httproutes of gateway.networking.k8s.io\/v1: install/,
      ),
      '1m',
    )
    assert.ok(eventsOf(told, 'Rollout default/web').some((text) => text.startsWith('TrafficRoutingError')))
    told.apply(...crdNamed('httproutes.gateway.networking.k8s.io'))
    told.apply(anHttpRoute('web'))
    await told.until(rollout('web').isHealthy(), '3m')
  })

  story('is looked for also by a Rollout that makes the object itself', {}, async (told) => {
    told.act(uninstalled('trafficsplits.split.smi-spec.io'))
    await told.begin(...servicePair('web'), web.routedBy({ smi: {} }).build())
    await told.until(rollout('web').isDegraded(/does not serve trafficsplits of split.smi-spec.io/), '1m')
    told.apply(...crdNamed('trafficsplits.split.smi-spec.io'))
    await told.until(rollout('web').isHealthy(), '3m')
  })
})

/** Has the API server refuse the controller to read a resource; the answer ends that. */
const mayNotRead = (told: Story, resource: string): (() => void) =>
  told.sandbox.server.intercept({
    before: ({ verb, user, resource: called, request }) => {
      if (user !== controllerUser || called !== resource || !['list', 'watch'].includes(verb))
        return { type: 'proceed' }
      const message = `${resource} is forbidden: User "${user}" cannot ${verb} resource`
      return {
        type: 'fail',
        error: new KubeError({ code: 403, reason: 'Forbidden', message }, { method: 'GET', path: request.path }),
      }
    },
  })

describe('a kind that the controller may not read', () => {
  const resource = 'httproutes.gateway.networking.k8s.io'

  story('is named with the rights that it takes, and the Rollout goes on when it has them', {}, async (told) => {
    const allow = mayNotRead(told, resource)
    await told.begin(...servicePair('web'), anHttpRoute('web'), byRoute.build())
    await told.until(
      rollout('web').isDegraded(
        /trafficRouting.gatewayAPI: Forbidden: the controller may not read httproutes of gateway.networking.k8s.io: give its ClusterRole the verbs/,
      ),
      '2m',
    )
    assert.equal(told.sandbox.cluster.list('ReplicaSet').length, 0)
    allow()
    await told.until(rollout('web').isHealthy(), '3m')
  })

  story('stops no Rollout that is routed otherwise', {}, async (told) => {
    mayNotRead(told, resource)
    const other = aRollout('other').withReplicas(1).withSteps(setWeight(50))
    await told.begin(...servicePair('web'), anHttpRoute('web'), byRoute.build(), other.build())
    await told.until(rollout('other').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'other', image: 'other:2' } })
    await told.until(rollout('other').isStableAt(2), '2m')
  })
})

describe('two Rollouts that set the same part of one object', () => {
  const testers = [setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause()]
  const first = byRoute.withManagedRoutes('testers').withSteps(...testers)
  const second = aRollout('shop')
    .withReplicas(2)
    .withSteps(...testers)
    .withCanary({
      stableService: 'shop-stable',
      canaryService: 'shop-canary',
      trafficRouting: { gatewayAPI: { httpRoute: 'web' }, managedRoutes: [{ name: 'testers' }] },
    })
  const shared = () => {
    const { spec, ...rest } = anHttpRoute('web')
    return { ...rest, spec: { ...spec, rules: [...(spec.rules ?? []), ...(anHttpRoute('shop').spec.rules ?? [])] } }
  }

  story('both say so, the older one goes on, and the younger one when it is alone', {}, async (told) => {
    await released(told, shared(), first.build())
    told.apply(...servicePair('shop'), second.build())
    await told.until(
      rollout('shop').isDegraded(
        /trafficRouting: Forbidden: HTTPRoute "web" belongs to the older Rollout default\/web, and both set the managed route testers/,
      ),
      '1m',
    )
    assert.equal(
      conditionTold(told, 'web', 'TrafficRouted'),
      'True TrafficSet: 0 of 100 to web-canary, with the routes testers: gatewayAPI is set, and does not report more; ' +
        'the younger Rollout default/shop names HTTPRoute "web" too and is held, since both set the managed route testers',
    )
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '3m')
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } })
    await told.until(rollout('shop').isHealthy(), '2m')
  })

  story('may share an object whose parts they set apart', {}, async (told) => {
    const apart = second.withCanary({
      trafficRouting: { gatewayAPI: { httpRoute: 'web' }, managedRoutes: [{ name: 'others' }] },
    })
    await released(told, shared(), first.build())
    told.apply(...servicePair('shop'), apart.withSteps(setWeight(10)).build())
    await told.until(rollout('shop').isHealthy(), '2m')
    expectTraffic(told, 'web', { 1: 100 })
  })
})

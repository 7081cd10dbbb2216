import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { anHttpRoute, anIngress, aService, aVirtualService, servicePair } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { anAlbIngress } from '../builders/router-objects.ts'
import { expectTraffic, rollout, theRollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(50), pause(), setWeight(75), pause())

const release = async (told: Story, builder: RolloutBuilder, ...objects: readonly object[]): Promise<void> => {
  await told.begin(...servicePair('web'), ...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
}

/** No request may ever go to a destination that cannot answer. */
const neverFailsFromNow = (told: Story): void =>
  told.sandbox.cluster.onChange(({ kind }) => {
    if (!['Pod', 'HTTPRoute', 'Ingress', 'Service'].includes(kind)) return
    assert.equal(trafficOf(told, 'web').failed, undefined, told.describe())
  })

const patchStrategy = (told: Story, strategy: object): void => {
  const patch = JSON.parse(JSON.stringify({ spec: { strategy } }))
  told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch } })
}

const weightsOf = (told: Story, route: string): readonly (readonly (number | undefined)[])[] => {
  const rules = told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: route })?.spec.rules ?? []
  return rules.map(({ backendRefs = [] }) => backendRefs.map(({ weight }) => weight))
}

const another = (name: string) => ({ ...anHttpRoute('web'), metadata: { name, namespace: 'default' } })

describe('a router that the spec no longer names', () => {
  story('sends everything to stable before anything else happens, when traffic routing ends', {}, async (told) => {
    await release(told, web.routedByHttpRoute('web'), anHttpRoute('web'))
    neverFailsFromNow(told)
    patchStrategy(told, { canary: { trafficRouting: null } })
    await told.pass('30s')
    assert.deepEqual(weightsOf(told, 'web'), [[100, 0]])
    assert.equal(theRollout(told.sandbox, 'web').status?.routing, undefined)
  })

  story('waits for stable to grow, where dynamicStableScale had shrunk it', {}, async (told) => {
    await release(told, web.routedByHttpRoute('web').withCanary({ dynamicStableScale: true }), anHttpRoute('web'))
    neverFailsFromNow(told)
    patchStrategy(told, { canary: { trafficRouting: null, dynamicStableScale: null } })
    await told.pass('1m')
    assert.deepEqual(weightsOf(told, 'web'), [[100, 0]])
  })

  story('gives one of several routes back, and goes on with the others', {}, async (told) => {
    const both = { gatewayAPI: { httpRoutes: [{ name: 'web' }, { name: 'api' }] } }
    const builder = web.routedByHttpRoute('web').withCanary({ trafficRouting: both })
    await release(told, builder, anHttpRoute('web'), another('api'))
    assert.deepEqual(weightsOf(told, 'api'), [[50, 50]])
    neverFailsFromNow(told)
    patchStrategy(told, { canary: { trafficRouting: { gatewayAPI: { httpRoutes: [{ name: 'web' }] } } } })
    await told.pass('30s')
    assert.deepEqual(weightsOf(told, 'api'), [[100, 0]])
    assert.deepEqual(weightsOf(told, 'web'), [[50, 50]])
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '2m')
    assert.deepEqual(weightsOf(told, 'api'), [[100, 0]])
    assert.deepEqual(weightsOf(told, 'web'), [[25, 75]])
  })

  story('loses its canary Ingress, when another router takes its place', {}, async (told) => {
    await release(told, web.routedByIngress('web'), anIngress('web'), anHttpRoute('web'))
    const ingress = () => told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web-web-canary' })
    assert.ok(ingress())
    patchStrategy(told, { canary: { trafficRouting: { nginx: null, gatewayAPI: { httpRoute: 'web' } } } })
    await told.pass('30s')
    assert.equal(ingress(), undefined)
    assert.ok(told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web' }))
    expectTraffic(told, 'web', { 1: 50, 2: 50 })
  })

  story('keeps no route of a step, when the Rollout becomes blue/green', {}, async (told) => {
    const steps = [
      setCanaryScale({ replicas: 1 }),
      setHeaderRoute('testers', { 'x-user': 'jane' }),
      setWeight(25),
      pause(),
    ]
    const builder = web
      .routedByHttpRoute('web')
      .withManagedRoutes('testers')
      .withSteps(...steps)
    await release(told, builder, anHttpRoute('web'), aService('web-preview', 'web'))
    assert.equal(weightsOf(told, 'web').length, 2)
    neverFailsFromNow(told)
    const blueGreen = { activeService: 'web-stable', previewService: 'web-preview', autoPromotionEnabled: false }
    patchStrategy(told, { canary: null, blueGreen })
    await told.until(rollout('web').isPaused('BlueGreenPause'), '2m')
    assert.deepEqual(weightsOf(told, 'web'), [[100, 0]])
    assert.deepEqual(theRollout(told.sandbox, 'web').status?.canary, {})
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('is given back by a controller that was down when the spec changed', {}, async (told) => {
    await release(told, web.routedByHttpRoute('web'), anHttpRoute('web'))
    neverFailsFromNow(told)
    told.killController()
    patchStrategy(told, { canary: { trafficRouting: null } })
    await told.pass('1m')
    assert.deepEqual(weightsOf(told, 'web'), [[100, 0]])
  })

  story('costs a settled Rollout nothing', {}, async (told) => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.routedByHttpRoute('web').build())
    await told.until(rollout('web').isHealthy(), '2m')
    await told.pass('1m')
    let routeWrites = 0
    told.sandbox.cluster.onChange(({ kind }) => {
      if (kind === 'HTTPRoute') routeWrites++
    })
    patchStrategy(told, { canary: { trafficRouting: null } })
    await told.until(rollout('web').isHealthy(), '1m')
    assert.equal(routeWrites, 0)
    assert.equal(theRollout(told.sandbox, 'web').status?.routing, undefined)
  })
})

describe('a part of an object that the spec no longer names', () => {
  const hostRoute = (name: string) => ({
    name,
    match: [{ uri: { prefix: `/${name}` } }],
    route: aVirtualService('web').spec.http?.[0]?.route ?? [],
  })
  const virtualService = (...http: object[]) => ({ ...aVirtualService('web'), spec: { hosts: ['web'], http } })
  const splitsOf = (told: Story): readonly string[] =>
    (told.sandbox.cluster.get('VirtualService', { namespace: 'default', name: 'web' })?.spec.http ?? []).map(
      ({ name, route = [] }) => `${name ?? ''}: ${route.map(({ weight }) => weight).join('/')}`,
    )

  story('sends everything to stable, be it a rule of a Gateway API route', {}, async (told) => {
    const { spec, ...route } = anHttpRoute('web')
    const rules = [...(spec.rules ?? []), ...(spec.rules ?? [])]
    await release(told, web.routedByHttpRoute('web'), { ...route, spec: { ...spec, rules } })
    neverFailsFromNow(told)
    const gatewayAPI = { httpRoute: null, httpRoutes: [{ name: 'web', rules: [1] }] }
    patchStrategy(told, { canary: { trafficRouting: { gatewayAPI } } })
    await told.pass('30s')
    assert.deepEqual(weightsOf(told, 'web'), [
      [100, 0],
      [50, 50],
    ])
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '2m')
    assert.deepEqual(weightsOf(told, 'web'), [
      [100, 0],
      [25, 75],
    ])
  })

  story('or a route of Istio', {}, async (told) => {
    const istio = (...routes: string[]) => ({ istio: { virtualService: { name: 'web', routes } } })
    await release(told, web.routedBy(istio('a', 'b')), virtualService(hostRoute('a'), hostRoute('b')))
    patchStrategy(told, { canary: { trafficRouting: istio('b') } })
    await told.pass('30s')
    assert.deepEqual(splitsOf(told), ['a: 100/0', 'b: 50/50'])
  })

  story('or an action of an AWS load balancer', {}, async (told) => {
    const alb = (rootService: string) => ({ alb: { ingress: 'web', rootService, servicePort: 80 } })
    const { spec, ...ingress } = anAlbIngress('web', 'root')
    const rules = [...spec.rules, ...anAlbIngress('web', 'other').spec.rules]
    await release(told, web.routedBy(alb('root')), { ...ingress, spec: { rules } })
    patchStrategy(told, { canary: { trafficRouting: alb('other') } })
    await told.pass('30s')
    const ingressNow = told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web' })
    const annotations = ingressNow?.metadata.annotations ?? {}
    const weights = (action: string) =>
      JSON.parse(annotations[`alb.ingress.kubernetes.io/actions.${action}`] ?? '{}').ForwardConfig.TargetGroups.map(
        ({ Weight }: { readonly Weight: number }) => Weight,
      )
    assert.deepEqual(
      [weights('root'), weights('other')],
      [
        [0, 100],
        [50, 50],
      ],
    )
  })

  story('goes, where it is the route of a step under another name', {}, async (told) => {
    const stepsWith = (name: string) => [
      setCanaryScale({ replicas: 1 }),
      setHeaderRoute(name, { 'x-user': 'jane' }),
      setWeight(25),
      pause(),
    ]
    const builder = web.routedBy({ istio: { virtualService: { name: 'web' } } }).withManagedRoutes('testers')
    await release(told, builder.withSteps(...stepsWith('testers')), aVirtualService('web'))
    assert.deepEqual(splitsOf(told), ['testers: 100', ': 75/25'])
    patchStrategy(told, {
      canary: { trafficRouting: { managedRoutes: [{ name: 'others' }] }, steps: stepsWith('others') },
    })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    await told.pass('30s')
    assert.deepEqual(splitsOf(told), ['others: 100', ': 75/25'])
  })
})

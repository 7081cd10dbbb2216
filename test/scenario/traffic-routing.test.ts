import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { aGrpcRoute, anHttpRoute, anIngress, servicePair } from '../builders/objects.ts'
import { aRollout, pause, type RolloutBuilder, setCanaryScale, setWeight } from '../builders/rollout-builder.ts'
import {
  expectEvents,
  expectSizes,
  expectTraffic,
  rollout,
  sizes,
  theRollout,
  trafficOf,
  weightsTold,
} from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause(), setWeight(60), pause())

const release = async (told: Story, builder: RolloutBuilder): Promise<void> => {
  const isNginx = builder.build().spec.strategy?.canary?.trafficRouting?.nginx !== undefined
  await told.begin(...servicePair('web'), isNginx ? anIngress('web') : anHttpRoute('web'), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** No request may ever go to a destination that cannot answer, except while nothing runs at all. */
const neverFails = (told: Story): void => {
  let served = false
  told.sandbox.cluster.onChange(({ kind }) => {
    if (kind !== 'Pod' && kind !== 'HTTPRoute' && kind !== 'Ingress' && kind !== 'Service') return
    if (told.sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' }) === undefined) return
    const { failed = 0 } = trafficOf(told, 'web')
    if (failed === 0) served = true
    assert.ok(!served || failed === 0, `${failed} % of the requests fail at ${told.nowMs / 1000}s\n${told.describe()}`)
  })
}

const routed = {
  'an HTTPRoute': web.routedByHttpRoute('web'),
  'ingresses of ingress-nginx': web.routedByIngress('web'),
}

for (const [router, builder] of Object.entries(routed)) {
  describe(`a canary routed by ${router}`, () => {
    story('moves traffic step by step and loses no request', {}, async (told) => {
      neverFails(told)
      await release(told, builder)
      await told.until(rollout('web').isPaused('CanaryPauseStep'))
      expectTraffic(told, 'web', { 1: 80, 2: 20 })
      expectSizes(told, 'web', { 1: 5, 2: 1 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(3), '1m')
      expectTraffic(told, 'web', { 1: 40, 2: 60 })
      expectSizes(told, 'web', { 1: 5, 2: 3 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isHealthy(), '3m')
      expectTraffic(told, 'web', { 2: 100 })
      expectEvents(told, 'web', ['TrafficWeightUpdated: Traffic weight updated', 'RolloutCompleted'])
    })

    story('keeps the old version for 30 s after the last request', {}, async (told) => {
      await release(told, builder)
      await told.until(rollout('web').isPaused())
      told.act({ promote: { rollout: 'web', full: true } })
      await told.until(rollout('web').isStableAt(2), '2m')
      expectSizes(told, 'web', { 1: 5, 2: 5 })
      await told.pass('25s')
      expectSizes(told, 'web', { 1: 5, 2: 5 })
      await told.pass('10s')
      expectSizes(told, 'web', { 2: 5 })
    })

    story('returns all traffic to stable at an abort and keeps the canary for 30 s', {}, async (told) => {
      neverFails(told)
      await release(told, builder)
      await told.until(rollout('web').isPaused())
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      expectTraffic(told, 'web', { 1: 100 })
      expectSizes(told, 'web', { 1: 5, 2: 1 })
      // The canary Service does not go back to pods that only wait for their end.
      const canary = told.sandbox.cluster.get('Service', { namespace: 'default', name: 'web-canary' })
      assert.equal(canary?.spec?.selector?.[podTemplateHashLabel], theRollout(told.sandbox, 'web').status?.stableRS)
      await told.pass('30s')
      expectSizes(told, 'web', { 1: 5 })
    })

    story('sends no request to a version that is being replaced by a newer one', {}, async (told) => {
      neverFails(told)
      await release(told, builder)
      await told.until(rollout('web').isPaused())
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(3), '1m')
      told.act({ setImage: { rollout: 'web', image: 'web:3' } })
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
      expectTraffic(told, 'web', { 1: 80, 3: 20 })
      await told.pass('2m')
      expectSizes(told, 'web', { 1: 5, 3: 1 })
    })

    story('goes back to the stable version by its spec and loses no request', {}, async (told) => {
      neverFails(told)
      await release(told, builder)
      await told.until(rollout('web').isPaused())
      told.act({ setImage: { rollout: 'web', image: 'web:1' } })
      await told.until(rollout('web').isHealthy(), '2m')
      expectTraffic(told, 'web', { 3: 100 })
      await told.pass('1m')
      expectSizes(told, 'web', { 3: 5 })
    })

    story('leaves what belongs to others as it is', {}, async (told) => {
      await release(told, builder)
      await told.until(rollout('web').isPaused())
      const route = told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })
      const ingress = told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web' })
      if (route === undefined) {
        assert.deepEqual(ingress?.spec, anIngress('web').spec)
        return
      }
      assert.deepEqual(route.spec.parentRefs, [{ name: 'gateway' }])
      const ports = route.spec.rules?.[0]?.backendRefs?.map(({ port }) => port)
      assert.deepEqual(ports, [80, 80])
    })
  })
}

describe('an ingress of ingress-nginx', () => {
  story('gets a canary beside it, which belongs to the Rollout', {}, async (told) => {
    await release(told, web.routedByIngress('web'))
    await told.until(rollout('web').isPaused())
    const canary = told.sandbox.cluster.get('Ingress', { namespace: 'default', name: 'web-web-canary' })
    assert.equal(canary?.metadata.annotations?.['nginx.ingress.kubernetes.io/canary'], 'true')
    assert.equal(canary.metadata.annotations['nginx.ingress.kubernetes.io/canary-weight'], '20')
    assert.equal(canary.spec.rules?.[0]?.http?.paths[0]?.backend.service?.name, 'web-canary')
    assert.equal(canary.spec.ingressClassName, 'nginx')
    assert.equal(canary.metadata.ownerReferences?.[0]?.name, 'web')
  })
})

describe('a Gateway API route', () => {
  story('is found under the key of the plugin that people use today', {}, async (told) => {
    const plugins = { 'argoproj-labs/gatewayAPI': { httpRoute: 'web', namespace: 'default' } }
    const { spec } = web.routedByHttpRoute('web').build()
    await release(told, web.withCanary({ ...spec.strategy?.canary, trafficRouting: { plugins } }))
    await told.until(rollout('web').isPaused())
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
  })
})

describe('several routes', () => {
  story('get the same weights: an HTTPRoute and a GRPCRoute', {}, async (told) => {
    const { spec } = web.routedByHttpRoute('web').build()
    const trafficRouting = { gatewayAPI: { httpRoutes: [{ name: 'web' }], grpcRoutes: [{ name: 'web' }] } }
    told.apply(aGrpcRoute('web'))
    await release(told, web.withCanary({ ...spec.strategy?.canary, trafficRouting }))
    await told.until(rollout('web').isPaused())
    for (const kind of ['HTTPRoute', 'GRPCRoute'] as const) {
      const route = told.sandbox.cluster.get(kind, { namespace: 'default', name: 'web' })
      const weights = route?.spec.rules?.[0]?.backendRefs?.map(({ weight }) => weight)
      assert.deepEqual(weights, [80, 20], kind)
    }
  })

  story('get weights in the rules that are named only', {}, async (told) => {
    const { spec } = web.routedByHttpRoute('web').build()
    const route = anHttpRoute('web')
    const [rule] = route.spec.rules ?? []
    const rules = [
      { ...rule, name: 'shop' },
      { ...rule, name: 'admin' },
    ]
    const trafficRouting = { gatewayAPI: { httpRoutes: [{ name: 'web', rules: ['shop'] }] } }
    told.apply({ ...route, spec: { ...route.spec, rules } })
    await told.begin(...servicePair('web'), web.withCanary({ ...spec.strategy?.canary, trafficRouting }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isPaused())
    const seen = told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })?.spec.rules
    const weights = seen?.map(({ backendRefs }) => backendRefs?.map(({ weight }) => weight))
    assert.deepEqual(weights, [
      [80, 20],
      [100, 0],
    ])
  })
})

describe('sizes beside weights', () => {
  const scaled = web.routedByHttpRoute('web')

  story('setCanaryScale gives pods without requests', {}, async (told) => {
    await release(told, scaled.withSteps(setCanaryScale({ replicas: 3 }), pause(), setWeight(40), pause()))
    await told.until(rollout('web').isAtStep(1), '1m')
    expectSizes(told, 'web', { 1: 5, 2: 3 })
    expectTraffic(told, 'web', { 1: 100 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    expectSizes(told, 'web', { 1: 5, 2: 3 })
    expectTraffic(told, 'web', { 1: 60, 2: 40 })
  })

  story('matchTrafficWeight goes back to the size of the weight without a gap', {}, async (told) => {
    neverFails(told)
    const steps = [
      setWeight(20),
      setCanaryScale({ weight: 80 }),
      pause(),
      setCanaryScale({ matchTrafficWeight: true }),
      setWeight(40),
      pause(),
    ]
    await release(told, scaled.withSteps(...steps))
    await told.until(rollout('web').isAtStep(2), '1m')
    expectSizes(told, 'web', { 1: 5, 2: 4 })
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(5), '1m')
    expectSizes(told, 'web', { 1: 5, 2: 2 })
  })

  story('dynamicStableScale shrinks the stable version as traffic leaves it', {}, async (told) => {
    neverFails(told)
    const { spec } = scaled.build()
    await release(told, scaled.withCanary({ ...spec.strategy?.canary, dynamicStableScale: true }))
    await told.until(rollout('web').isPaused())
    await told.until(sizes('web', { 1: 4, 2: 1 }), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    await told.until(sizes('web', { 1: 2, 2: 3 }), '1m')
    assert.equal(theRollout(told.sandbox, 'web').status?.HPAReplicas, 5)
    told.act({ abort: { rollout: 'web' } })
    await told.until(sizes('web', { 1: 5 }), '5m')
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('an abort delay of 0 keeps the canary for good', {}, async (told) => {
    const { spec } = scaled.build()
    await release(told, scaled.withCanary({ ...spec.strategy?.canary, abortScaleDownDelaySeconds: 0 }))
    await told.until(rollout('web').isPaused())
    told.act({ abort: { rollout: 'web' } })
    await told.pass('2h')
    expectSizes(told, 'web', { 1: 5, 2: 1 })
  })

  story('an abort delay longer than half an hour is kept', {}, async (told) => {
    const { spec } = scaled.build()
    await release(told, scaled.withCanary({ ...spec.strategy?.canary, abortScaleDownDelaySeconds: 1800 }))
    await told.until(rollout('web').isPaused())
    told.act({ abort: { rollout: 'web' } })
    await told.pass('29m')
    expectSizes(told, 'web', { 1: 5, 2: 1 })
    await told.pass('2m')
    expectSizes(told, 'web', { 1: 5 })
  })
})

describe('the weight in the status', () => {
  story('is told once for every step, and as an event', {}, async (told) => {
    await release(told, web.routedByHttpRoute('web').withSteps(setWeight(10), setWeight(50), setWeight(80)))
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(
      weightsTold(told, 'web').filter((weight) => weight !== '0'),
      ['10', '50', '80', '100'],
    )
  })
})

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aVirtualService, servicePair, subsetsOfOneHost } from '../builders/objects.ts'
import {
  aRollout,
  experiment,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setMirrorRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { answersTo, expectSizes, expectTraffic, rollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause(), setWeight(60), pause())
const istio = { virtualService: { name: 'web' } }
const byHosts = web.routedBy({ istio })
const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
const bySubsets = web.withCanary({ trafficRouting: { istio: { ...istio, destinationRule } } })

const hosts = [...servicePair('web'), aVirtualService('web')]
const subsets = subsetsOfOneHost('web')

/** No request may ever go to a destination that cannot answer, except while nothing runs at all. */
const neverFails = (told: Story): void => {
  let served = false
  told.sandbox.cluster.onChange(({ kind }) => {
    if (!['Pod', 'VirtualService', 'DestinationRule', 'Service'].includes(kind)) return
    if (told.sandbox.cluster.get('Rollout', { namespace: 'default', name: 'web' }) === undefined) return
    const { failed = 0 } = trafficOf(told, 'web')
    if (failed === 0) served = true
    assert.ok(!served || failed === 0, `${failed} % of the requests fail at ${told.nowMs / 1000}s\n${told.describe()}`)
  })
}

const release = async (told: Story, builder: RolloutBuilder, objects: readonly object[]): Promise<void> => {
  neverFails(told)
  await told.begin(...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
}

const virtualServiceOf = (told: Story) =>
  told.sandbox.cluster.get('VirtualService', { namespace: 'default', name: 'web' })

const writesTo = (told: Story, kinds: readonly string[]): (() => number) => {
  let writes = 0
  told.sandbox.cluster.onChange((change) => {
    if (kinds.includes(change.kind) && change.type === 'MODIFIED') writes++
  })
  return () => writes
}

for (const [split, builder, objects] of [
  ['two hosts', byHosts, hosts],
  ['two subsets of one host', bySubsets, subsets],
] as const) {
  describe(`a canary routed by Istio between ${split}`, () => {
    story('moves traffic step by step and loses no request', {}, async (told) => {
      await release(told, builder, objects)
      expectTraffic(told, 'web', { 1: 80, 2: 20 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(3), '1m')
      expectTraffic(told, 'web', { 1: 40, 2: 60 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isHealthy(), '3m')
      expectTraffic(told, 'web', { 2: 100 })
    })

    story('returns all traffic to stable at an abort', {}, async (told) => {
      await release(told, builder, objects)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      expectTraffic(told, 'web', { 1: 100 })
    })

    story('gives nothing to a newer revision that interrupts it before its pods are there', {}, async (told) => {
      await release(told, builder, objects)
      told.act({ setImage: { rollout: 'web', image: 'web:3' } })
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
      expectTraffic(told, 'web', { 1: 80, 3: 20 })
      told.act({ promote: { rollout: 'web', full: true } })
      await told.until(rollout('web').isHealthy(), '5m')
      expectTraffic(told, 'web', { 3: 100 })
    })

    story('is written again when somebody changes a weight, and not otherwise', {}, async (told) => {
      await release(told, builder, objects)
      await told.pass('1m')
      const writes = writesTo(told, ['VirtualService', 'DestinationRule'])
      told.killController()
      await told.pass('5m')
      assert.equal(writes(), 0)
      const http = structuredClone(virtualServiceOf(told)?.spec.http ?? []).map((route) => ({
        ...route,
        route: (route.route ?? []).map((one) => ({ ...one, weight: 50 })),
      }))
      told.apply({ ...objects.find((one) => one.kind === 'VirtualService'), spec: { http } })
      await told.pass('10s')
      expectTraffic(told, 'web', { 1: 80, 2: 20 })
      assert.equal(writes(), 2, 'the change, and putting it right')
    })

    story('sends testers to the canary, and copies of what is read', {}, async (told) => {
      const steps = [
        setCanaryScale({ replicas: 1 }),
        setHeaderRoute('testers', { 'x-user': 'jane' }),
        setMirrorRoute('shadow', 'GET', 40),
        pause(),
        setWeight(40),
        pause(),
      ]
      await release(told, builder.withManagedRoutes('testers', 'shadow').withSteps(...steps), objects)
      assert.deepEqual(answersTo(told, 'web', { headers: { 'x-user': 'jane' } }), { answers: { 2: 100 }, copies: {} })
      assert.deepEqual(answersTo(told, 'web', {}), { answers: { 1: 100 }, copies: { 2: 40 } })
      assert.deepEqual(answersTo(told, 'web', { method: 'POST' }), { answers: { 1: 100 }, copies: {} })
      assert.deepEqual(
        virtualServiceOf(told)?.spec.http?.map(({ name }) => name),
        ['testers', 'shadow', undefined],
      )
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      assert.deepEqual(virtualServiceOf(told)?.spec.http?.length, 1)
      assert.deepEqual(answersTo(told, 'web', { headers: { 'x-user': 'jane' } }), { answers: { 1: 100 }, copies: {} })
    })

    story('gives an experiment its share, and takes it back', {}, async (told) => {
      const step = experiment({
        duration: '2m',
        templates: [{ name: 'candidate', specRef: 'canary', weight: 10 }],
      })
      const experimented = builder.withPorts(8080).withSteps(setWeight(20), pause('1m'), step, pause())
      await release(told, experimented, objects)
      const weights = () => virtualServiceOf(told)?.spec.http?.[0]?.route?.map(({ weight }) => weight)
      await told.until(rollout('web').isAtStep(2), '3m')
      await told.pass('1m')
      assert.deepEqual(weights(), [70, 20, 10])
      await told.until(rollout('web').isAtStep(3), '5m')
      assert.deepEqual(weights(), [80, 20])
    })
  })
}

describe('a pair of Services that change roles', () => {
  story('is followed by the VirtualService', {}, async (told) => {
    const pingPong = { pingService: 'web-stable', pongService: 'web-canary' }
    await release(told, web.withCanary({ pingPong, trafficRouting: { istio } }), hosts)
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '5m')
    expectTraffic(told, 'web', { 2: 100 })
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
    expectTraffic(told, 'web', { 2: 80, 3: 20 })
  })
})

describe('a Rollout that no longer names Istio', () => {
  story('sends everything to stable, and leaves no revision in the subsets', {}, async (told) => {
    await release(told, bySubsets, subsets)
    const patch = { spec: { strategy: { canary: { trafficRouting: null } } } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web', patch } })
    await told.pass('5m')
    const rule = told.sandbox.cluster.get('DestinationRule', { namespace: 'default', name: 'web' })
    assert.deepEqual(rule?.spec.subsets, subsets[2].spec.subsets)
    assert.deepEqual(rule?.metadata.annotations ?? {}, {})
    assert.deepEqual(virtualServiceOf(told)?.spec, subsets[1].spec)
  })
})

describe('a Rollout that is deleted', () => {
  story('leaves the route as it is, and subsets that find pods of any revision', {}, async (told) => {
    await release(told, bySubsets, subsets)
    const before = virtualServiceOf(told)?.spec
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } })
    await told.pass('1m')
    const rule = told.sandbox.cluster.get('DestinationRule', { namespace: 'default', name: 'web' })
    assert.deepEqual(rule?.spec.subsets, subsets[2].spec.subsets)
    assert.deepEqual(rule?.metadata.annotations ?? {}, {})
    assert.deepEqual(virtualServiceOf(told)?.spec, before)
  })
})

describe('a VirtualService that is missing', () => {
  story('holds the release, with its pods as they are, and is found when it comes', {}, async (told) => {
    await release(told, byHosts, hosts)
    told.sandbox.cluster.remove('person', 'VirtualService', { namespace: 'default', name: 'web' })
    await told.until(
      rollout('web').isDegraded(/^InvalidSpec: .*virtualservices.networking.istio.io "web" not found/),
      '1m',
    )
    expectSizes(told, 'web', { 1: 5, 2: 1 })
    told.apply(aVirtualService('web'))
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    await told.pass('5s')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
  })
})

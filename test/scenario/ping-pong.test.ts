import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { anHttpRoute, aService } from '../builders/objects.ts'
import { aRollout, pause, setHeaderRoute, setWeight } from '../builders/rollout-builder.ts'
import { answersTo, expectSizes, expectTraffic, rollout, theRollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(4)
  .withSteps(setWeight(25), setHeaderRoute('testers', { 'x-user': 'jane' }), pause(), setWeight(50))
  .withCanary({
    pingPong: { pingService: 'web-ping', pongService: 'web-pong' },
    trafficRouting: { gatewayAPI: { httpRoute: 'web' }, managedRoutes: [{ name: 'testers' }] },
  })

const route = {
  ...anHttpRoute('web'),
  spec: {
    parentRefs: [{ name: 'gateway' }],
    rules: [
      {
        backendRefs: [
          { name: 'web-ping', port: 80, weight: 0 },
          { name: 'web-pong', port: 80, weight: 100 },
        ],
      },
    ],
  },
}

/** The revision that a Service selects, by its number. */
const selectedBy = (told: Story, name: string): string | undefined => {
  const { cluster } = told.sandbox
  const hash = cluster.get('Service', { namespace: 'default', name })?.spec.selector?.['rollouts-pod-template-hash']
  const set = cluster.list('ReplicaSet', 'default').find(({ metadata }) => metadata.name === `web-${hash}`)
  return set?.metadata.annotations?.['rollout.argoproj.io/revision']
}

const stablePingPong = (told: Story): string | undefined =>
  theRollout(told.sandbox, 'web').status?.canary?.stablePingPong

const first = async (told: Story): Promise<void> => {
  await told.begin(aService('web-ping', 'web'), aService('web-pong', 'web'), route, web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
}

const release = async (told: Story, image: string): Promise<void> => {
  told.act({ setImage: { rollout: 'web', image } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
}

const promote = async (told: Story): Promise<void> => {
  told.act({ promote: { rollout: 'web' } })
  await told.until(rollout('web').isHealthy(), '5m')
}

/** No request may ever go to a destination that cannot answer, once the first version runs. */
const neverFailsFromNow = (told: Story): void =>
  told.sandbox.cluster.onChange(({ kind }) => {
    if (kind !== 'Pod' && kind !== 'HTTPRoute' && kind !== 'Service') return
    assert.equal(trafficOf(told, 'web').failed, undefined, told.describe())
  })

describe('ping-pong', () => {
  story(
    'changes the roles of the Services with each release, and never the pods behind the stable one',
    {},
    async (told) => {
      await first(told)
      neverFailsFromNow(told)
      assert.equal(stablePingPong(told), 'ping')
      assert.equal(selectedBy(told, 'web-ping'), '1')
      expectTraffic(told, 'web', { 1: 100 })

      await release(told, 'web:2')
      assert.deepEqual([selectedBy(told, 'web-ping'), selectedBy(told, 'web-pong')], ['1', '2'])
      expectTraffic(told, 'web', { 1: 75, 2: 25 })
      assert.deepEqual(answersTo(told, 'web', { headers: { 'x-user': 'jane' } }).answers, { 2: 100 })
      await promote(told)
      assert.equal(stablePingPong(told), 'pong')
      assert.deepEqual([selectedBy(told, 'web-ping'), selectedBy(told, 'web-pong')], ['1', '2'])
      expectTraffic(told, 'web', { 2: 100 })

      await told.pass('1m')
      await release(told, 'web:3')
      assert.deepEqual([selectedBy(told, 'web-ping'), selectedBy(told, 'web-pong')], ['3', '2'])
      await promote(told)
      assert.equal(stablePingPong(told), 'ping')
      expectTraffic(told, 'web', { 3: 100 })
    },
  )

  story('scales the old version down after its delay, although a Service still selects it', {}, async (told) => {
    await first(told)
    await release(told, 'web:2')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isStableAt(2), '2m')
    await told.pass('20s')
    expectSizes(told, 'web', { 1: 4, 2: 4 })
    await told.pass('20s')
    expectSizes(told, 'web', { 2: 4 })
  })

  story('leaves the Services as they are at an abort, and the roles too', {}, async (told) => {
    await first(told)
    neverFailsFromNow(told)
    await release(told, 'web:2')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    expectTraffic(told, 'web', { 1: 100 })
    assert.deepEqual([selectedBy(told, 'web-ping'), selectedBy(told, 'web-pong')], ['1', '2'])
    assert.equal(stablePingPong(told), 'ping')
    await told.pass('1m')
    expectSizes(told, 'web', { 1: 4 })
    await release(told, 'web:3')
    assert.equal(selectedBy(told, 'web-pong'), '3')
    await promote(told)
    assert.equal(stablePingPong(told), 'pong')
    expectTraffic(told, 'web', { 3: 100 })
  })

  story(
    'gives the canary Service to a newer version once the traffic of the interrupted one is gone',
    {},
    async (told) => {
      await first(told)
      neverFailsFromNow(told)
      await release(told, 'web:2')
      await release(told, 'web:3')
      assert.deepEqual([selectedBy(told, 'web-ping'), selectedBy(told, 'web-pong')], ['1', '3'])
      expectTraffic(told, 'web', { 1: 75, 3: 25 })
      await promote(told)
      await told.pass('1m')
      expectSizes(told, 'web', { 3: 4 })
    },
  )
})

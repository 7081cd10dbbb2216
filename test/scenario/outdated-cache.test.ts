import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { injectFaults } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, expectTraffic, rollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(5)
  .withSteps(setWeight(20), pause('30s'), setWeight(60), pause('2m'))
  .routedByHttpRoute('web')

describe('while the watch of Rollouts is down and those of all else are not', () => {
  story('a status whose answer was lost does not make the weights swing', {}, async (told) => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(1))
    await told.pass('25s')

    const { server, clock } = told.sandbox
    const target = { user: controllerUser, resource: 'rollouts.argoproj.io' }
    injectFaults(
      [
        { target: { ...target, verb: 'watch' }, kind: 'error', nth: 1, count: 4 },
        { target: { ...target, subresource: 'status' }, kind: 'lose-response', nth: 1, count: 2 },
      ],
      { server, clock },
    )
    server.closeWatches({ user: controllerUser, plural: 'rollouts' })
    let routeWrites = 0
    told.sandbox.cluster.onChange(({ object }) => {
      if (object.kind === 'HTTPRoute') routeWrites += 1
      // Weights that swing without end would let no time pass, and the story would never come to its end.
      if (routeWrites > 20) told.controller.crash()
    })
    await told.pass('60s')
    assert.deepEqual(trafficOf(told, 'web'), { 1: 40, 2: 60 })
    assert.ok(routeWrites <= 4, `the HTTPRoute was written ${routeWrites} times\n${told.describe()}`)
    await told.until(rollout('web').isStableAt(2), '10m')
  })
})

/** No watch of this kind is accepted, and no list of it either, until the returned function is called. */
const cutOff = (told: Story, plural: string, resource: string): (() => void) => {
  const { server, clock } = told.sandbox
  const target = { user: controllerUser, resource }
  const { stop } = injectFaults(
    [
      { target: { ...target, verb: 'watch' }, kind: 'network' },
      { target: { ...target, verb: 'list' }, kind: 'network' },
    ],
    { server, clock },
  )
  server.closeWatches({ user: controllerUser, plural })
  return stop
}

describe('while the controllers cannot see what becomes of a kind of object', () => {
  const begin = async (told: Story): Promise<void> => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), web.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(1))
  }

  for (const [plural, resource] of [
    ['replicasets', 'replicasets.apps'],
    ['analysisruns', 'analysisruns.argoproj.io'],
    ['httproutes', 'httproutes.gateway.networking.k8s.io'],
  ] as const) {
    story(
      `a pause that is over waits for the ${plural}, and is over soon after they are seen again`,
      {},
      async (told) => {
        await begin(told)
        const reconnect = cutOff(told, plural, resource)
        await told.pass('2m')
        told.expect(rollout('web').isAtStep(1))
        expectTraffic(told, 'web', { 1: 80, 2: 20 })
        reconnect()
        await told.until(rollout('web').hasWeight(60), '20s')
        await told.until(rollout('web').isStableAt(2), '10m')
      },
    )
  }

  story('a connection that is cut for a moment holds nothing up', {}, async (told) => {
    await begin(told)
    await told.pass('28s')
    const reconnect = cutOff(told, 'replicasets', 'replicasets.apps')
    await told.pass('3s')
    told.expect(rollout('web').isAtStep(2))
    reconnect()
    await told.until(rollout('web').isStableAt(2), '10m')
  })

  story('an abort goes back all the same', {}, async (told) => {
    await begin(told)
    const reconnect = cutOff(told, 'services', 'services')
    await told.pass('1m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/RolloutAborted/), '10s')
    expectTraffic(told, 'web', { 1: 100 })
    await told.pass('2m')
    expectSizes(told, 'web', { 1: 5 })
    reconnect()
    await told.pass('1m')
  })

  const failing = { metrics: [{ metric: 'check', cases: [{ values: [0] }] }] }
  story('a verdict that came meanwhile is heard before the pause ends', failing, async (told) => {
    const check = anAnalysisTemplate('check', aMetric('check', { initialDelay: '26s' }))
    const judged = web.withCanary({ analysis: { templates: [{ templateName: 'check' }], startingStep: 1 } })
    await told.begin(...servicePair('web'), anHttpRoute('web'), check, judged.build())
    await told.until(rollout('web').isStableAt(1), '10m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(1))
    await told.pass('15s')
    const reconnect = cutOff(told, 'analysisruns', 'analysisruns.argoproj.io')
    await told.pass('1m')
    expectTraffic(told, 'web', { 1: 80, 2: 20 })
    reconnect()
    await told.until(rollout('web').isDegraded(/RolloutAborted/), '20s')
    expectTraffic(told, 'web', { 1: 100 })
  })
})

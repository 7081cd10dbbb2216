import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { anHttpRoute, servicePair } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setMirrorRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { aRouteTable } from '../builders/router-objects.ts'
import { answersTo, conditionTold, expectSizes, expectTraffic, rollout, theRollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).routedByHttpRoute('web').withManagedRoutes('testers', 'shadow')

const testers = { headers: { 'x-user': 'jane' } }

const byHeader = web.withSteps(
  setCanaryScale({ replicas: 1 }),
  setHeaderRoute('testers', { 'x-user': 'jane' }),
  pause(),
  setCanaryScale({ matchTrafficWeight: true }),
  setWeight(25),
  pause(),
  setHeaderRoute('testers'),
  pause(),
)

const mirrored = web.withSteps(
  setWeight(25),
  setMirrorRoute('shadow', 'GET', 40),
  pause(),
  setMirrorRoute('shadow'),
  pause(),
)

const first = async (told: Story, builder: RolloutBuilder): Promise<void> => {
  await told.begin(...servicePair('web'), anHttpRoute('web'), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
}

const release = async (told: Story, builder: RolloutBuilder): Promise<void> => {
  await first(told, builder)
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const rulesOf = (told: Story) =>
  told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })?.spec.rules ?? []

/** Checks that the route is as its owner wrote it, weights aside, and carries nothing of a release. */
const expectNoTraces = (told: Story): void => {
  const route = told.sandbox.cluster.get('HTTPRoute', { namespace: 'default', name: 'web' })
  assert.equal(rulesOf(told).length, 1, told.describe())
  assert.deepEqual(route?.metadata.annotations ?? {}, {})
}

/** Checks who answers the testers, and everybody else, in percent by revision. */
const expectAnswers = (told: Story, ofTesters: object, ofOthers: object): void => {
  assert.deepEqual(answersTo(told, 'web', testers).answers, ofTesters, told.describe())
  assert.deepEqual(answersTo(told, 'web', {}).answers, ofOthers, told.describe())
}

const writesTo = (told: Story, kind: string): (() => number) => {
  let writes = 0
  told.sandbox.cluster.onChange((change) => {
    if (change.kind === kind && change.type === 'MODIFIED') writes++
  })
  return () => writes
}

describe('a header route', () => {
  story('leads testers to the canary before anybody else, and on beside the weights', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    expectAnswers(told, { 2: 100 }, { 1: 100 })
    expectTraffic(told, 'web', { 1: 100 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(5), '2m')
    expectAnswers(told, { 2: 100 }, { 1: 75, 2: 25 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(7), '2m')
    expectAnswers(told, { 1: 75, 2: 25 }, { 1: 75, 2: 25 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    expectNoTraces(told)
  })

  story('is in force before its step ends', {}, async (told) => {
    await first(told, byHeader)
    let step: number | undefined
    told.sandbox.cluster.onChange(() => {
      const before = step
      step = theRollout(told.sandbox, 'web').status?.currentStepIndex
      if (before === 1 && step === 2) expectAnswers(told, { 2: 100 }, { 1: 100 })
    })
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(2), '2m')
  })

  story('goes with an abort, before the pods that it leads to', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    expectNoTraces(told)
    expectAnswers(told, { 1: 100 }, { 1: 100 })
    expectSizes(told, 'web', { 1: 4, 2: 1 })
    await told.pass('1m')
    expectSizes(told, 'web', { 1: 4 })
  })

  story('is back after a retry', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    expectAnswers(told, { 2: 100 }, { 1: 100 })
  })

  story('outlives a restart of the controller, which writes nothing', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    await told.pass('1m')
    const routeWrites = writesTo(told, 'HTTPRoute')
    told.killController()
    await told.pass('2m')
    expectAnswers(told, { 2: 100 }, { 1: 100 })
    assert.equal(routeWrites(), 0)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(5), '2m')
    expectAnswers(told, { 2: 100 }, { 1: 75, 2: 25 })
  })

  story('leads to nothing but the newest version when that interrupts a release', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
    expectAnswers(told, { 3: 100 }, { 1: 100 })
    await told.pass('2m')
    expectSizes(told, 'web', { 1: 4, 3: 1 })
  })

  story('goes when the spec returns to the stable version', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:1' } })
    await told.until(rollout('web').isHealthy(), '3m')
    expectNoTraces(told)
  })

  story('goes when a release is promoted at once', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isStableAt(2), '3m')
    await told.pass('1m')
    expectNoTraces(told)
    expectTraffic(told, 'web', { 2: 100 })
  })

  story('is put back when somebody takes it away or changes it', {}, async (told) => {
    await release(told, byHeader)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
    const [ours, base] = rulesOf(told)
    assert.ok(ours && base)
    const rewrite = async (...rules: object[]): Promise<void> => {
      const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' }
      told.act({ patch: { ...route, patch: JSON.parse(JSON.stringify({ spec: { rules } })) } })
      await told.pass('10s')
      expectAnswers(told, { 2: 100 }, { 1: 100 })
      assert.equal(rulesOf(told).length, 2)
    }
    await rewrite(base)
    await rewrite({ ...ours, matches: [{ headers: [{ name: 'x-user', value: 'joe' }] }] }, base)
    await rewrite(base, ours)
  })

  story(
    'leads nobody to a canary that has lost its pods',
    { pods: [{ image: 'web:2', behavior: { unreadyAfterMs: 60_000 } }] },
    async (told) => {
      await release(told, byHeader)
      await told.until(rollout('web').isAtStep(2), '2m')
      await told.pass('3m')
      expectAnswers(told, { 1: 100 }, { 1: 100 })
    },
  )
})

describe('a mirror route', () => {
  story('copies its share of the matching requests to the canary, and moves none', {}, async (told) => {
    await release(told, mirrored)
    await told.until(rollout('web').isAtStep(2), '2m')
    const { answers, copies } = answersTo(told, 'web', { method: 'GET' })
    assert.deepEqual({ answers, copies }, { answers: { 1: 75, 2: 25 }, copies: { 2: 40 } })
    assert.deepEqual(answersTo(told, 'web', { method: 'POST' }).copies, {})
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(4), '2m')
    assert.deepEqual(answersTo(told, 'web', { method: 'GET' }), { answers: { 1: 75, 2: 25 }, copies: {} })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    expectNoTraces(told)
  })

  story('goes with an abort', {}, async (told) => {
    await release(told, mirrored)
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    assert.deepEqual(answersTo(told, 'web', { method: 'GET' }), { answers: { 1: 100 }, copies: {} })
    expectNoTraces(told)
  })
})

describe('a mirror route in a RouteTable of Gloo', () => {
  const upstream = (role: string) => ({ upstream: { name: `default-web-${role}-80`, namespace: 'gloo-system' } })
  const table = {
    ...aRouteTable('web'),
    spec: {
      routes: [
        {
          matchers: [{ prefix: '/' }],
          routeAction: {
            multi: {
              destinations: [
                { weight: 100, destination: upstream('stable') },
                { weight: 0, destination: upstream('canary') },
              ],
            },
          },
        },
      ],
    },
  }
  const byGloo = mirrored.withCanary({
    trafficRouting: { gloo: { routeTables: ['web'] }, managedRoutes: [{ name: 'shadow' }] },
  })
  const routesOf = (told: Story) =>
    told.sandbox.cluster.get('RouteTable', { namespace: 'default', name: 'web' })?.spec.routes ?? []
  const shadowing = { ...upstream('canary'), percentage: 40 }

  story('is there from its step on, and goes with the next one', {}, async (told) => {
    await told.begin(...servicePair('web'), table, byGloo.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(2), '2m')
    assert.deepEqual(
      routesOf(told).map(({ options }) => options?.shadowing),
      [shadowing, undefined],
    )
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(4), '2m')
    assert.equal(routesOf(told).length, 1)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(routesOf(told), table.spec.routes)
  })

  story('goes with an abort', {}, async (told) => {
    await told.begin(...servicePair('web'), table, byGloo.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(rollout('web').isAtStep(2), '2m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    assert.deepEqual(routesOf(told), table.spec.routes)
  })
})

describe('a mirror that the product behind the route answers with errors', () => {
  story('is refused with the step, and no request is ever sent that way', {}, async (told) => {
    await first(told, mirrored)
    const parent = { parentRef: { name: 'gateway' }, controllerName: 'traefik.io/gateway-controller' }
    const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'web' }
    told.act({ patch: { ...route, subresource: 'status', patch: { status: { parents: [parent] } } } })
    await told.pass('10s')
    const writes = writesTo(told, 'HTTPRoute')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    const fault =
      /steps\[1\]\.setMirrorRoute: .*HTTPRoute "web" is served by traefik\.io\/gateway-controller, which answers requests/
    await told.until(rollout('web').isDegraded(fault), '1m')
    await told.pass('1h')
    assert.match(conditionTold(told, 'web', 'TrafficRouted'), /TrafficNotRouted: .* see the condition InvalidSpec/)
    assert.equal(writes(), 0)
    assert.deepEqual(answersTo(told, 'web', { method: 'GET' }), { answers: { 1: 100 }, copies: {} })
  })
})

describe('a step that no router can serve', () => {
  story('is an error that names the step, and touches nothing', {}, async (told) => {
    const trafficRouting = {
      smi: {},
      gatewayAPI: { httpRoute: 'web' },
      managedRoutes: [{ name: 'testers' }],
    }
    await told.begin(...servicePair('web'), anHttpRoute('web'), byHeader.withCanary({ trafficRouting }).build())
    await told.until(
      rollout('web').isDegraded(/steps\[1\]\.setHeaderRoute: .*the router smi cannot route by headers/),
      '1m',
    )
  })
})

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { SessionAffinity } from '../../src/api/session-affinity.ts'
import { anHttpRoute, anIngress, aVirtualService, servicePair, subsetsOfOneHost } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setMirrorRoute,
  setWeight,
} from '../builders/rollout-builder.ts'
import { answersTo, cookiesOf, expectTraffic, rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const sessionAffinity: SessionAffinity = { cookieName: 'seen', maxAge: 3600 }
const managedRoutes = [{ name: 'testers' }, { name: 'shadow' }]
const common = { sessionAffinity, managedRoutes }

const web = aRollout('web').withReplicas(5).withSteps(setWeight(20), pause(), setWeight(60), pause())

const istio = { virtualService: { name: 'web' } }
const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }

const routers: readonly (readonly [string, (builder: RolloutBuilder) => RolloutBuilder, readonly object[]])[] = [
  [
    'an HTTPRoute',
    (builder) => builder.routedBy({ gatewayAPI: { httpRoute: 'web' }, ...common }),
    [...servicePair('web'), anHttpRoute('web')],
  ],
  [
    'a VirtualService',
    (builder) => builder.routedBy({ istio, ...common }),
    [...servicePair('web'), aVirtualService('web')],
  ],
  [
    'subsets of one host',
    (builder) => builder.withCanary({ trafficRouting: { istio: { ...istio, destinationRule }, ...common } }),
    subsetsOfOneHost('web'),
  ],
]

/** A user who came without a cookie and was answered by this revision, as the browser asks from then on. */
const userOf = (told: Story, revision: number, request = {}): { readonly headers: { readonly cookie: string } } => {
  const [pair] = (cookiesOf(told, 'web', request)[revision] ?? '').split(';')
  assert.ok(pair, `revision ${revision} sets no cookie\n${told.describe()}`)
  return { headers: { cookie: `theme=dark; ${pair}` } }
}

const answersOf = (told: Story, request: object) => answersTo(told, 'web', request).answers

/** What is left in the routing object when no release has anything in it. */
const expectNoTraces = (told: Story): void => {
  for (const kind of ['HTTPRoute', 'VirtualService'] as const) {
    const object = told.sandbox.cluster.get(kind, { namespace: 'default', name: 'web' })
    if (object === undefined) continue
    assert.doesNotMatch(JSON.stringify(object.spec), /cookie|session/i, told.describe())
    assert.deepEqual(object.metadata.annotations ?? {}, {})
  }
}

const begin = async (told: Story, builder: RolloutBuilder, objects: readonly object[]): Promise<void> => {
  await told.begin(...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
}

const release = async (told: Story, builder: RolloutBuilder, objects: readonly object[]): Promise<void> => {
  await begin(told, builder, objects)
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
}

/** From now on the user must be answered by this revision alone. */
const keeps = (told: Story, user: object, revision: number): void => {
  told.sandbox.cluster.onChange(({ kind }) => {
    if (!['Pod', 'HTTPRoute', 'VirtualService', 'DestinationRule', 'Service', 'Rollout'].includes(kind)) return
    assert.deepEqual(answersOf(told, user), { [revision]: 100 }, told.describe())
  })
}

for (const [router, by, objects] of routers) {
  describe(`a user who met the canary behind ${router}`, () => {
    story('stays with it until it is promoted, while new users follow the weight', {}, async (told) => {
      await release(told, by(web), objects)
      const user = userOf(told, 2)
      assert.equal(Object.keys(cookiesOf(told, 'web', {})).join(), '2', 'only the canary sets a cookie')
      keeps(told, user, 2)
      assert.deepEqual(answersOf(told, {}), { 1: 80, 2: 20 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(3), '2m')
      assert.deepEqual(answersOf(told, {}), { 1: 40, 2: 60 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isStableAt(2), '5m')
      await told.pass('2m')
      expectNoTraces(told)
    })

    story('stays with it when the rest of the steps is skipped', {}, async (told) => {
      await release(told, by(web), objects)
      keeps(told, userOf(told, 2), 2)
      told.act({ promote: { rollout: 'web', full: true } })
      await told.until(rollout('web').isStableAt(2), '5m')
      await told.pass('2m')
      expectNoTraces(told)
    })

    story('stays with it through a restart of the controller, which writes nothing', {}, async (told) => {
      await release(told, by(web), objects)
      const user = userOf(told, 2)
      await told.pass('1m')
      let writes = 0
      told.sandbox.cluster.onChange(({ kind }) => {
        if (kind === 'HTTPRoute' || kind === 'VirtualService') writes++
      })
      told.killController()
      await told.pass('3m')
      assert.deepEqual([answersOf(told, user), writes], [{ 2: 100 }, 0])
    })

    story('is one of all again after an abort, and returns with a retry', {}, async (told) => {
      await release(told, by(web), objects)
      const user = userOf(told, 2)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      assert.deepEqual(answersOf(told, user), { 1: 100 })
      expectNoTraces(told)
      told.act({ retry: { rollout: 'web' } })
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
      assert.deepEqual(answersOf(told, user), { 2: 100 })
    })

    story('is a new user to the next version', {}, async (told) => {
      await release(told, by(web), objects)
      const user = userOf(told, 2)
      told.act({ setImage: { rollout: 'web', image: 'web:3' } })
      await told.until(rollout('web').isAtStep(0), '1m')
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '3m')
      assert.deepEqual(answersOf(told, user), { 1: 80, 3: 20 })
      assert.deepEqual(answersOf(told, userOf(told, 3)), { 3: 100 })
    })

    story('stays with it for requests that are mirrored too', {}, async (told) => {
      const steps = [setWeight(20), setMirrorRoute('shadow', 'GET', 100), pause()]
      await release(told, by(web).withSteps(...steps), objects)
      const user = { method: 'GET', ...userOf(told, 2, { method: 'GET' }) }
      assert.deepEqual(answersTo(told, 'web', user), { answers: { 2: 100 }, copies: {} })
      assert.deepEqual(answersTo(told, 'web', { method: 'GET' }), { answers: { 1: 80, 2: 20 }, copies: { 2: 100 } })
      assert.deepEqual(answersOf(told, { ...user, method: 'POST' }), { 2: 100 })
    })

    story('stays with it after a test by headers at weight 0, as long as that runs', {}, async (told) => {
      const steps = [setCanaryScale({ replicas: 1 }), setHeaderRoute('testers', { 'x-user': 'jane' }), pause()]
      const more = [setHeaderRoute('testers'), pause()]
      await release(told, by(web).withSteps(...steps, ...more), objects)
      const user = userOf(told, 2, { headers: { 'x-user': 'jane' } })
      assert.deepEqual(answersOf(told, user), { 2: 100 })
      expectTraffic(told, 'web', { 1: 100 })
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(4), '1m')
      assert.deepEqual(answersOf(told, user), { 1: 100 })
      expectNoTraces(told)
    })
  })
}

describe('session affinity', () => {
  story('is put back when somebody takes it away, and goes with its field', {}, async (told) => {
    const [[, by, objects]] = routers as readonly [(typeof routers)[number]]
    await release(told, by(web), objects)
    const user = userOf(told, 2)
    const patch = (kind: string, apiVersion: string, body: object) =>
      told.act({ patch: { apiVersion, kind, name: 'web', patch: JSON.parse(JSON.stringify(body)) } })
    patch('HTTPRoute', 'gateway.networking.k8s.io/v1', { spec: anHttpRoute('web').spec })
    await told.pass('10s')
    assert.deepEqual(answersOf(told, user), { 2: 100 })
    const without = { strategy: { canary: { trafficRouting: { sessionAffinity: null } } } }
    patch('Rollout', 'argoproj.io/v1alpha1', { spec: without })
    await told.pass('10s')
    assert.deepEqual(answersOf(told, user), { 1: 80, 2: 20 })
    expectNoTraces(told)
  })

  story('is refused with a router that cannot set a cookie, before anything is released', {}, async (told) => {
    await told.begin(
      ...servicePair('web'),
      anIngress('web'),
      web.routedBy({ nginx: { stableIngress: 'web' }, sessionAffinity }).build(),
    )
    const fault = /sessionAffinity: .*the router nginx cannot keep users with the canary by a cookie/
    await told.until(rollout('web').isDegraded(fault), '1m')
  })
})

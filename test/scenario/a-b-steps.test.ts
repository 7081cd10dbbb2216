import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Request } from '../../src/sandbox/traffic/request.ts'
import { anHttpRoute, anIngress, aVirtualService, servicePair, subsetsOfOneHost } from '../builders/objects.ts'
import {
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setHeaderRoute,
  setRequestRoute,
} from '../builders/rollout-builder.ts'
import { answersTo, expectTraffic, rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(4)
  .withSteps(
    setCanaryScale({ replicas: 2 }),
    setRequestRoute('beta', { cookie: ['beta', 'yes'] }),
    pause(),
    setRequestRoute('beta', { query: { version: 'new' } }),
    pause(),
    setHeaderRoute('beta'),
    pause(),
  )

const destinationRule = { name: 'web', canarySubsetName: 'canary', stableSubsetName: 'stable' }
const istio = { virtualService: { name: 'web' } }
const managedRoutes = [{ name: 'beta' }]

const byCookie: Request = { headers: { cookie: 'theme=dark; beta=yes; lang=en' } }
const otherCookie: Request = { headers: { cookie: 'notbeta=yes; beta=yesterday' } }
const byQuery: Request = { query: { version: 'new' } }

/** Checks who answers: those with the cookie, those with the query parameter, and everybody else. */
const expectAnswers = (told: Story, ofCookie: object, ofQuery: object): void => {
  assert.deepEqual(answersTo(told, 'web', byCookie).answers, ofCookie, told.describe())
  assert.deepEqual(answersTo(told, 'web', byQuery).answers, ofQuery, told.describe())
  assert.deepEqual(answersTo(told, 'web', otherCookie).answers, { 1: 100 }, told.describe())
  expectTraffic(told, 'web', { 1: 100 })
}

const toBeta = { 2: 100 }
const toStable = { 1: 100 }

const release = async (told: Story, builder: RolloutBuilder, objects: readonly object[]): Promise<void> => {
  await told.begin(...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isAtStep(2), '2m')
}

for (const [router, builder, objects] of [
  ['an HTTPRoute', web.routedByHttpRoute('web').withManagedRoutes('beta'), [...servicePair('web'), anHttpRoute('web')]],
  ['a VirtualService', web.routedBy({ istio, managedRoutes }), [...servicePair('web'), aVirtualService('web')]],
  [
    'subsets of one host',
    web.withCanary({ trafficRouting: { istio: { ...istio, destinationRule }, managedRoutes } }),
    subsetsOfOneHost('web'),
  ],
] as const) {
  describe(`an A/B test by ${router}`, () => {
    story('leads users with a cookie, then those with a query parameter, at weight 0', {}, async (told) => {
      await release(told, builder, objects)
      expectAnswers(told, toBeta, toStable)
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(4), '2m')
      expectAnswers(told, toStable, toBeta)
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(6), '2m')
      expectAnswers(told, toStable, toStable)
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isStableAt(2), '5m')
      await told.pass('1m')
      assert.deepEqual(answersTo(told, 'web', byCookie).answers, toBeta)
    })

    story('outlives a restart, ends with an abort, and is back after a retry', {}, async (told) => {
      await release(told, builder, objects)
      told.killController()
      await told.pass('2m')
      expectAnswers(told, toBeta, toStable)
      told.act({ abort: { rollout: 'web' } })
      await told.until(rollout('web').isDegraded(), '1m')
      await told.pass('5s')
      expectAnswers(told, toStable, toStable)
      told.act({ retry: { rollout: 'web' } })
      await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
      expectAnswers(told, toBeta, toStable)
    })
  })
}

describe('an A/B test by an Ingress', () => {
  const byIngress = web
    .routedBy({ nginx: { stableIngress: 'web' }, managedRoutes })
    .withSteps(
      setCanaryScale({ replicas: 2 }),
      setRequestRoute('beta', { cookie: ['beta', 'always'] }),
      pause(),
      setHeaderRoute('beta', { 'x-user': 'jane' }),
      pause(),
    )
  const always = { headers: { cookie: 'theme=dark; beta=always' } }
  const jane = { headers: { 'x-user': 'jane' } }
  const expectIngressAnswers = (told: Story, ofCookie: object, ofHeader: object): void => {
    assert.deepEqual(answersTo(told, 'web', always).answers, ofCookie, told.describe())
    assert.deepEqual(answersTo(told, 'web', jane).answers, ofHeader, told.describe())
    expectTraffic(told, 'web', { 1: 100 })
  }

  story('leads users with a cookie, then those with a header, at weight 0, until an abort', {}, async (told) => {
    await release(told, byIngress, [...servicePair('web'), anIngress('web')])
    expectIngressAnswers(told, toBeta, toStable)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(4), '2m')
    expectIngressAnswers(told, toStable, toBeta)
    told.killController()
    await told.pass('2m')
    expectIngressAnswers(told, toStable, toBeta)
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('5s')
    expectIngressAnswers(told, toStable, toStable)
  })
})

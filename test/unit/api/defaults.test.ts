import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  abortScaleDownDelayOf,
  analysisHistoryLimitsOf,
  autoPromotionEnabledOf,
  consecutiveErrorLimitOf,
  maxSurgeOf,
  maxTrafficWeightOf,
  maxUnavailableOf,
  minReadySecondsOf,
  progressDeadlineSecondsOf,
  replicasOf,
  revisionHistoryLimitOf,
  scaleDownDelayRevisionLimitOf,
  scaleDownDelaySecondsOf,
} from '../../../src/api/defaults.ts'
import type { RolloutSpec } from '../../../src/api/rollout-spec.ts'

const of = (spec: RolloutSpec): { spec: RolloutSpec } => ({ spec })
const empty = of({})
const basicCanary = of({ strategy: { canary: {} } })
const routedCanary = of({ strategy: { canary: { trafficRouting: {} } } })
const blueGreen = of({ strategy: { blueGreen: { activeService: 'active' } } })

test('a Rollout that says nothing runs one pod, keeps ten revisions and may stall for ten minutes', () => {
  assert.equal(replicasOf(empty), 1)
  assert.equal(minReadySecondsOf(empty), 0)
  assert.equal(revisionHistoryLimitOf(empty), 10)
  assert.equal(progressDeadlineSecondsOf(empty), 600)
  assert.deepEqual(analysisHistoryLimitsOf(empty), { successful: 5, unsuccessful: 5 })
})

test('a rolling update moves a quarter of the pods at a time', () => {
  assert.equal(maxSurgeOf(basicCanary), '25')
  assert.equal(maxUnavailableOf(basicCanary), '25')
  assert.equal(maxUnavailableOf(blueGreen), '25')
})

test('what is given wins, also where it is zero', () => {
  assert.equal(replicasOf(of({ replicas: 0 })), 0)
  assert.equal(revisionHistoryLimitOf(of({ revisionHistoryLimit: 0 })), 0)
  assert.equal(maxSurgeOf(of({ strategy: { canary: { maxSurge: 0 } } })), 0)
  assert.equal(maxUnavailableOf(of({ strategy: { canary: { maxUnavailable: '10%' } } })), '10%')
  assert.equal(maxTrafficWeightOf(of({ strategy: { canary: { trafficRouting: { maxTrafficWeight: 1000 } } } })), 1000)
  assert.equal(consecutiveErrorLimitOf({ consecutiveErrorLimit: 0 }), 0)
})

test('a weight of 100 is all traffic, and four errors in a row are borne, unless said otherwise', () => {
  assert.equal(maxTrafficWeightOf(basicCanary), 100)
  assert.equal(consecutiveErrorLimitOf({}), 4)
})

test('old pods stay for 30 seconds where traffic has to leave them, and not at all in a canary without routers', () => {
  assert.equal(scaleDownDelaySecondsOf(blueGreen), 30)
  assert.equal(scaleDownDelaySecondsOf(routedCanary), 30)
  assert.equal(scaleDownDelaySecondsOf(basicCanary), 0)
  assert.equal(scaleDownDelaySecondsOf(of({ strategy: { canary: { scaleDownDelaySeconds: 60 } } })), 0)
  assert.equal(
    scaleDownDelaySecondsOf(of({ strategy: { canary: { trafficRouting: {}, scaleDownDelaySeconds: 0 } } })),
    0,
  )
})

test('any number of old ReplicaSets may stay, unless a limit is given', () => {
  assert.equal(scaleDownDelayRevisionLimitOf(routedCanary), Number.POSITIVE_INFINITY)
  assert.equal(
    scaleDownDelayRevisionLimitOf(
      of({ strategy: { blueGreen: { activeService: 'active', scaleDownDelayRevisionLimit: 0 } } }),
    ),
    0,
  )
})

test('after an abort the new pods stay for 30 seconds; 0 keeps them; a canary without routers does not wait', () => {
  const withDelay = (abortScaleDownDelaySeconds: number) =>
    of({ strategy: { canary: { trafficRouting: {}, abortScaleDownDelaySeconds } } })
  assert.deepEqual(abortScaleDownDelayOf(routedCanary), { seconds: 30, explicit: false })
  assert.deepEqual(abortScaleDownDelayOf(blueGreen), { seconds: 30, explicit: false })
  assert.deepEqual(abortScaleDownDelayOf(withDelay(5)), { seconds: 5, explicit: true })
  assert.deepEqual(abortScaleDownDelayOf(withDelay(0)), { seconds: 'never', explicit: true })
  assert.deepEqual(abortScaleDownDelayOf(of({ strategy: { canary: { abortScaleDownDelaySeconds: 5 } } })), {
    seconds: 0,
    explicit: false,
  })
})

test('a blue/green release promotes itself unless told not to', () => {
  assert.equal(autoPromotionEnabledOf(blueGreen), true)
  assert.equal(
    autoPromotionEnabledOf(of({ strategy: { blueGreen: { activeService: 'active', autoPromotionEnabled: false } } })),
    false,
  )
})

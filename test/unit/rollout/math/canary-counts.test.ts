import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { approximateWeight } from '../../../../src/rollout/math/approximate-weight.ts'
import { basicCanaryCounts } from '../../../../src/rollout/math/basic-canary.ts'
import type { Release, ReplicaCounts } from '../../../../src/rollout/math/release.ts'
import { maxSurge, maxUnavailable, resolveFenceposts } from '../../../../src/rollout/math/surge.ts'
import { trafficRoutedCounts } from '../../../../src/rollout/math/traffic-routed-canary.ts'
import { currentSetWeight, desiredCanarySize, setCanaryScaleInForce } from '../../../../src/rollout/math/weight.ts'

type Canary = NonNullable<NonNullable<Release['spec']['strategy']>['canary']>

const release = (replicas: number, canary: Canary, status: Release['status'] = {}): Release => ({
  spec: { replicas, strategy: { canary } },
  status: { currentPodHash: 'new', stableRS: 'old', currentStepIndex: 0, ...status },
})

const pods = (desired: number, available = desired): ReplicaCounts => ({ desired, created: desired, available })

describe('the numbers of pods nearest to a weight', () => {
  const cases: readonly (readonly [string, readonly [number, number, number, number], number, number])[] = [
    ['split 10 pods by 20 % into 2 and 8', [10, 20, 100, 0], 2, 8],
    ['run one pod more where surge lets them come nearer', [1, 50, 100, 1], 1, 1],
    ['give a single pod to the nearer side without surge', [1, 60, 100, 0], 1, 0],
    ['give at least one pod to a small weight', [3, 1, 100, 0], 1, 2],
    ['leave nothing stable at the full weight', [4, 100, 100, 1], 4, 0],
    ['count weights beyond 100', [10, 200, 1000, 0], 2, 8],
    ['never pass a step below the full weight without a canary', [2, 75, 100, 0], 1, 1],
  ]
  for (const [title, [replicas, weight, most, surge], canary, stable] of cases) {
    it(title, () => assert.deepEqual(approximateWeight(replicas, weight, most, surge), { canary, stable }))
  }

  it('leave neither side without pods between the extremes', () => {
    const inputs = fc.record({
      replicas: fc.integer({ min: 2, max: 200 }),
      weight: fc.integer({ min: 1, max: 99 }),
      surge: fc.integer({ min: 0, max: 1 }),
    })
    fc.assert(
      fc.property(inputs, ({ replicas, weight, surge }) => {
        const { canary, stable } = approximateWeight(replicas, weight, 100, surge)
        assert.ok(canary >= 1 && stable >= 1, `${canary} and ${stable}`)
        assert.ok(canary + stable <= replicas + surge)
      }),
    )
  })
})

describe('the next sizes of a replica-based canary', () => {
  const steps = [{ setWeight: 50 }]

  it('grow the canary within surge, and keep stable until the canary is available', () => {
    const bounded = release(4, { steps, maxSurge: 1, maxUnavailable: 0 })
    assert.deepEqual(basicCanaryCounts(bounded, { next: pods(0), stable: pods(4), older: [] }), {
      canary: 1,
      stable: 4,
    })
  })

  it('shrink stable by what has become available', () => {
    const bounded = release(4, { steps, maxSurge: 1, maxUnavailable: 0 })
    assert.deepEqual(basicCanaryCounts(bounded, { next: pods(1), stable: pods(4), older: [] }), {
      canary: 1,
      stable: 3,
    })
  })

  it('let old revisions go before stable shrinks', () => {
    const bounded = release(4, { steps, maxSurge: 1, maxUnavailable: 1 })
    const counts = basicCanaryCounts(bounded, { next: pods(1), stable: pods(4), older: [pods(1)] })
    assert.deepEqual(counts, { canary: 1, stable: 4 })
  })

  it('are all pods where there is nothing to compare with', () => {
    const first = release(3, { steps }, { stableRS: '' })
    assert.equal(basicCanaryCounts(first, { next: pods(0), stable: undefined, older: [] }).canary, 3)
  })

  it('keep surge and availability at every size and reach the weight in the end', () => {
    const inputs = fc.record({
      replicas: fc.integer({ min: 1, max: 30 }),
      weight: fc.integer({ min: 0, max: 100 }),
      surge: fc.integer({ min: 0, max: 5 }),
      unavailable: fc.integer({ min: 0, max: 5 }),
    })
    fc.assert(
      fc.property(inputs, ({ replicas, weight, surge, unavailable }) => {
        const moving = release(replicas, {
          steps: [{ setWeight: weight }],
          maxSurge: surge,
          maxUnavailable: unavailable,
        })
        let sets = { next: pods(0), stable: pods(replicas), older: [] }
        for (let pass = 0; pass < 100; pass++) {
          const { canary, stable } = basicCanaryCounts(moving, sets)
          assert.ok(canary + stable <= replicas + maxSurge(moving), 'surge')
          const available = Math.min(canary, sets.next.available) + Math.min(stable, sets.stable.available)
          assert.ok(available >= replicas - maxUnavailable(moving), 'availability')
          sets = { ...sets, next: pods(canary), stable: pods(stable) }
        }
        const goal = approximateWeight(replicas, weight, 100, maxSurge(moving))
        assert.deepEqual({ canary: sets.next.desired, stable: sets.stable.desired }, goal)
      }),
    )
  })
})

describe('maxSurge and maxUnavailable', () => {
  it('are 25 % by default, surge rounded up and unavailability rounded down', () => {
    assert.deepEqual(resolveFenceposts(undefined, undefined, 5), { surge: 2, unavailable: 1 })
  })

  it('let one pod be missing where both come to 0', () => {
    assert.deepEqual(resolveFenceposts(0, '5%', 10), { surge: 0, unavailable: 1 })
  })

  it('are unusable when they are neither numbers nor percentages', () => {
    assert.equal(resolveFenceposts('some', 0, 10), undefined)
  })
})

const routing = { trafficRouting: { nginx: { stableIngress: 'web' } } }
const none = { next: undefined, stable: undefined, older: [] }

describe('the sizes of a traffic-routed canary', () => {
  it('keep stable at full size beside a canary by its weight, rounded up', () => {
    const routed = release(5, { ...routing, steps: [{ setWeight: 30 }] })
    assert.deepEqual(trafficRoutedCounts(routed, none, undefined), { canary: 2, stable: 5 })
  })

  it('never exceed spec.replicas because of minPodsPerReplicaSet', () => {
    const routed = release(3, { ...routing, steps: [{ setWeight: 10 }], minPodsPerReplicaSet: 9 })
    assert.equal(trafficRoutedCounts(routed, none, undefined).canary, 3)
  })

  it('keep as much of stable as its present traffic needs, where it follows traffic', () => {
    const dynamic = release(10, { ...routing, steps: [{ setWeight: 80 }], dynamicStableScale: true })
    const actual = { canary: { weight: 20 }, stable: { weight: 80 } }
    assert.deepEqual(trafficRoutedCounts(dynamic, none, actual), { canary: 8, stable: 8 })
  })
})

describe('what the size of a canary follows', () => {
  it('is setCanaryScale, until matchTrafficWeight ends it', () => {
    const steps = [
      { setWeight: 10 },
      { setCanaryScale: { replicas: 4 } },
      { setCanaryScale: { matchTrafficWeight: true } },
    ]
    const scaled = release(10, { ...routing, steps }, { currentStepIndex: 1 })
    assert.deepEqual(desiredCanarySize(scaled, none), { replicas: 4 })
    const matched = release(10, { ...routing, steps }, { currentStepIndex: 2 })
    assert.deepEqual(desiredCanarySize(matched, none), { weight: 10 })
  })

  it('is not setCanaryScale without a router, which could not keep the traffic apart', () => {
    const steps = [{ setCanaryScale: { replicas: 4 } }]
    assert.equal(setCanaryScaleInForce(release(10, { steps })), undefined)
  })

  it('is nothing after an abort, and everything past the last step', () => {
    const steps = [{ setWeight: 40 }]
    assert.equal(currentSetWeight(release(10, { steps }, { abort: true })), 0)
    assert.equal(currentSetWeight(release(10, { steps }, { currentStepIndex: 1 })), 100)
  })
})

import assert from 'node:assert/strict'

import type { AnalysisRun, ReplicaSet, Rollout } from './objects.ts'
import { imageOf, type Shop } from './release.ts'
import { eventually, type Patience, throughout } from './wait.ts'

const patience: Patience = { timeout: 90_000 }

/** True when the status speaks of the spec as it is now. */
function isObserved(rollout: Rollout): boolean {
  return rollout.status.observedGeneration === String(rollout.metadata.generation)
}

function describe({ status }: Rollout): string {
  return `${status.phase || 'no phase'} ${JSON.stringify(status.message)} at step ${status.currentStepIndex}`
}

/** Waits for a phase that speaks of the present spec. @throws ExpectationError */
export function untilPhase(shop: Shop, phase: string): Promise<Rollout> {
  return eventually(
    `${shop.namespace}: Rollout shop is ${phase}`,
    async () => {
      const rollout = await shop.rollout()
      const there = isObserved(rollout) && rollout.status.phase === phase
      return there ? { found: rollout } : { missing: describe(rollout) }
    },
    patience,
  )
}

/** Waits until the version gets this share of the requests, within 5 percent of all. @throws ExpectationError */
export function untilShare(shop: Shop, image: string, share: number): Promise<number> {
  return eventually(
    `${shop.namespace}: ${image} gets ${share} of the requests`,
    async () => {
      const now = shop.shareOf(image)
      return Math.abs(now - share) < 0.05 ? { found: now } : { missing: String(now) }
    },
    patience,
  )
}

function sizes(sets: readonly ReplicaSet[]): string {
  const lines = sets.map((set) => `${imageOf(set)} ${set.spec.replicas}/${set.status.availableReplicas}`)
  return lines.sort().join(', ')
}

/** Waits for the ReplicaSets, wanted and available pods by image; those not named must be empty. @throws ExpectationError */
export function untilSizes(shop: Shop, wanted: Readonly<Record<string, number>>): Promise<void> {
  return eventually(
    `${shop.namespace}: ReplicaSets ${JSON.stringify(wanted)}`,
    async () => {
      const sets = await shop.replicaSets()
      const fits = sets.every((set) => {
        const size = wanted[imageOf(set)] ?? 0
        return set.spec.replicas === size && set.status.replicas === size && set.status.availableReplicas === size
      })
      return fits ? { found: undefined } : { missing: sizes(sets) }
    },
    patience,
  )
}

/** The first deploy has ended: no steps, all pods, all requests served. */
export async function expectDeployed(shop: Shop, image: string): Promise<void> {
  const rollout = await untilPhase(shop, 'Healthy')
  assert.equal(imageOf(rollout), image)
  assert.equal(rollout.status.stableRS, rollout.status.currentPodHash)
  await untilSizes(shop, { [image]: rollout.spec.replicas })
  await untilShare(shop, image, 1)
  shop.load.reset()
}

/** Waits until there is one AnalysisRun with this verdict: a run that its Rollout needs no more may end after it. */
function untilJudged(shop: Shop, phase: string): Promise<AnalysisRun> {
  return eventually(
    `${shop.namespace}: one AnalysisRun, ${phase}`,
    async () => {
      const [run, ...others] = await shop.analysisRuns()
      if (run !== undefined && others.length === 0 && run.status.phase === phase) return { found: run }
      return { missing: [run, ...others].map((each) => `${each?.metadata.name} ${each?.status.phase}`).join() }
    },
    patience,
  )
}

/** What the version had on its way, judged with the coarseness of five pods. */
function saw(shop: Shop, image: string, share: number): boolean {
  return shop.sharesSeen(image).some((seen) => Math.abs(seen - share) < 0.08)
}

const _ascending = (a: number, b: number): number => a - b

/** A good version has taken over step by step, and no user noticed. */
export async function expectPromoted(shop: Shop, image: string): Promise<void> {
  const rollout = await untilPhase(shop, 'Healthy')
  assert.equal(imageOf(rollout), image)
  assert.equal(rollout.status.stableRS, rollout.status.currentPodHash)
  await untilSizes(shop, { [image]: rollout.spec.replicas })
  await untilShare(shop, image, 1)
  const shares = shop.sharesSeen(image)
  for (const share of [0.2, 0.6, 1])
    assert.ok(saw(shop, image, share), `${shop.namespace} never had ${share}: ${shares}`)
  await untilJudged(shop, 'Successful')
  const { byHash, unserved } = shop.load.tally()
  const failed = [...byHash.values()].reduce((sum, counts) => sum + counts.failed, 0)
  assert.deepEqual({ unserved, failed }, { unserved: 0, failed: 0 })
}

/** A bad version was stopped at the first step, and the stable one has everything again. */
export async function expectRolledBack(shop: Shop, stable: string, bad: string): Promise<void> {
  const rollout = await untilPhase(shop, 'Degraded')
  assert.match(rollout.status.message, /^RolloutAborted: Rollout aborted update to revision 2/)
  assert.match(rollout.status.message, /Metric "success-rate" assessed Failed due to failed \(1\) > failureLimit \(0\)/)
  assert.notEqual(rollout.status.stableRS, rollout.status.currentPodHash)
  await untilShare(shop, bad, 0)
  await untilSizes(shop, { [stable]: rollout.spec.replicas })
  const most = Math.max(...shop.sharesSeen(bad))
  assert.ok(most > 0.1 && most < 0.35, `${shop.namespace}: the bad version had up to ${most} of the requests`)
  await untilJudged(shop, 'Failed')
  assert.equal(shop.load.tally().unserved, 0)
  await expectUntroubled(shop)
}

/** For two seconds no request fails. */
async function expectUntroubled(shop: Shop): Promise<void> {
  shop.load.reset()
  await throughout(2000, async () => {
    const failed = [...shop.load.tally().byHash.values()].some((counts) => counts.failed > 0)
    assert.equal(failed, false, `${shop.namespace}: requests fail although the bad version is gone`)
  })
}

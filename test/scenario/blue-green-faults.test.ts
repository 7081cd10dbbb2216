import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FaultKind } from '../../src/sandbox/faults.ts'
import type { MetricRule } from '../../src/sandbox/metrics/metric-rule.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { ask, services, web } from './blue-green-story.ts'
import { rollout, runsOf, sizesOf, theRollout, trafficOf } from './expect.ts'
import { Story } from './harness.ts'

const templates = [{ templateName: 'check' }]
const check = anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '5s' }))
const analysed = web.withBlueGreen({
  autoPromotionSeconds: 30,
  previewReplicaCount: 1,
  prePromotionAnalysis: { templates },
  postPromotionAnalysis: { templates },
})

const endOf = (told: Story): object => {
  const { status } = theRollout(told.sandbox, 'web')
  return {
    phase: status?.phase,
    message: status?.message ?? '',
    sizes: sizesOf(told, 'web'),
    traffic: trafficOf(told, 'web'),
    // A verdict that was not noted in time is asked for again.
    runs: [...new Set(runsOf(told, 'web').map((run) => run.status?.phase))].sort(),
    replicaSets: told.sandbox.cluster.list('ReplicaSet').length,
  }
}

/** How a story goes, and how it ends whatever happens on the way. */
interface Told {
  readonly values: MetricRule['cases']
  readonly builder: typeof web
  go(told: Story): Promise<void>
  readonly end: object
}

const release = async (told: Story): Promise<void> => {
  ask(told, 2)
  await told.pass('20m')
}

const good: Told = {
  values: [{ values: [1] }],
  builder: analysed,
  go: release,
  end: {
    phase: 'Healthy',
    message: '',
    sizes: { 2: 3 },
    traffic: { 2: 100 },
    runs: ['Successful'],
    replicaSets: 2,
  },
}

const bad: Told = {
  // The preview does well, and the new version in service does not.
  values: [{ revision: 2, minWeight: 50, values: [0] }, { values: [1] }],
  builder: analysed,
  go: release,
  end: {
    phase: 'Degraded',
    message:
      'RolloutAborted: Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed: ' +
      'Metric "check" assessed Failed due to failed (1) > failureLimit (0)',
    sizes: { 1: 3 },
    traffic: { 1: 100 },
    runs: ['Failed', 'Successful'],
    replicaSets: 2,
  },
}

const back: Told = {
  values: [{ values: [1] }],
  builder: web.withBlueGreen({ scaleDownDelaySeconds: 600, autoPromotionEnabled: false }),
  go: async (told) => {
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '5m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isStableAt(2), '5m')
    ask(told, 1)
    await told.pass('30m')
  },
  end: { phase: 'Healthy', message: '', sizes: { 3: 3 }, traffic: { 3: 100 }, runs: [], replicaSets: 2 },
}

const play = async (told: Story, { builder, go }: Told): Promise<object> => {
  await told.begin(...services, check, builder.build())
  await told.until(rollout('web').isStableAt(1), '10m')
  await told.until(rollout('web').isHealthy(), '10m')
  await told.pass('1s')
  await go(told)
  return endOf(told)
}

const kinds: readonly FaultKind[] = [
  'crash-before',
  'crash-after',
  'error',
  'conflict',
  'lose-response',
  'hang',
  'stale',
]

/** More writes than a story makes: a fault beyond the last one is a story without a fault. */
const mostWrites = 60

/** Every `stride`-th write is hit once, each by the next kind of fault; with `CROSSFADE_EXPLORE=all` each by every kind. */
const explored = (first: number, stride: number): readonly { kind: FaultKind; nth: number }[] => {
  const all = process.env.CROSSFADE_EXPLORE === 'all'
  const writes = Array.from({ length: mostWrites }, (_, index) => index + 1).filter((nth) => all || nth % stride === 0)
  return writes.flatMap((nth) =>
    (all ? kinds : [kinds[(first + nth) % kinds.length] ?? 'error']).map((kind) => ({ kind, nth })),
  )
}

const explore = async (one: Told, first: number, stride: number): Promise<void> => {
  for (const { kind, nth } of explored(first, stride)) {
    const faults = [{ target: { user: controllerUser }, kind, nth }]
    const told = new Story({ faults, metrics: [{ metric: 'check', cases: one.values }] })
    assert.deepEqual(await play(told, one), one.end, `after ${kind} at write ${nth}\n${told.describe()}`)
    await told.conclude()
  }
}

describe('whatever goes wrong with one write of the controller, blue/green', () => {
  it('promotes a good version', () => explore(good, 0, 4))
  it('takes back a bad one', () => explore(bad, 2, 7))
  it('returns at once to the version before', () => explore(back, 1, 4))
})

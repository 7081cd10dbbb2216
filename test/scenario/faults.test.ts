import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FaultKind, FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf, sizesOf, theRollout, trafficOf } from './expect.ts'
import { Story, story } from './harness.ts'

const web = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(34), analysis('check'), setWeight(67))
  .routedByHttpRoute('web')
const check = anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '5s' }))
const metrics = (value: number) => [{ metric: 'check', cases: [{ values: [value] }] }]

/** Creates, releases, and returns how it ended. */
const play = async (told: Story, builder = web): Promise<object> => {
  await told.begin(...servicePair('web'), anHttpRoute('web'), check, builder.build())
  await told.until(rollout('web').isStableAt(1), '10m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.pass('20m')
  const { status } = theRollout(told.sandbox, 'web')
  return {
    phase: status?.phase,
    message: status?.message ?? '',
    step: status?.currentStepIndex,
    sizes: sizesOf(told, 'web'),
    traffic: trafficOf(told, 'web'),
    // A verdict that was not noted in time is asked for again.
    runs: [...new Set(runsOf(told, 'web').map((run) => run.status?.phase))],
    replicaSets: told.sandbox.cluster.list('ReplicaSet').length,
  }
}

const good = {
  phase: 'Healthy',
  message: '',
  step: 3,
  sizes: { 2: 3 },
  traffic: { 2: 100 },
  runs: ['Successful'],
  replicaSets: 2,
}

const bad = {
  phase: 'Degraded',
  message:
    'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: ' +
    'Metric "check" assessed Failed due to failed (1) > failureLimit (0)',
  step: 0,
  sizes: { 1: 3 },
  traffic: { 1: 100 },
  runs: ['Failed'],
  replicaSets: 2,
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

/** More writes than the story makes: a fault beyond the last one is a story without a fault. */
const mostWrites = 60

/**
 * Every `stride`-th write of the story is hit once, each by the next kind of fault. With `CROSSFADE_EXPLORE=all` every
 * write is hit by every kind, which takes some minutes.
 */
const explored = (first: number, stride: number): readonly { kind: FaultKind; nth: number }[] => {
  const all = process.env.CROSSFADE_EXPLORE === 'all'
  const writes = Array.from({ length: mostWrites }, (_, index) => index + 1).filter((nth) => all || nth % stride === 0)
  return writes.flatMap((nth) =>
    (all ? kinds : [kinds[(first + nth) % kinds.length] ?? 'error']).map((kind) => ({ kind, nth })),
  )
}

const playWith = async (fault: { kind: FaultKind; nth: number }, value: number, wanted: object): Promise<void> => {
  const { kind, nth } = fault
  const told = new Story({ faults: [{ target: { user: controllerUser }, kind, nth }], metrics: metrics(value) })
  assert.deepEqual(await play(told), wanted, `after ${kind} at write ${nth}\n${told.describe()}`)
  await told.conclude()
}

describe('whatever goes wrong with one write of the controller', () => {
  it('a good version is promoted', async () => {
    for (const fault of explored(0, 3)) await playWith(fault, 1, good)
  })

  it('a bad version is aborted', async () => {
    for (const fault of explored(3, 10)) await playWith(fault, 0, bad)
  })
})

const user = controllerUser

describe('a status that is refused', () => {
  const dynamic = web.withCanary({
    steps: [setWeight(34), analysis('check'), setWeight(67)],
    dynamicStableScale: true,
  })
  const statusOf = { user, resource: 'rollouts.argoproj.io', subresource: 'status' }

  it('leads to the same end, although what it was to tell has happened and stable has shrunk', async () => {
    for (let nth = 1; nth <= 14; nth += 1) {
      const told = new Story({ faults: [{ target: statusOf, kind: 'error', nth }], metrics: metrics(1) })
      assert.deepEqual(await play(told, dynamic), good, `after an error at status ${nth}\n${told.describe()}`)
      await told.conclude()
    }
  })
})

const killed: readonly FaultRule[] = [
  { target: { user }, kind: 'crash-after', nth: 5 },
  { target: { user }, kind: 'crash-before', nth: 15 },
  { target: { user }, kind: 'crash-after', nth: 25 },
]

describe('a controller that is killed again and again', () => {
  story('comes to the same end', { metrics: metrics(1), faults: killed }, async (told) => {
    assert.deepEqual(await play(told), good)
  })
})

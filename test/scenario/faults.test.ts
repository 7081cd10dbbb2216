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
const play = async (told: Story): Promise<object> => {
  await told.begin(...servicePair('web'), anHttpRoute('web'), check, web.build())
  await told.until(rollout('web').isStableAt(1), '10m')
  await told.pass('1m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.pass('20m')
  const { status } = theRollout(told.sandbox, 'web')
  return {
    phase: status?.phase,
    message: status?.message,
    step: status?.currentStepIndex,
    sizes: sizesOf(told, 'web'),
    traffic: trafficOf(told, 'web'),
    runs: runsOf(told, 'web').map((run) => run.status?.phase),
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

/** More calls than a story makes: a fault beyond the last call is a story without a fault. */
const calls = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 33, 36, 39, 42, 45, 48, 52, 56, 60]
const kinds: readonly FaultKind[] = [
  'crash-before',
  'crash-after',
  'error',
  'conflict',
  'lose-response',
  'hang',
  'stale',
]

const faultAt = (kind: FaultKind, nth: number): FaultRule => ({ target: { user: controllerUser }, kind, nth })

for (const kind of kinds) {
  describe(`${kind} at one write of the controller`, () => {
    it('leads to the same end, whichever write it hits, when the version is good', async () => {
      for (const nth of calls) await playWith(kind, nth, 1, good)
    })

    it('leads to the same end, whichever write it hits, when the version is bad', async () => {
      for (const nth of calls.filter((call) => call % 4 === 0)) await playWith(kind, nth, 0, bad)
    })
  })
}

const playWith = async (kind: FaultKind, nth: number, value: number, wanted: object): Promise<void> => {
  const told = new Story({ faults: [faultAt(kind, nth)], metrics: metrics(value) })
  assert.deepEqual(await play(told), wanted, `after ${kind} at write ${nth}\n${told.describe()}`)
  await told.conclude()
}

describe('a controller that is killed again and again', () => {
  story(
    'comes to the same end',
    {
      metrics: metrics(1),
      faults: [
        { target: { user: controllerUser }, kind: 'crash-after', nth: 5, count: 1 },
        { target: { user: controllerUser }, kind: 'crash-before', nth: 15 },
        { target: { user: controllerUser }, kind: 'crash-after', nth: 25 },
      ],
    },
    async (told) => {
      assert.deepEqual(await play(told), good)
    },
  )
})

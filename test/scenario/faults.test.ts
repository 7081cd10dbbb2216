import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trafficRouting } from '../../src/api/traffic-routing.ts'
import type { FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { exploredRouters } from '../explore/every-router.ts'
import type { Explorable } from '../explore/explorable.ts'
import { explore, type Point, pointsOf } from '../explore/explore.ts'
import { faults } from '../explore/faults.ts'
import { explorables } from '../explore/scenarios.ts'
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

/** Every n-th fault is tried on a scenario, another one of them on the next: `npm run explore` tries all, everywhere. */
const stride = 8

/** Members of trafficRouting that say how, and not by what. */
const notRouters: readonly string[] = ['managedRoutes', 'maxTrafficWeight', 'sessionAffinity']

/** A few points of every scenario, each by another kind of fault, spread over the whole of its course. */
const someOf = async (scenario: Explorable, number: number): Promise<readonly Point[]> => {
  const some = faults.filter((_, index) => (index + number) % stride === 0)
  const points: Point[] = []
  for (const [index, fault] of some.entries()) {
    const all = await pointsOf(scenario, fault)
    points.push(...all.slice(Math.floor((all.length * (index + 0.5)) / some.length)).slice(0, 1))
  }
  return points
}

describe('whatever goes wrong with one call of the controllers', () => {
  for (const [number, scenario] of explorables.entries()) {
    it(`${scenario.name} comes to the same end`, async () => {
      const points = await someOf(scenario, number)
      assert.ok(points.length >= faults.length / stride - 1)
      for (const point of points) await explore(point)
    })
  }
})

describe('what is explored', () => {
  it('has a release by each router that a spec can name', () => {
    const { plugins: _, ...named } = trafficRouting.shape
    const explored = Object.values(exploredRouters).flatMap(({ builder }) =>
      Object.keys(builder.build().spec.strategy?.canary?.trafficRouting ?? {}),
    )
    const routers = Object.keys(named).filter((name) => !notRouters.includes(name))
    assert.deepEqual([...new Set(explored)].sort(), [...routers, 'plugins'].sort())
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

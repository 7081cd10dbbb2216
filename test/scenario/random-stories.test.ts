import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FaultKind, FaultRule } from '../../src/sandbox/faults.ts'
import { controllerUser } from '../../src/sandbox/operator-port.ts'
import { type Random, seededRandom } from '../../src/sandbox/random.ts'
import type { ScenarioChange } from '../../src/sandbox/scenario/schema.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, anIngress, servicePair } from '../builders/objects.ts'
import {
  analysis,
  aRollout,
  pause,
  type RolloutBuilder,
  setCanaryScale,
  setWeight,
} from '../builders/rollout-builder.ts'
import { expectTraffic, rollout, sizesOf, theRollout } from './expect.ts'
import { Story } from './harness.ts'

/** Which stories are made up: `CROSSFADE_STORIES=0-499` explores more, `CROSSFADE_STORIES=17` tells one again. */
const [first = 0, last = first] = (process.env.CROSSFADE_STORIES ?? '0-11').split('-').map(Number)

const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)]
  return item ?? assert.fail('nothing to pick from')
}

const web = { rollout: 'web' }
const steps = [
  setWeight(20),
  pause('20s'),
  setCanaryScale({ weight: 60 }),
  analysis('check'),
  setWeight(50),
  pause(),
  setWeight(80),
]
const plainSteps = [setWeight(20), pause('20s'), analysis('check'), setWeight(50), pause(), setWeight(80)]

const strategies: Readonly<Record<string, (builder: RolloutBuilder) => RolloutBuilder>> = {
  pods: (builder) => builder.withSteps(...plainSteps),
  route: (builder) => builder.withSteps(...steps).routedByHttpRoute('web'),
  ingress: (builder) => builder.withSteps(...plainSteps).routedByIngress('web'),
  'route, dynamic stable': (builder) =>
    builder.withCanary({ steps: plainSteps, dynamicStableScale: true }).routedByHttpRoute('web'),
  'route, short delays': (builder) =>
    builder
      .withCanary({ steps: plainSteps, scaleDownDelaySeconds: 5, abortScaleDownDelaySeconds: 60 })
      .routedByHttpRoute('web'),
  'blue/green': (builder) =>
    builder.withSpec({ strategy: { blueGreen: { activeService: 'web-stable', previewService: 'web-canary' } } }),
  'blue/green, by hand': (builder) =>
    builder.withSpec({
      strategy: {
        blueGreen: {
          activeService: 'web-stable',
          autoPromotionEnabled: false,
          previewReplicaCount: 1,
          previewService: 'web-canary',
        },
      },
    }),
}

const kinds: readonly FaultKind[] = [
  'error',
  'throttle',
  'conflict',
  'network',
  'lose-response',
  'crash-before',
  'crash-after',
  'stale',
]

const faultsOf = (random: Random): readonly FaultRule[] =>
  Array.from({ length: Math.floor(random() * 4) }, () => ({
    target: { user: controllerUser },
    kind: pick(random, kinds),
    nth: 1 + Math.floor(random() * 120),
  }))

type Action = (random: Random) => ScenarioChange

/** What people, pipelines and autoscalers do, good or not. */
const actions: readonly Action[] = [
  (random) => ({ setImage: { ...web, image: `web:${1 + Math.floor(random() * 4)}` } }),
  (random) => ({ setImage: { ...web, image: `web:${1 + Math.floor(random() * 4)}` } }),
  () => ({ promote: web }),
  () => ({ promote: web }),
  () => ({ promote: { ...web, full: true } }),
  () => ({ abort: web }),
  () => ({ retry: web }),
  () => ({ pause: web }),
  (random) => ({ scale: { ...web, replicas: 2 + Math.floor(random() * 7) } }),
]

const begin = async (random: Random, strategy: string): Promise<Story> => {
  const told = new Story({
    seed: Math.floor(random() * 1e9),
    faults: faultsOf(random),
    metrics: [{ metric: 'check', cases: [{ image: 'web:3', values: [0.5] }, { values: [0.99] }] }],
    pods: [{ behavior: { readyAfterMs: 2000 } }, { image: 'web:4', behavior: { neverReady: true } }],
  })
  const make = strategies[strategy] ?? assert.fail(strategy)
  const check = anAnalysisTemplate('check', aMetric('check', { count: 2, interval: '5s' }))
  const routing = strategy === 'ingress' ? anIngress('web') : anHttpRoute('web')
  await told.begin(...servicePair('web'), routing, check, make(aRollout('web').withReplicas(4)).build())
  return told
}

/** Whatever happened before: a good version that is promoted, and then in full, becomes healthy and gets every request. */
const endWell = async (told: Story, replicas: number | undefined): Promise<void> => {
  told.act({ setImage: { ...web, image: 'web:5' } })
  await told.pass('5s')
  // A full promotion does not end a pause by hand; a plain one does.
  told.act({ promote: web })
  told.act({ promote: { ...web, full: true } })
  await told.until(rollout('web').isHealthy(), '30m')
  await told.pass('3m')
  told.expect(rollout('web').isHealthy())
  assert.deepEqual(Object.values(sizesOf(told, 'web')), [replicas], told.describe())
  const [revision] = Object.keys(sizesOf(told, 'web'))
  expectTraffic(told, 'web', { [revision ?? '']: 100 })
}

const tell = async (number: number): Promise<void> => {
  const random = seededRandom(number)
  const strategy = Object.keys(strategies)[number % Object.keys(strategies).length] ?? ''
  const told = await begin(random, strategy)
  const done: string[] = []
  try {
    for (let moves = 6 + Math.floor(random() * 10); moves > 0; moves -= 1) {
      const seconds = Math.floor(random() * 60)
      await told.pass(`${seconds}s`)
      const change = pick(random, actions)(random)
      done.push(`${Math.round(told.nowMs / 1000)}s ${JSON.stringify(change)}`)
      told.act(change)
    }
    await told.pass('2m')
    await endWell(told, theRollout(told.sandbox, 'web').spec.replicas)
    await told.conclude()
  } catch (error) {
    throw new Error(`story ${number} (${strategy}):\n${done.join('\n')}`, { cause: error })
  }
}

describe('whatever people do while things go wrong', () => {
  for (let number = first; number <= last; number += 1) {
    it(`every promise holds and a good version can be promoted: story ${number}`, () => tell(number))
  }
})

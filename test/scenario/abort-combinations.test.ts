import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { RolloutManifest } from '../../src/api/rollout.ts'
import type { CanaryStep } from '../../src/api/steps.ts'
import { anHttpRoute, anIngress, servicePair } from '../builders/objects.ts'
import { aRollout, pause, type RolloutBuilder, setCanaryScale, setWeight } from '../builders/rollout-builder.ts'
import { expectTraffic, rollout, sizesOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const steps = [setWeight(20), pause(), setWeight(60), pause()]
const scaledSteps = [setWeight(20), pause(), setCanaryScale({ replicas: 4 }), setWeight(60), pause()]
const base = aRollout('web').withReplicas(5)

interface Router {
  readonly route: (builder: RolloutBuilder) => RolloutBuilder
  readonly shapes: Readonly<Record<string, CanaryStep[]>>
}

const routers: Readonly<Record<string, Router>> = {
  'an HTTPRoute': {
    route: (builder) => builder.routedByHttpRoute('web'),
    shapes: { weights: steps, 'weights and sizes': scaledSteps },
  },
  'an ingress': { route: (builder) => builder.routedByIngress('web'), shapes: { weights: steps } },
}

type Options = Partial<NonNullable<NonNullable<RolloutManifest['spec']['strategy']>['canary']>>

const options: Readonly<Record<string, Options>> = {
  'the defaults': {},
  'a long delay': { abortScaleDownDelaySeconds: 600 },
  'no scale-down': { abortScaleDownDelaySeconds: 0 },
  dynamicStableScale: { dynamicStableScale: true },
  'dynamicStableScale and a delay': { dynamicStableScale: true, abortScaleDownDelaySeconds: 60 },
  'dynamicStableScale and no scale-down': { dynamicStableScale: true, abortScaleDownDelaySeconds: 0 },
  minPodsPerReplicaSet: { minPodsPerReplicaSet: 2 },
  'a threshold': { replicaProgressThreshold: { type: 'Percent', value: 60 } },
}

/** How long after an abort everything is as it is to stay: the delay, and time for pods to come and go. */
const settledAfter = ({ abortScaleDownDelaySeconds = 30 }: Options): string => `${abortScaleDownDelaySeconds + 60}s`

const release = async (told: Story, builder: RolloutBuilder): Promise<void> => {
  const isNginx = builder.build().spec.strategy?.canary?.trafficRouting?.nginx !== undefined
  await told.begin(...servicePair('web'), isNginx ? anIngress('web') : anHttpRoute('web'), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
  await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  told.act({ promote: { rollout: 'web' } })
  await told.pass('30s')
}

const abortAndJudge = async (told: Story, option: Options): Promise<void> => {
  told.act({ abort: { rollout: 'web' } })
  await told.pass(settledAfter(option))
  told.expect(rollout('web').isDegraded(/^RolloutAborted/))
  const { 1: stable, 2: canary = 0 } = sizesOf(told, 'web')
  assert.equal(stable, 5, told.describe())
  const stays = option.abortScaleDownDelaySeconds === 0
  assert.equal(canary > 0, stays, `the canary has ${canary} pods\n${told.describe()}`)
  expectTraffic(told, 'web', { 1: 100 })
}

for (const [router, { route, shapes }] of Object.entries(routers)) {
  describe(`an abort of a canary routed by ${router}`, () => {
    for (const [name, option] of Object.entries(options)) {
      for (const [shape, shapedSteps] of Object.entries(shapes)) {
        story(`ends with stable serving everything: ${name}, ${shape}`, {}, async (told) => {
          await release(told, route(base.withCanary({ ...option, steps: shapedSteps })))
          await abortAndJudge(told, option)
        })
      }
    }
  })
}

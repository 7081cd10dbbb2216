import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { anHttpRoute, aService, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { ask, deploy, manual, patchSpec, pods, serves, services, web } from './blue-green-story.ts'
import { expectTraffic, rollout, theRollout, trafficOf } from './expect.ts'
import { type Story, story } from './harness.ts'

const steps = [setWeight(34), pause()]
const canary = aRollout('web')
  .withReplicas(3)
  .withSteps(...steps)
const blueGreen = { activeService: 'web-active', previewService: 'web-preview', autoPromotionEnabled: false }

const toCanary = (told: Story, strategy: object = { steps }): void =>
  patchSpec(told, { strategy: { blueGreen: null, canary: strategy } })
const toBlueGreen = (told: Story, strategy: object = blueGreen): void =>
  patchSpec(told, { strategy: { canary: null, blueGreen: strategy } })

const selectorOf = ({ sandbox }: Story, name: string) =>
  sandbox.cluster.get('Service', { namespace: 'default', name })?.spec.selector

describe('a change from blue/green to canary', () => {
  story('of a settled Rollout moves no pod, and gives the Services back', {}, async (told) => {
    await deploy(told, web)
    toCanary(told)
    await told.until(rollout('web').isHealthy(), '5s')
    await told.pass('1m')
    told.expect(rollout('web').isHealthy())
    told.expect(pods({ 1: 3 }))
    assert.deepEqual(selectorOf(told, 'web-active'), { app: 'web' })
    const { status } = theRollout(told.sandbox, 'web')
    assert.deepEqual(status?.blueGreen, {})
    assert.equal(status?.selector, 'app=web')
    ask(told, 2)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.expect(pods({ 1: 2, 2: 1 }))
  })

  story('together with a new version begins its steps', {}, async (told) => {
    await deploy(told, web)
    const { spec } = web.withImage('web:2').build()
    patchSpec(told, { template: spec.template, strategy: { blueGreen: null, canary: { steps } } })
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.expect(pods({ 1: 2, 2: 1 }))
    assert.equal(selectorOf(told, 'web-active')?.[podTemplateHashLabel], undefined)
  })

  story('in the middle of a release begins the steps with the new version', {}, async (told) => {
    await deploy(told, manual)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    toCanary(told)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.expect(pods({ 1: 2, 2: 1 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(pods({ 2: 3 }))
  })

  story('with a router keeps the active Service as the stable one', {}, async (told) => {
    await deploy(told, web, aService('web-canary', 'web'), {
      ...anHttpRoute('web'),
      spec: {
        rules: [
          {
            backendRefs: [
              { name: 'web-active', port: 80, weight: 100 },
              { name: 'web-canary', port: 80, weight: 0 },
            ],
          },
        ],
      },
    })
    const routed = {
      stableService: 'web-active',
      canaryService: 'web-canary',
      trafficRouting: { gatewayAPI: { httpRoute: 'web' } },
    }
    toCanary(told, { steps, ...routed })
    await told.until(rollout('web').isHealthy(), '5s')
    ask(told, 2)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    expectTraffic(told, 'web', { 1: 66, 2: 34 })
  })
})

describe('a change from canary to blue/green', () => {
  story('of a settled Rollout moves no pod, and switches the active Service to it', {}, async (told) => {
    await told.begin(...services, canary.build())
    await told.until(rollout('web').isHealthy(), '1m')
    toBlueGreen(told)
    await told.until(rollout('web').isHealthy(), '5s')
    told.expect(serves(1))
    told.expect(pods({ 1: 3 }))
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(status?.currentStepIndex, undefined)
    assert.equal(status?.currentStepHash, undefined)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(serves(1))
  })

  story('in the middle of a release never sends users to the new version unasked', {}, async (told) => {
    await told.begin(...services, canary.build())
    await told.until(rollout('web').isHealthy(), '1m')
    ask(told, 2)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    toBlueGreen(told)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    await told.until(serves(1), '30s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.pass('10m')
    told.expect(pods({ 1: 3, 2: 3 }))
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5s')
    told.expect(serves(2))
    await told.until(pods({ 2: 3 }), '1m')
  })

  story('after an abort starts the release again', {}, async (told) => {
    await told.begin(...services, canary.build())
    await told.until(rollout('web').isHealthy(), '1m')
    ask(told, 2)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '5s')
    toBlueGreen(told)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.expect(serves(1))
  })

  story('with a router leaves nobody without an answer', {}, async (told) => {
    await told.begin(...services, ...servicePair('web'), anHttpRoute('web'), canary.routedByHttpRoute('web').build())
    await told.until(rollout('web').isHealthy(), '1m')
    ask(told, 2)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '1m')
    toBlueGreen(told, { ...blueGreen, activeService: 'web-stable' })
    await told.until(rollout('web').isPaused('BlueGreenPause'), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5s')
    await told.pass('2m')
    assert.equal(trafficOf(told, 'web').failed, undefined)
    told.expect(pods({ 2: 3 }))
  })
})

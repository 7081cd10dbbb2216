import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { anAnalysisTemplate, anIngress, aService, servicePair } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { eventsOf, rollout } from './expect.ts'
import { type Story, story } from './harness.ts'

/*
 * What `kubectl describe` and notifications tell of whole releases: which reasons come, and in which order, is what
 * automation was written against.
 */

const web = aRollout('web').withReplicas(3)
const check = anAnalysisTemplate('check')
const good = { metrics: [{ metric: 'check', cases: [{ values: [1] }] }] }
const bad = { metrics: [{ metric: 'check', cases: [{ values: [0] }] }] }

/** Reasons of the events about the Rollout since the first `skipped`, with what tells those of a kind apart. */
const told = (of: Story, skipped = 0): readonly string[] => {
  const sets = of.sandbox.cluster.list('ReplicaSet', 'default')
  const versions = new Map(
    sets.map(({ metadata, spec }) => [
      metadata.labels?.[podTemplateHashLabel] ?? '',
      spec.template.spec?.containers[0]?.image?.slice(4) ?? '',
    ]),
  )
  return eventsOf(of, 'Rollout default/web')
    .slice(skipped)
    .map((text) => {
      const [reason = '', message = ''] = text.split(/: (.*)/s)
      const [, direction, hash = '', size] = /Scaled (\w+) ReplicaSet web-(\w+) .* to (\d+)$/.exec(message) ?? []
      if (direction !== undefined) return `${reason} ${direction} ${versions.get(hash)} to ${size}`
      const [, service, to = ''] = /service '([\w-]+)' from '\w*' to '(\w*)'/.exec(message) ?? []
      if (service !== undefined) return `${reason} ${service} ${versions.get(to)}`
      const [, kind] = /^(\w+) Analysis Run/.exec(message) ?? []
      if (kind !== undefined) return `${reason} ${kind}`
      const [, weight] = /to (\d+)$/.exec(message) ?? []
      return reason === 'TrafficWeightUpdated' ? `${reason} ${weight}` : reason
    })
}

const release = (of: Story): void => of.act({ setImage: { rollout: 'web', image: 'web:2' } })

describe('the events of a first deploy', () => {
  const canary = [
    'RolloutAddedToInformer',
    'RolloutUpdated',
    'NewReplicaSetCreated',
    'RolloutNotCompleted',
    'ScalingReplicaSet up 1 to 3',
    'RolloutCompleted',
  ]

  story('of a canary', {}, async (of) => {
    await of.begin(web.withSteps(setWeight(20), pause()).build())
    await of.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(told(of), canary)
  })

  story('of a canary with a router: Services first, then the weight', {}, async (of) => {
    const routed = web.withSteps(setWeight(20), pause()).routedByIngress('web')
    await of.begin(...servicePair('web'), anIngress('web'), routed.build())
    await of.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(told(of), [
      ...canary,
      'SwitchService web-stable 1',
      'SwitchService web-canary 1',
      'CreatingCanaryIngress',
      'TrafficWeightUpdated 0',
    ])
  })
})

describe('the events of a canary', () => {
  const routed = web.withSteps(setWeight(20), analysis('check'), setWeight(60), pause('10s')).routedByIngress('web')

  const deploy = async (of: Story): Promise<number> => {
    await of.begin(...servicePair('web'), anIngress('web'), check, routed.build())
    await of.until(rollout('web').isHealthy(), '2m')
    return told(of).length
  }

  const first = [
    'RolloutUpdated',
    'NewReplicaSetCreated',
    'RolloutNotCompleted',
    'ScalingReplicaSet up 2 to 1',
    'SwitchService web-canary 2',
    'PatchingCanaryIngress',
    'TrafficWeightUpdated 20',
    'RolloutStepCompleted',
    'AnalysisRunRunning Step',
  ]

  story('that ends well', good, async (of) => {
    const before = await deploy(of)
    release(of)
    await of.until(rollout('web').isHealthy(), '5m')
    await of.pass('1m')
    assert.deepEqual(told(of, before), [
      ...first,
      'AnalysisRunSuccessful Step',
      'RolloutStepCompleted',
      'ScalingReplicaSet up 2 to 2',
      'PatchingCanaryIngress',
      'TrafficWeightUpdated 60',
      'RolloutStepCompleted',
      'RolloutPaused',
      'RolloutStepCompleted',
      'RolloutResumed',
      'ScalingReplicaSet up 2 to 3',
      'PatchingCanaryIngress',
      'TrafficWeightUpdated 100',
      'RolloutCompleted',
      'SwitchService web-stable 2',
      'PatchingCanaryIngress',
      'TrafficWeightUpdated 0',
      'ScalingReplicaSet down 1 to 0',
    ])
  })

  story('that is aborted by its analysis', bad, async (of) => {
    const before = await deploy(of)
    release(of)
    await of.until(rollout('web').isDegraded(), '5m')
    await of.pass('1m')
    assert.deepEqual(told(of, before), [
      ...first,
      'AnalysisRunFailed Step',
      'RolloutAborted',
      'SwitchService web-canary 1',
      'PatchingCanaryIngress',
      'TrafficWeightUpdated 0',
      'ScalingReplicaSet down 2 to 0',
    ])
  })
})

describe('the events of blue/green', () => {
  const templates = [{ templateName: 'check' }]
  const judged = web.withBlueGreen({
    activeService: 'web-active',
    previewService: 'web-preview',
    prePromotionAnalysis: { templates },
    postPromotionAnalysis: { templates },
  })

  const deploy = async (of: Story): Promise<number> => {
    await of.begin(aService('web-active', 'web'), aService('web-preview', 'web'), check, judged.build())
    await of.until(rollout('web').isHealthy(), '2m')
    return told(of).length
  }

  const first = [
    'RolloutUpdated',
    'NewReplicaSetCreated',
    'SwitchService web-preview 2',
    'RolloutNotCompleted',
    'ScalingReplicaSet up 2 to 3',
    'AnalysisRunRunning PrePromotion',
  ]

  story('that ends well', good, async (of) => {
    const before = await deploy(of)
    release(of)
    await of.until(rollout('web').isHealthy(), '5m')
    await of.pass('1m')
    assert.deepEqual(told(of, before), [
      ...first,
      // The switch is decided by the run itself, and the run is told of when the status shows it.
      'SwitchService web-active 2',
      'AnalysisRunSuccessful PrePromotion',
      'AnalysisRunRunning PostPromotion',
      'AnalysisRunSuccessful PostPromotion',
      'RolloutCompleted',
      'ScalingReplicaSet down 1 to 0',
    ])
  })

  story('that is aborted before its switch', bad, async (of) => {
    const before = await deploy(of)
    release(of)
    await of.until(rollout('web').isDegraded(), '5m')
    await of.pass('1m')
    assert.deepEqual(told(of, before), [
      ...first,
      'AnalysisRunFailed PrePromotion',
      'RolloutAborted',
      'ScalingReplicaSet down 2 to 0',
    ])
  })
})

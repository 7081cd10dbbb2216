import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { MetricRule } from '../../src/sandbox/metrics/metric-rule.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { ask, blueGreenOf, deploy, manual, pods, previews, serves, web } from './blue-green-story.ts'
import { eventsOf, expectEvents, expectTraffic, rollout, runsOf, theRollout } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const check = anAnalysisTemplate('check')
const templates = [{ templateName: 'check' }]
const before = { prePromotionAnalysis: { templates } }
const after = { postPromotionAnalysis: { templates } }

const measured = (...cases: MetricRule['cases']): StoryOptions => ({ metrics: [{ metric: 'check', cases }] })
const good = measured({ values: [1] })
const bad = measured({ values: [0] })
const failure = 'Metric "check" assessed Failed due to failed (1) > failureLimit (0)'

const long = anAnalysisTemplate('check', aMetric('check', { interval: '60s', count: 20 }))

const phasesOf = (told: Story): readonly string[] =>
  runsOf(told, 'web')
    .map(({ metadata, status }) => `${metadata.labels?.['rollout-type']} ${status?.phase}`)
    .sort()

describe('an analysis before the switch', () => {
  story('lets a good version pass', good, async (told) => {
    await deploy(told, web.withBlueGreen(before), check)
    ask(told, 2)
    await told.until({ describe: 'a run', holds: () => runsOf(told, 'web').length > 0 }, '5s')
    await told.pass('10s')
    told.expect(serves(1))
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(serves(2))
    const [run] = runsOf(told, 'web')
    assert.equal(run?.metadata.name, `web-${theRollout(told.sandbox, 'web').status?.stableRS}-2-pre`)
    assert.deepEqual(blueGreenOf(told)?.prePromotionAnalysisRunStatus, {
      name: run.metadata.name,
      status: 'Successful',
    })
    expectEvents(told, 'web', [
      `AnalysisRunRunning: PrePromotion Analysis Run '${run.metadata.name}' Status New: 'Running'`,
      "SwitchService: Switched selector for service 'web-active'",
      `AnalysisRunSuccessful: PrePromotion Analysis Run '${run.metadata.name}' Status New: 'Successful'`,
    ])
  })

  story('comes before the pause', good, async (told) => {
    await deploy(told, manual.withBlueGreen({ ...before, previewReplicaCount: 1 }), check)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '2m')
    told.expect(pods({ 1: 3, 2: 1 }))
    assert.deepEqual(phasesOf(told), ['PrePromotion Successful'])
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    assert.deepEqual(phasesOf(told), ['PrePromotion Successful'])
  })

  story('counts after its run is gone, which is not repeated', good, async (told) => {
    await deploy(told, manual.withBlueGreen(before), check)
    ask(told, 2)
    await told.until(rollout('web').isPaused('BlueGreenPause'), '2m')
    const [run] = runsOf(told, 'web')
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', name: run?.metadata.name ?? '' } })
    await told.pass('10m')
    assert.deepEqual(phasesOf(told), [])
    told.expect(rollout('web').isPaused('BlueGreenPause'))
    assert.equal(blueGreenOf(told)?.prePromotionAnalysisRunStatus?.status, 'Successful')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    assert.deepEqual(phasesOf(told), [])
  })

  story('does not count after its run is gone when that was cut off', good, async (told) => {
    await deploy(told, manual.withBlueGreen(before), long)
    ask(told, 2)
    await told.until({ describe: 'a measurement', holds: () => phasesOf(told).includes('PrePromotion Running') }, '1m')
    await told.pass('30s')
    const name = runsOf(told, 'web')[0]?.metadata.name ?? ''
    const run = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', name }
    told.act({ patch: { ...run, patch: { spec: { terminate: true } } } })
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '10s')
    told.act({ delete: run })
    await told.pass('10m')
    told.expect(serves(1))
    told.act({ promote: { rollout: 'web' } })
    await told.until({ describe: 'a new run', holds: () => phasesOf(told).includes('PrePromotion Running') }, '10s')
    told.expect(serves(1))
  })

  story('keeps users away from a bad version', bad, async (told) => {
    await deploy(told, web.withBlueGreen(before), check)
    ask(told, 2)
    await told.until(
      rollout('web').isDegraded(
        `RolloutAborted: Rollout aborted update to revision 2: Blue/green pre-promotion analysis phase error/failed: ${failure}`,
      ),
      '1m',
    )
    expectTraffic(told, 'web', { 1: 100 })
    told.expect(previews(2))
    await told.pass('20s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 1: 3 }), '30s')
    assert.ok(!eventsOf(told, 'Rollout default/web').some((text) => text.includes("'web-active' from '6")))
  })

  const open = anAnalysisTemplate('check', aMetric('check', { failureCondition: 'result[0] < 0.5', count: 1 }))

  story(
    'without a verdict holds the release until a person has it measured again',
    measured({ untilMs: 60_000, values: [0.7] }, { values: [1] }),
    async (told) => {
      await deploy(told, web.withBlueGreen(before), open)
      ask(told, 2)
      await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '30s')
      await told.pass('2m')
      told.expect(serves(1))
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isHealthy(), '1m')
      assert.deepEqual(phasesOf(told), ['PrePromotion Inconclusive', 'PrePromotion Successful'])
    },
  )

  const crashing = [{ image: 'web:2', behavior: { unreadyAfterMs: 12_000 } }]

  story(
    'goes on when pods of the preview fail, and never lets them serve',
    { ...good, pods: crashing },
    async (told) => {
      await deploy(told, web.withBlueGreen(before), check)
      ask(told, 2)
      await told.until({ describe: 'the end', holds: () => phasesOf(told).includes('PrePromotion Successful') }, '2m')
      assert.equal(runsOf(told, 'web')[0]?.spec.terminate ?? false, false)
      await told.pass('2m')
      told.expect(serves(1))
    },
  )

  story('may take longer than progress may', good, async (told) => {
    const strict = web.withBlueGreen(before).withSpec({ progressDeadlineSeconds: 120, progressDeadlineAbort: true })
    await deploy(told, strict.withBlueGreen({ previewReplicaCount: 1 }), long)
    ask(told, 2)
    await told.until(rollout('web').isHealthy(), '25m')
    told.expect(serves(2))
  })

  story('is skipped by a full promotion, and the run ends', good, async (told) => {
    await deploy(told, web.withBlueGreen({ ...before, ...after }), check)
    ask(told, 2)
    await told.until({ describe: 'a run', holds: () => phasesOf(told).includes('PrePromotion Running') }, '10s')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '5s')
    assert.equal(runsOf(told, 'web').length, 1)
    assert.equal(runsOf(told, 'web')[0]?.spec.terminate, true)
    expectEvents(told, 'web', ['RolloutCompleted: Rollout completed update to revision 2'])
  })
})

describe('an analysis after the switch', () => {
  story('makes a good version the stable one', good, async (told) => {
    await deploy(told, web.withBlueGreen(after), check)
    const first = theRollout(told.sandbox, 'web').status?.stableRS
    ask(told, 2)
    await told.until(serves(2), '10s')
    await told.until(rollout('web').isProgressing('waiting for analysis to complete'), '1s')
    assert.equal(theRollout(told.sandbox, 'web').status?.stableRS, first)
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(rollout('web').isHealthy(), '1m')
    assert.deepEqual(phasesOf(told), ['PostPromotion Successful'])
    await told.pass('25s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 2: 3 }), '10s')
  })

  story('brings the old version back when the new one is bad', bad, async (told) => {
    await deploy(told, web.withBlueGreen(after), check)
    ask(told, 2)
    await told.until(serves(2), '10s')
    await told.until(
      rollout('web').isDegraded(
        `RolloutAborted: Rollout aborted update to revision 2: Blue/green post-promotion analysis phase error/failed: ${failure}`,
      ),
      '1m',
    )
    told.expect(serves(1))
    expectTraffic(told, 'web', { 1: 100 })
    await told.pass('20s')
    told.expect(pods({ 1: 3, 2: 3 }))
    await told.until(pods({ 1: 3 }), '30s')
    expectEvents(told, 'web', [
      'SwitchService',
      'RolloutAborted',
      "SwitchService: Switched selector for service 'web-active'",
    ])
  })

  story('is made anew after a retry', measured({ untilMs: 60_000, values: [0] }, { values: [1] }), async (told) => {
    await deploy(told, web.withBlueGreen({ ...after, previewReplicaCount: 1 }), check)
    ask(told, 2)
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('2m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(pods({ 1: 3, 2: 1 }), '1s')
    await told.until(rollout('web').isHealthy(), '2m')
    told.expect(serves(2))
    assert.deepEqual(phasesOf(told), ['PostPromotion Failed', 'PostPromotion Successful'])
  })

  story('is skipped by a return to a version that was good', good, async (told) => {
    await deploy(told, manual.withBlueGreen({ ...before, ...after }), check)
    ask(told, 2)
    await told.until(rollout('web').isPaused(), '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '1m')
    ask(told, 1)
    await told.until(rollout('web').isHealthy(), '1s')
    told.expect(serves(1))
    await told.pass('1m')
    assert.deepEqual(phasesOf(told), ['PostPromotion Successful', 'PrePromotion Successful'])
  })

  story('can be cut short by a return to the old version', good, async (told) => {
    await deploy(told, web.withBlueGreen(after), check)
    ask(told, 2)
    await told.until(serves(2), '10s')
    ask(told, 1)
    await told.until(serves(1), '1s')
    await told.until(rollout('web').isHealthy(), '1s')
    assert.deepEqual(
      runsOf(told, 'web').map(({ spec }) => spec.terminate),
      [true],
    )
  })
})

describe('a version that failed', () => {
  story(
    'is not trusted because it waits to be scaled down',
    measured({ untilMs: 30_000, values: [0] }),
    async (told) => {
      await deploy(told, web.withBlueGreen({ ...before, abortScaleDownDelaySeconds: 600 }), check)
      ask(told, 2)
      await told.until(rollout('web').isDegraded(), '1m')
      ask(told, 3)
      await told.pass('1s')
      ask(told, 2)
      await told.pass('10s')
      told.expect(serves(1))
    },
  )
})

describe('an analysis whose template does not fit', () => {
  const needy = { ...check, spec: { ...check.spec, args: [{ name: 'service' }] } }

  story('is told with its place in the spec, and nothing is switched', good, async (told) => {
    await deploy(told, web, check)
    told.apply({ ...needy })
    told.act({
      patch: {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Rollout',
        name: 'web',
        patch: { spec: { strategy: { blueGreen: { prePromotionAnalysis: { templates } } } } },
      },
    })
    await told.until(rollout('web').isDegraded(/^InvalidSpec: .*spec\.strategy\.blueGreen\.prePromotionAnalysis/), '5s')
    ask(told, 2)
    await told.pass('1m')
    told.expect(serves(1))
  })
})

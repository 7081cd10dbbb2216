import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { MetricRule } from '../../src/sandbox/metrics/metric-rule.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, expectTraffic, rollout, runsOf, sizes, theRollout } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const check = anAnalysisTemplate('check')
const judged = { postPromotionAnalysis: { templates: [{ templateName: 'check' }] } }
const byPods = aRollout('web').withReplicas(4).withSteps(setWeight(50)).withCanary(judged)
const byRoute = byPods.routedByHttpRoute('web')

const measured = (...cases: MetricRule['cases']): StoryOptions => ({ metrics: [{ metric: 'check', cases }] })
const good = measured({ values: [1] })
const bad = measured({ values: [0] })

const failure =
  'RolloutAborted: Rollout aborted update to revision 2: Canary post-promotion analysis phase error/failed: ' +
  'Metric "check" assessed Failed due to failed (1) > failureLimit (0)'

const release = async (told: Story, builder: RolloutBuilder, ...templates: object[]): Promise<void> => {
  const objects = templates.length === 0 ? [check] : templates
  await told.begin(...servicePair('web'), anHttpRoute('web'), ...objects, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const isJudged = (count = 1) => ({
  describe: `${count} analyses after the promotion`,
  holds: (sandbox: Story['sandbox']) => runsOf({ sandbox } as Story, 'web').length === count,
})

const onRun = (told: Story) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  name: runsOf(told, 'web')[0]?.metadata.name ?? assert.fail('there is no AnalysisRun'),
})

const phasesOf = (told: Story): readonly (string | undefined)[] =>
  runsOf(told, 'web')
    .map(({ status }) => status?.phase)
    .sort()

describe('an analysis after a canary has all traffic', () => {
  story('lets a good version become stable, which the old one stays until then', good, async (told) => {
    await release(told, byRoute)
    await told.until(isJudged(), '2m')
    await told.pass('10s')
    expectTraffic(told, 'web', { 2: 100 })
    expectSizes(told, 'web', { 1: 4, 2: 4 })
    told.expect(rollout('web').isStableAt(1))
    told.expect(rollout('web').isProgressing('waiting for analysis to complete'))
    await told.until(rollout('web').isHealthy(), '1m')
    told.expect(rollout('web').isStableAt(2))
    const [run] = runsOf(told, 'web')
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(run?.metadata.name, `web-${status?.stableRS}-2-post`)
    assert.deepEqual(status?.canary?.postPromotionAnalysisRunStatus, { name: run.metadata.name, status: 'Successful' })
    expectEvents(told, 'web', [
      'RolloutStepCompleted',
      `AnalysisRunSuccessful: PostPromotion Analysis Run '${run.metadata.name}' Status New: 'Successful'`,
      'RolloutCompleted: Rollout completed update to revision 2',
    ])
    await told.until(sizes('web', { 2: 4 }), '1m')
  })

  story('takes a bad version back at once, to the pods that were kept', bad, async (told) => {
    await release(told, byRoute)
    await told.until(rollout('web').isDegraded(failure), '2m')
    await told.pass('2s')
    expectTraffic(told, 'web', { 1: 100 })
    told.expect(rollout('web').isStableAt(1))
    await told.until(sizes('web', { 1: 4 }), '2m')
  })

  story('takes it back as fast as the stable pods return, which dynamicStableScale had let go', bad, async (told) => {
    const later = anAnalysisTemplate('check', aMetric('check', { failureLimit: 1 }))
    await release(told, byRoute.withCanary({ dynamicStableScale: true }), later)
    await told.until(isJudged(), '2m')
    await told.pass('2s')
    expectSizes(told, 'web', { 2: 4 })
    await told.until(rollout('web').isDegraded(/failed \(2\) > failureLimit \(1\)$/), '2m')
    await told.until(sizes('web', { 1: 4 }), '2m')
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('waits, without a router, until the old pods are gone', bad, async (told) => {
    await release(told, byPods)
    await told.until(isJudged(), '2m')
    expectSizes(told, 'web', { 2: 4 })
    await told.until(rollout('web').isDegraded(failure), '2m')
    await told.until(sizes('web', { 1: 4 }), '2m')
    told.expect(rollout('web').isStableAt(1))
  })

  story('judges a version with all traffic also where there are no steps to it', bad, async (told) => {
    await release(told, byRoute.withSteps())
    await told.until(isJudged(), '2m')
    expectTraffic(told, 'web', { 2: 100 })
    await told.until(rollout('web').isDegraded(failure), '2m')
    await told.pass('2s')
    expectTraffic(told, 'web', { 1: 100 })
  })

  story('is done anew after a retry', measured({ untilMs: 90_000, values: [0] }, { values: [1] }), async (told) => {
    await release(told, byRoute)
    await told.until(rollout('web').isDegraded(), '2m')
    await told.pass('2m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '3m')
    assert.deepEqual(phasesOf(told), ['Failed', 'Successful'])
    told.expect(rollout('web').isStableAt(2))
  })

  story('is not done for the first version, and skipped by a full promotion', bad, async (told) => {
    await release(told, byRoute.withSteps(setWeight(50), pause()))
    await told.until(rollout('web').isPaused(), '2m')
    assert.deepEqual(runsOf(told, 'web'), [])
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '2m')
    told.expect(rollout('web').isStableAt(2))
    assert.deepEqual(runsOf(told, 'web'), [])
  })

  story('is cut off by a full promotion', good, async (told) => {
    await release(told, byRoute, anAnalysisTemplate('check', aMetric('check', { count: 100 })))
    await told.until(isJudged(), '2m')
    await told.pass('1m')
    told.act({ promote: { rollout: 'web', full: true } })
    await told.until(rollout('web').isHealthy(), '1m')
    await told.pass('5s')
    assert.equal(runsOf(told, 'web')[0]?.spec.terminate, true)
  })

  story('holds a version that it cannot judge, until somebody asks to measure again', good, async (told) => {
    const undecided = aMetric('check', { successCondition: 'result[0] > 1', failureCondition: 'result[0] < 1' })
    await release(told, byRoute, anAnalysisTemplate('check', undecided))
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '2m')
    await told.pass('1h')
    expectTraffic(told, 'web', { 2: 100 })
    told.expect(rollout('web').isStableAt(1))
    told.apply(check)
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '2m')
    assert.deepEqual(phasesOf(told), ['Inconclusive', 'Successful'])
  })

  story('never passes a version on a run that somebody ended', good, async (told) => {
    await release(told, byRoute, anAnalysisTemplate('check', aMetric('check', { count: 100 })))
    await told.until(isJudged(), '2m')
    await told.pass('30s')
    told.act({ patch: { ...onRun(told), patch: { spec: { terminate: true } } } })
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '1m')
    told.expect(rollout('web').isStableAt(1))
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
  })

  story('begins again when its run is deleted in the middle', good, async (told) => {
    await release(told, byRoute)
    await told.until(isJudged(), '2m')
    const { uid } = runsOf(told, 'web')[0]?.metadata ?? {}
    told.act({ delete: onRun(told) })
    await told.until(rollout('web').isHealthy(), '2m')
    assert.notEqual(runsOf(told, 'web')[0]?.metadata.uid, uid)
  })

  story('goes on after the controller was killed', bad, async (told) => {
    await release(told, byRoute)
    await told.until(isJudged(), '2m')
    told.killController()
    await told.until(rollout('web').isDegraded(failure), '2m')
    assert.deepEqual(phasesOf(told), ['Failed'])
  })

  story('is forgotten for a newer version, which is judged itself', good, async (told) => {
    await release(told, byRoute, anAnalysisTemplate('check', aMetric('check', { count: 20 })))
    await told.until(isJudged(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(rollout('web').isHealthy(), '10m')
    told.expect(rollout('web').isStableAt(3))
    const ended = runsOf(told, 'web').map(({ metadata, spec }) => [metadata.name.split('-').at(-2), spec.terminate])
    assert.deepEqual(ended.sort(), [
      ['2', true],
      ['3', undefined],
    ])
  })

  story('is an error of the Rollout while its template is missing', good, async (told) => {
    await told.begin(...servicePair('web'), anHttpRoute('web'), byRoute.build())
    await told.until(
      rollout('web').isDegraded(
        /^InvalidSpec: .*spec\.strategy\.canary\.postPromotionAnalysis\.templates.*AnalysisTemplate 'check' not found/,
      ),
      '1m',
    )
    told.apply(check)
    await told.until(rollout('web').isHealthy(), '2m')
  })
})

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, pause, type RolloutBuilder, setWeight } from '../builders/rollout-builder.ts'
import { expectSizes, rollout, runsOf, theRollout } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const good: StoryOptions = { metrics: [{ metric: 'check', cases: [{ values: [1] }] }] }
const bad: StoryOptions = { metrics: [{ metric: 'check', cases: [{ values: [0] }] }] }

const stepped = aRollout('web').withReplicas(4).withSteps(setWeight(25), pause('30s'), analysis('check'), setWeight(75))
const watched = aRollout('web')
  .withReplicas(4)
  .withCanary({
    steps: [setWeight(25), pause('2m'), setWeight(75)],
    analysis: { templates: [{ templateName: 'check' }] },
  })

const slow = anAnalysisTemplate('check', aMetric('check', { count: 6 }))
const endless = anAnalysisTemplate('check', aMetric('check', { count: 1000 }))

const release = async (told: Story, builder: RolloutBuilder, template: object): Promise<void> => {
  await told.begin(template, builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const isMeasuring = {
  describe: 'a measurement',
  holds: (sandbox: Story['sandbox']) =>
    runsOf({ sandbox } as Story, 'web').some(({ status }) => status?.metricResults !== undefined),
}

const theRun = (told: Story, name = runsOf(told, 'web')[0]?.metadata.name) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisRun',
  name: name ?? assert.fail('there is no AnalysisRun'),
})

const phasesOf = (told: Story) => runsOf(told, 'web').map(({ status }) => status?.phase)

const cases = {
  'a step': { builder: stepped, template: slow },
  'the background': { builder: watched, template: endless },
}

for (const [where, { builder, template }] of Object.entries(cases)) {
  describe(`an analysis of ${where} with which somebody interferes`, () => {
    story('holds the release when it is ended by hand, and is done anew when that is resumed', good, async (told) => {
      await release(told, builder, template)
      await told.until(isMeasuring, '2m')
      told.act({ patch: { ...theRun(told), patch: { spec: { terminate: true } } } })
      await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '10s')
      await told.pass('10m')
      expectSizes(told, 'web', { 1: 3, 2: 1 })
      told.act({ promote: { rollout: 'web' } })
      await told.until({ describe: 'a second run', holds: () => runsOf(told, 'web').length === 2 }, '1m')
      await told.until(rollout('web').isHealthy(), '10m')
    })

    story('is done anew when its run is deleted', good, async (told) => {
      await release(told, builder, template)
      await told.until(isMeasuring, '2m')
      const { uid } = runsOf(told, 'web')[0]?.metadata ?? {}
      told.act({ delete: theRun(told) })
      await told.until(isMeasuring, '1m')
      assert.notEqual(runsOf(told, 'web')[0]?.metadata.uid, uid)
      await told.until(rollout('web').isHealthy(), '10m')
    })

    story('aborts the release though the controller was killed in the middle', bad, async (told) => {
      await release(told, builder, anAnalysisTemplate('check', aMetric('check', { count: 6, failureLimit: 2 })))
      await told.until(isMeasuring, '2m')
      told.killController()
      await told.until(rollout('web').isDegraded(/failed \(3\) > failureLimit \(2\)$/), '2m')
      assert.deepEqual(phasesOf(told), ['Failed'])
    })

    story('aborts the release when its template asks for nothing', good, async (told) => {
      await release(told, builder, { ...slow, spec: { metrics: [] } })
      await told.until(
        rollout('web').isDegraded(/^RolloutAborted: .*Analysis spec invalid: no metrics specified$/),
        '2m',
      )
      assert.deepEqual(phasesOf(told), ['Error'])
    })
  })
}

describe('an analysis step to come', () => {
  const waiting = stepped.withSteps(setWeight(25), pause(), analysis('check'), setWeight(75))

  const atPause = async (told: Story): Promise<void> => {
    await release(told, waiting, slow)
    await told.until(rollout('web').isPaused('CanaryPauseStep'), '2m')
  }

  story('is not passed by the success of a run of its name that somebody else made', bad, async (told) => {
    await atPause(told)
    const hash = theRollout(told.sandbox, 'web').status?.currentPodHash
    const name = `web-${hash}-2-2`
    told.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name },
      spec: slow.spec,
      status: { phase: 'Successful' },
    })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(/^RolloutAborted: .*Step-based analysis phase error\/failed/), '2m')
    assert.deepEqual(
      runsOf(told, 'web').map(({ metadata }) => metadata.name),
      [`${name}.1`],
    )
  })

  story('waits while its template is gone, and says which', good, async (told) => {
    await atPause(told)
    told.act({ delete: { ...theRun(told, 'check'), kind: 'AnalysisTemplate' } })
    await told.until(rollout('web').isDegraded(/^InvalidSpec: .*AnalysisTemplate 'check' not found$/), '10s')
    told.act({ promote: { rollout: 'web' } })
    await told.pass('10m')
    told.expect(rollout('web').isDegraded())
    told.expect(rollout('web').isStableAt(1))
    told.apply(slow)
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(phasesOf(told), ['Successful'])
  })
})

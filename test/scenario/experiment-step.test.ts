import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { isCompleted } from '../../src/api/phases.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { experiment, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, rollout, sizes, theRollout } from './expect.ts'
import { experimentRunsOf, replicaSetsOf, theExperiment } from './expect-experiment.ts'
import { all, check, release, rests, runs, theOnly, web } from './experiment-step.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const always = (value: number): StoryOptions => ({ metrics: [{ metric: 'check', cases: [{ values: [value] }] }] })

const names = (told: Story): readonly string[] => all(told.sandbox).map(({ metadata }) => metadata.name)

const canaryOnly = { templates: [{ name: 'canary', specRef: 'canary' }] }
const byReplicas = web.withSteps(
  setWeight(25),
  experiment({ ...canaryOnly, duration: '1m' }),
  setWeight(75),
  pause('10s'),
)
const judged = web.withSteps(
  setWeight(25),
  experiment({ ...canaryOnly, analyses: [{ name: 'check', templateName: 'check' }] }),
  setWeight(75),
)
const required = web.withSteps(
  setWeight(25),
  experiment({ ...canaryOnly, analyses: [{ name: 'check', templateName: 'check', requiredForCompletion: true }] }),
  pause(),
)
const conditionMessage = (told: Story): string | undefined =>
  theRollout(told.sandbox, 'web').status?.conditions?.find(({ type }) => type === 'Progressing')?.message

describe('an experiment step', () => {
  story('runs a copy of the pods beside the release, and goes on when it has succeeded', {}, async (told) => {
    await release(told, byReplicas)
    await told.until(runs, '1m')
    const { metadata, spec } = theOnly(told)
    const { status } = theRollout(told.sandbox, 'web')
    assert.equal(metadata.name, `web-${status?.currentPodHash}-2-1`)
    assert.equal(metadata.labels?.[podTemplateHashLabel], status?.currentPodHash)
    assert.equal(metadata.annotations?.['rollout.argoproj.io/revision'], '2')
    assert.equal(status?.canary?.currentExperiment, metadata.name)
    assert.equal(spec.templates[0]?.template.spec?.containers[0]?.image, 'web:2')
    told.expect(rollout('web').isAtStep(1))
    told.expect(sizes('web', { 1: 3, 2: 1 }))
    await told.until(rollout('web').isAtStep(2), '2m')
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.currentExperiment, undefined)
    await told.until(rollout('web').isHealthy(), '2m')
    await told.until(rests, '1m')
    expectEvents(told, 'web', [
      `ExperimentCreated: Created Experiment '${metadata.name}'`,
      'RolloutStepCompleted: Rollout step 2/4 completed (experiment)',
      'RolloutCompleted',
    ])
  })

  story('gives the copies labels that neither ReplicaSets nor Services of the Rollout select', {}, async (told) => {
    const builder = byReplicas.withCanary({ stableService: 'web-stable', canaryService: 'web-canary' })
    await release(told, builder)
    await told.until(runs, '1m')
    const set = replicaSetsOf(told.sandbox, theOnly(told).metadata.name).get('canary')
    const { status } = theRollout(told.sandbox, 'web')
    const hash = set?.metadata.labels?.[podTemplateHashLabel]
    assert.ok(hash !== undefined && ![status?.currentPodHash, status?.stableRS].includes(hash))
    assert.equal(set?.spec.selector.matchLabels?.[podTemplateHashLabel], hash)
    assert.equal(set?.spec.template.metadata?.labels?.[podTemplateHashLabel], hash)
    told.expect(sizes('web', { 1: 3, 2: 1 }))
  })

  story('aborts the release when its analysis fails, and tells why', always(0.5), async (told) => {
    await release(told, judged)
    await told.until(rollout('web').isDegraded(), '2m')
    const reason = 'Metric "check" assessed Failed due to failed (1) > failureLimit (0)'
    assert.equal(
      conditionMessage(told),
      `Rollout aborted update to revision 2: Experiment analysis phase is error/failed: ${reason}`,
    )
    assert.equal(theRollout(told.sandbox, 'web').status?.canary?.currentExperiment, undefined)
    await told.until(sizes('web', { 1: 4 }), '1m')
    await told.until(rests, '1m')
  })

  story(
    'aborts the release when its pods do not become available',
    {
      pods: [{ image: 'web:2', labels: { role: 'probe' }, behavior: { neverReady: true } }],
    },
    async (told) => {
      const step = { templates: [{ name: 'canary', specRef: 'canary', metadata: { labels: { role: 'probe' } } }] }
      const builder = web.withSteps(setWeight(25), experiment(step), pause()).withSpec({ progressDeadlineSeconds: 60 })
      await release(told, builder)
      await told.until(rollout('web').isDegraded(/Template 'canary' exceeded its progressDeadlineSeconds \(60\)/), '3m')
    },
  )

  story('mirrors the events of its analyses on the Rollout, good ones as normal ones', always(1), async (told) => {
    await release(told, required)
    await told.until(rollout('web').isPaused(), '2m')
    await told.pass('1s')
    const mirrored = told.sandbox.cluster
      .list('Event', 'default')
      .filter(({ involvedObject, reason }) => involvedObject.kind === 'Rollout' && reason.startsWith('AnalysisRun'))
      .map(({ type, reason, message }) => `${type} ${reason}: ${message}`)
    assert.ok(
      mirrored.includes("Normal AnalysisRunSuccessful: AnalysisRun 'check' transitioned from Running -> Successful"),
      mirrored.join('\n'),
    )
  })

  story(
    'holds the release when there is no verdict, and runs again when somebody resumes',
    {
      metrics: [{ metric: 'check', cases: [{ untilMs: 60_000, values: [0.5] }, { values: [1] }] }],
    },
    async (told) => {
      const metric = aMetric('check', {
        count: 1,
        successCondition: 'result[0] >= 0.95',
        failureCondition: 'result[0] < 0.1',
      })
      const unsure = anAnalysisTemplate('unsure', metric)
      const analyses = [{ name: 'unsure', templateName: 'unsure', requiredForCompletion: true }]
      await release(told, web.withSteps(experiment({ ...canaryOnly, analyses }), pause()), unsure)
      await told.until(rollout('web').isPaused('InconclusiveExperiment'), '1m')
      const [first] = names(told)
      await told.pass('2m')
      assert.deepEqual(names(told), [first])
      told.act({ promote: { rollout: 'web' } })
      await told.until(rollout('web').isAtStep(1), '1m')
      assert.deepEqual(names(told), [first, `${first}-1`])
    },
  )

  story('is skipped by a promotion, which ends the experiment', {}, async (told) => {
    const endless = web.withSteps(setWeight(25), experiment(canaryOnly), setWeight(50), pause())
    await release(told, endless)
    await told.until(runs, '1m')
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isAtStep(3), '1m')
    assert.equal(theOnly(told).spec.terminate, true)
    await told.until(rests, '1m')
  })

  story('ends when the release is aborted, and another one begins with a retry', {}, async (told) => {
    await release(told, byReplicas)
    await told.until(runs, '1m')
    const [first] = names(told)
    told.act({ abort: { rollout: 'web' } })
    await told.until(rests, '1m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(names(told), [first, `${first}-1`])
  })

  story('ends when a newer revision interrupts it', {}, async (told) => {
    await release(told, byReplicas)
    await told.until(runs, '1m')
    const [first] = names(told)
    told.act({ setImage: { rollout: 'web', image: 'web:3' } })
    await told.until(
      {
        describe: 'the first experiment is told to end',
        holds: (sandbox) => theExperiment(sandbox, first ?? '').spec.terminate === true,
      },
      '2s',
    )
    await told.until(rollout('web').isHealthy(), '5m')
    await told.until(rests, '1m')
    assert.equal(names(told).length, 2)
  })

  story('ends without a verdict when somebody ends it before its analyses', always(1), async (told) => {
    await release(told, judged)
    await told.until(runs, '1m')
    const { name } = theOnly(told).metadata
    const patch = { spec: { terminate: true } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name, patch } })
    await told.until(rollout('web').isPaused('InconclusiveExperiment'), '10s')
  })

  story('without analyses and duration is done when somebody ends it', {}, async (told) => {
    await release(told, web.withSteps(setWeight(25), experiment(canaryOnly), pause()))
    await told.until(runs, '1m')
    await told.pass('1h')
    told.expect(rollout('web').isAtStep(1))
    const { name } = theOnly(told).metadata
    const patch = { spec: { terminate: true } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name, patch } })
    await told.until(rollout('web').isAtStep(2), '10s')
  })

  story('goes on where it was when the controller is killed', always(1), async (told) => {
    await release(told, required)
    await told.until(runs, '1m')
    told.killController()
    await told.until(rollout('web').isAtStep(2), '2m')
    assert.equal(names(told).length, 1)
  })

  story('keeps as many finished ones as the history limits say', {}, async (told) => {
    const limits = { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 1 }
    await release(told, byReplicas.withSpec({ analysis: limits }))
    for (const image of ['web:3', 'web:4', 'web:5']) {
      await told.until(rollout('web').isHealthy(), '10m')
      await told.pass('1m')
      told.act({ setImage: { rollout: 'web', image } })
      await told.pass('10s')
    }
    await told.until(rollout('web').isHealthy(), '10m')
    await told.pass('1m')
    assert.equal(all(told.sandbox).filter(({ status }) => isCompleted(status?.phase)).length, 1)
  })

  story('passes the hashes of both versions to the analysis', always(1), async (told) => {
    const args = [
      { name: 'canary', valueFrom: { podTemplateHashValue: 'Latest' as const } },
      { name: 'baseline', value: '{{templates.baseline.podTemplateHash}}' },
    ]
    const template = { ...check, spec: { ...check.spec, args: [{ name: 'canary' }, { name: 'baseline' }] } }
    const analyses = [{ name: 'check', templateName: 'check', args, requiredForCompletion: true }]
    const templates = [
      { name: 'baseline', specRef: 'stable' },
      { name: 'canary', specRef: 'canary' },
    ]
    await release(told, web.withSteps(experiment({ templates, analyses }), pause()), template)
    await told.until(runs, '1m')
    const { name } = theOnly(told).metadata
    const [run] = experimentRunsOf(told, name)
    assert.deepEqual(run?.spec.args, [
      { name: 'canary', value: theRollout(told.sandbox, 'web').status?.currentPodHash },
      {
        name: 'baseline',
        value: replicaSetsOf(told.sandbox, name).get('baseline')?.metadata.labels?.[podTemplateHashLabel],
      },
    ])
  })

  story('refuses a reference to pods that are neither canary nor stable', {}, async (told) => {
    await release(told, web.withSteps(experiment({ templates: [{ name: 'a', specRef: 'preview' }] }), pause()))
    await told.until(
      rollout('web').isDegraded(
        /InvalidSpec: .*spec\.strategy\.canary\.steps\[0\]\.experiment\.templates\[0\]\.specRef: .*Invalid template step SpecRef: must be canary or stable/,
      ),
      '1m',
    )
  })
})

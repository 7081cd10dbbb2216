import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { podTemplateHashLabel } from '../../src/api/labels.ts'
import { anAnalysis, anExperiment, aTemplate } from '../builders/experiment-builder.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import {
  experiment,
  experimentEvents,
  experimentRunsOf,
  replicaSetsOf,
  templateStatusOf,
  theExperiment,
} from './expect-experiment.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const check = anAnalysisTemplate('check', aMetric('check', { count: 3, interval: '10s' }))
const endless = anAnalysisTemplate('check', {
  name: 'check',
  interval: '10s',
  successCondition: 'result[0] >= 0.95',
  provider: { prometheus: { address: 'http://prometheus.example', query: 'check{app="web"}' } },
})
const always = (value: number): StoryOptions => ({ metrics: [{ metric: 'check', cases: [{ values: [value] }] }] })

const ab = anExperiment('ab').withTemplates(aTemplate('a', { replicas: 2 }), aTemplate('b'))
const judged = ab.withAnalyses(anAnalysis('check'))

const change = (story: Story, patch: Record<string, unknown>): void =>
  story.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Experiment', name: 'ab', patch: patch as never } })

describe('an Experiment', () => {
  story('runs its templates for its duration, and leaves no pods', {}, async (told) => {
    await told.begin(ab.lasting('1m').build())
    await told.until(experiment('ab').is('Pending'), '1s')
    await told.until(experiment('ab').is('Running'), '5s')
    told.expect(experiment('ab').hasPods({ a: 2, b: 1 }))
    await told.pass('50s')
    told.expect(experiment('ab').is('Running'))
    await told.until(experiment('ab').is('Successful'), '15s')
    told.expect(experiment('ab').hasPods({ a: 2, b: 1 }))
    // A good end is told before the pods are gone.
    assert.equal(theExperiment(told.sandbox, 'ab').status?.conditions?.[0]?.reason, 'ExperimentCompleted')
    await told.pass('25s')
    told.expect(experiment('ab').hasPods({ a: 2, b: 1 }))
    await told.until(experiment('ab').hasPods({}), '10s')
    await told.pass('1s')
    assert.deepEqual(templateStatusOf(told, 'ab', 'a').status, 'Successful')
    assert.deepEqual(
      theExperiment(told.sandbox, 'ab').status?.conditions?.map(({ type, status, reason, message }) => ({
        type,
        status,
        reason,
        message,
      })),
      [
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ExperimentCompleted',
          message: 'Experiment "ab" has successfully ran and completed.',
        },
      ],
    )
  })

  story('tells what happens in events', {}, async (told) => {
    await told.begin(anExperiment('ab').lasting('1m').build())
    await told.until(experiment('ab').hasPods({}), '2m')
    await told.until(experiment('ab').is('Successful'), '2m')
    await told.until(experiment('ab').hasPods({}), '2m')
    await told.pass('1s')
    assert.deepEqual(experimentEvents(told, 'ab'), [
      "TemplateProgressing: Template 'a' transitioned from  -> Progressing",
      'ExperimentPending: Experiment transitioned from  -> Pending',
      'NewReplicaSetCreated: Created new replica set "ab-a" with size 1',
      'ScalingReplicaSet: Scaled up ReplicaSet ab-a from 0 to 1',
      "TemplateRunning: Template 'a' transitioned from Progressing -> Running",
      'ExperimentRunning: Experiment transitioned from Pending -> Running',
      "TemplateSuccessful: Template 'a' transitioned from Running -> Successful",
      'ExperimentSuccessful: Experiment transitioned from Running -> Successful',
      'ScalingReplicaSet: Scaled down ReplicaSet ab-a from 1 to 0',
    ])
  })

  story(
    'names its ReplicaSets after itself, and gives the pods of each template a hash of their own',
    {},
    async (told) => {
      const same = { ...aTemplate('a'), name: 'b' }
      await told.begin(anExperiment('ab').withTemplates(aTemplate('a'), same).build())
      await told.until(experiment('ab').is('Running'), '10s')
      const sets = replicaSetsOf(told.sandbox, 'ab')
      assert.deepEqual(
        [...sets].map(([template, { metadata }]) => [template, metadata.name]),
        [
          ['a', 'ab-a'],
          ['b', 'ab-b'],
        ],
      )
      const hashes = [...sets.values()].map(({ metadata }) => metadata.labels?.[podTemplateHashLabel])
      assert.equal(new Set(hashes).size, 2)
      const { metadata, spec } = sets.get('a') ?? {}
      assert.deepEqual(metadata?.labels, spec?.template.metadata?.labels)
    },
  )

  story('scales down at once where no delay is wanted', {}, async (told) => {
    await told.begin(ab.lasting('30s').withSpec({ scaleDownDelaySeconds: 0 }).build())
    await told.until(experiment('ab').is('Successful'), '1m')
    await told.until(experiment('ab').hasPods({}), '2s')
  })

  story('without a duration runs until it is told to end', {}, async (told) => {
    await told.begin(ab.build())
    await told.until(experiment('ab').is('Running'), '10s')
    await told.pass('5h')
    told.expect(experiment('ab').is('Running'))
    change(told, { spec: { terminate: true } })
    await told.until(experiment('ab').is('Successful'), '1s')
    await told.until(experiment('ab').hasPods({}), '35s')
  })

  story('follows a changed size while it runs', {}, async (told) => {
    await told.begin(ab.build())
    await told.until(experiment('ab').is('Running'), '10s')
    const templates = [aTemplate('a', { replicas: 1 }), aTemplate('b', { replicas: 3 })]
    change(told, { spec: { templates } })
    await told.until(experiment('ab').hasPods({ a: 1, b: 3 }), '10s')
  })

  story('fails when its pods do not become available in time', crashing('b'), async (told) => {
    await told.begin(ab.withSpec({ progressDeadlineSeconds: 60 }).build())
    await told.pass('55s')
    told.expect(experiment('ab').is('Pending'))
    await told.until(experiment('ab').is('Failed', "Template 'b' exceeded its progressDeadlineSeconds (60)"), '20s')
    assert.equal(templateStatusOf(told, 'ab', 'b').status, 'Failed')
    await told.until(experiment('ab').hasPods({}), '40s')
    const message = "Template 'b' exceeded its progressDeadlineSeconds (60)"
    assert.ok(
      experimentEvents(told, 'ab').includes(
        `TemplateFailed: Template 'b' transitioned from Progressing -> Failed: ${message}`,
      ),
    )
  })

  story('runs again when it is retried, with the ReplicaSets that it has', {}, async (told) => {
    await told.begin(ab.lasting('30s').build())
    await told.until(experiment('ab').is('Successful'), '1m')
    await told.pass('5s')
    const before = replicaSetsOf(told.sandbox, 'ab').get('a')?.metadata.uid
    change(told, { status: null })
    await told.until(experiment('ab').is('Running'), '10s')
    await told.pass('29s')
    told.expect(experiment('ab').hasPods({ a: 2, b: 1 }))
    assert.equal(replicaSetsOf(told.sandbox, 'ab').get('a')?.metadata.uid, before)
    await told.until(experiment('ab').is('Successful'), '5s')
    await told.until(experiment('ab').hasPods({}), '40s')
  })

  story('goes on where it was when the controller is killed', {}, async (told) => {
    await told.begin(ab.lasting('1m').build())
    await told.until(experiment('ab').is('Running'), '10s')
    const since = theExperiment(told.sandbox, 'ab').status?.availableAt
    told.killController()
    await told.pass('10s')
    assert.equal(theExperiment(told.sandbox, 'ab').status?.availableAt, since)
    await told.until(experiment('ab').is('Successful'), '52s')
  })

  story('writes nothing once it is over', {}, async (told) => {
    await told.begin(ab.lasting('10s').withSpec({ scaleDownDelaySeconds: 0 }).build())
    await told.until(experiment('ab').is('Successful'), '1m')
    await told.pass('1m')
    const { resourceVersion } = theExperiment(told.sandbox, 'ab').metadata
    await told.pass('10m')
    told.killController()
    await told.pass('10m')
    assert.equal(theExperiment(told.sandbox, 'ab').metadata.resourceVersion, resourceVersion)
  })
})

function crashing(version: string): StoryOptions {
  return { pods: [{ labels: { version }, behavior: { neverReady: true } }] }
}

describe('an Experiment with analyses', () => {
  story('starts them when all pods are available', always(1), async (told) => {
    await told.begin(check, judged.lasting('1m').build())
    await told.until(experiment('ab').is('Pending'), '1s')
    assert.deepEqual(experimentRunsOf(told, 'ab'), [])
    await told.until(experiment('ab').is('Running'), '10s')
    const [run] = experimentRunsOf(told, 'ab')
    assert.equal(run?.metadata.name, 'ab-check')
    await told.until(experiment('ab').is('Successful'), '2m')
    assert.deepEqual(theExperiment(told.sandbox, 'ab').status?.analysisRuns, [
      { name: 'check', analysisRun: 'ab-check', phase: 'Successful' },
    ])
  })

  story('ends with a failed one at once', always(0.5), async (told) => {
    await told.begin(check, judged.lasting('10m').build())
    const message = 'Metric "check" assessed Failed due to failed (1) > failureLimit (0)'
    await told.until(experiment('ab').is('Failed', message), '30s')
    await told.until(experiment('ab').hasPods({}), '40s')
    const events = experimentEvents(told, 'ab')
    const at = (text: string): number => events.findIndex((event) => event.startsWith(text))
    assert.ok(at("AnalysisRunFailed: AnalysisRun 'check' transitioned from ") > 0, events.join('\n'))
    assert.ok(at('ExperimentFailed: ') > at('AnalysisRunFailed: '))
    assert.ok(at("TemplateSuccessful: Template 'a'") > at('ExperimentFailed: '))
  })

  story('ends as soon as the required ones have succeeded', always(1), async (told) => {
    const required = ab.withAnalyses(anAnalysis('check', { requiredForCompletion: true }))
    await told.begin(check, required.build())
    await told.until(experiment('ab').is('Successful', 'Required AnalysisRuns completed'), '1m')
    await told.until(experiment('ab').hasPods({}), '40s')
  })

  story('cuts off what is measured when its time is over', always(1), async (told) => {
    await told.begin(endless, judged.lasting('1m').build())
    await told.until(experiment('ab').is('Successful'), '2m')
    await told.pass('1s')
    const [run] = experimentRunsOf(told, 'ab')
    assert.equal(run?.spec.terminate, true)
    assert.ok(experimentEvents(told, 'ab').includes('AnalysisRunTerminating: Terminating check (ab-check)'))
  })

  story('has no verdict when it is told to end before the required ones have succeeded', always(1), async (told) => {
    const required = ab.withAnalyses(anAnalysis('check', { requiredForCompletion: true }))
    await told.begin(endless, required.build())
    await told.until(experiment('ab').is('Running'), '10s')
    await told.pass('20s')
    change(told, { spec: { terminate: true } })
    const message = 'Terminated before the required AnalysisRuns completed'
    await told.until(experiment('ab').is('Inconclusive', message), '5s')
  })

  story('takes a run that somebody ended for no verdict', always(1), async (told) => {
    const required = ab.withAnalyses(anAnalysis('check', { requiredForCompletion: true }))
    await told.begin(endless, required.build())
    await told.until(experiment('ab').is('Running'), '10s')
    await told.pass('5s')
    const patch = { spec: { terminate: true } }
    told.act({ patch: { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', name: 'ab-check', patch } })
    await told.until(experiment('ab').is('Inconclusive'), '5s')
  })

  story('measures anew when it is retried', always(1), async (told) => {
    await told.begin(check, judged.lasting('40s').build())
    await told.until(experiment('ab').is('Successful'), '2m')
    change(told, { status: null })
    await told.until(experiment('ab').is('Running'), '10s')
    await told.until(experiment('ab').is('Successful'), '2m')
    const names = experimentRunsOf(told, 'ab').map(({ metadata }) => metadata.name)
    assert.deepEqual(names.sort(), ['ab-check', 'ab-check.1'])
  })

  story('says which template is missing, and ends', {}, async (told) => {
    await told.begin(judged.build())
    await told.until(
      experiment('ab').is(
        'Error',
        `AnalysisTemplate verification failed for analysis 'check': analysistemplate.argoproj.io "check" not found`,
      ),
      '1s',
    )
    await told.until(experiment('ab').hasPods({}), '40s')
  })

  story('says which argument cannot be resolved, and ends', always(1), async (told) => {
    const args = [{ name: 'host', value: '{{templates.c.podTemplateHash}}' }]
    await told.begin(check, ab.withAnalyses(anAnalysis('check', { args })).build())
    await told.until(
      experiment('ab').is(
        'Error',
        "Failed to create AnalysisRun for analysis 'check': failed to resolve {{templates.c.podTemplateHash}}",
      ),
      '10s',
    )
  })

  story('passes on arguments: values, fields of its own, and Secrets', always(1), async (told) => {
    const given = ['hash', 'set', 'until', 'name', 'token'].map((name) => ({ name }))
    const template = { ...check, spec: { ...check.spec, args: given } }
    const args = [
      { name: 'hash', value: 'v-{{templates.b.podTemplateHash}}' },
      { name: 'set', value: '{{templates.b.replicaset.name}}' },
      { name: 'until', value: '{{experiment.finishedAt}}' },
      { name: 'name', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'token', valueFrom: { secretKeyRef: { name: 'prometheus', key: 'token' } } },
    ]
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'prometheus' },
      stringData: { token: 't0ken' },
    }
    await told.begin(secret, template, ab.withAnalyses(anAnalysis('check', { args })).lasting('1m').build())
    await told.until(experiment('ab').is('Running'), '10s')
    const [run] = experimentRunsOf(told, 'ab')
    const { status } = theExperiment(told.sandbox, 'ab')
    const end = new Date(Date.parse(status?.availableAt ?? '') + 60_000).toISOString().replace('.000', '')
    const hash = replicaSetsOf(told.sandbox, 'ab').get('b')?.metadata.labels?.[podTemplateHashLabel]
    assert.deepEqual(run?.spec.args, [
      { name: 'hash', value: `v-${hash}` },
      { name: 'set', value: 'ab-b' },
      { name: 'until', value: end },
      { name: 'name', value: 'ab' },
      { name: 'token', valueFrom: { secretKeyRef: { name: 'prometheus', key: 'token' } } },
    ])
  })

  story('gives each run the rules that are about its metrics', always(1), async (told) => {
    const other = anAnalysisTemplate('other', aMetric('check', { name: 'latency' }))
    const two = ab.withAnalyses(anAnalysis('check'), anAnalysis('other'))
    const rules = [{ metricName: 'check' }]
    await told.begin(check, other, two.withSpec({ dryRun: rules, duration: '1m' }).build())
    await told.until(experiment('ab').is('Running'), '10s')
    const dryRuns = experimentRunsOf(told, 'ab').map(({ metadata, spec }) => [metadata.name, spec.dryRun])
    assert.deepEqual(dryRuns, [
      ['ab-check', rules],
      ['ab-other', undefined],
    ])
    await told.until(experiment('ab').is('Successful'), '2m')
  })
})

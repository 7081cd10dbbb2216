import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Metric } from '../../src/api/metric.ts'
import { anAnalysis, anExperiment } from '../builders/experiment-builder.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { experiment as experimentStep, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'
import { experiment, experimentRunsOf, replicaSetsOf } from './expect-experiment.ts'
import { all, web } from './experiment-step.ts'
import { story } from './harness.ts'

const judged = web.withSteps(
  setWeight(25),
  experimentStep({
    templates: [{ name: 'canary', specRef: 'canary' }],
    analyses: [{ name: 'speed', templateName: 'check' }],
  }),
)

const prometheus = (query: string) => ({ prometheus: { address: 'http://prometheus.example', query } })
const including = (name: string, other: string) => {
  const template = anAnalysisTemplate(name)
  return { ...template, spec: { ...template.spec, templates: [{ templateName: other }] } }
}

/** What is wrong with the template `check`, and what is said about it. */
const faults: readonly (readonly [what: string, changes: Partial<Metric>, said: RegExp])[] = [
  [
    'a query that is no PromQL',
    { provider: prometheus('sum(rate(x[5m])') },
    /AnalysisTemplate check has metric check: provider\.prometheus\.query is no PromQL: .*\n \| sum\(rate\(x\[5m\]\)\n \| \.+\^$/,
  ],
  [
    'a condition that cannot be read',
    { successCondition: 'result[0] >= ' },
    /AnalysisTemplate check has metric check: successCondition cannot be read: .*\n \| result\[0\] >= \n \| \.+\^$/,
  ],
  [
    'a provider that is not there',
    { provider: {} },
    /AnalysisTemplate check has metric check that cannot be measured: this version knows no provider none: use prometheus, /,
  ],
  [
    'a guard that does not fit its provider',
    { minimumRequests: { count: 1, query: 'x' }, provider: { web: { url: 'http://judge.example' } } },
    /AnalysisTemplate check has metric check: minimumRequests cannot be used with provider web: use one of prometheus, /,
  ],
]

describe('a template that can judge nothing, in an experiment step', () => {
  for (const [what, changes, said] of faults) {
    story(`is refused before the release begins: ${what}`, {}, async (told) => {
      await told.begin(anAnalysisTemplate('check'), judged.build())
      await told.until(rollout('web').isHealthy(), '2m')
      told.apply(anAnalysisTemplate('check', aMetric('check', changes)))
      told.act({ setImage: { rollout: 'web', image: 'web:2' } })
      const field =
        'InvalidSpec: .*spec\\.strategy\\.canary\\.steps\\[1\\]\\.experiment\\.analyses\\[0\\]\\.templateName: Invalid value: "check": '
      await told.until(rollout('web').isDegraded(new RegExp(`^${field}${said.source}`)), '10s')
      assert.deepEqual(all(told.sandbox), [])
      told.apply(anAnalysisTemplate('check'))
      await told.until(rollout('web').isProgressing(), '10s')
    })
  }

  story('is refused where it includes itself', {}, async (told) => {
    await told.begin(including('check', 'errors'), including('errors', 'check'), judged.build())
    await told.until(
      rollout('web').isDegraded(/^InvalidSpec: .*AnalysisTemplate 'check' includes itself: check → errors → check$/),
      '10s',
    )
  })

  story('may be missing until the step is there, as published', {}, async (told) => {
    await told.begin(judged.build())
    await told.until(rollout('web').isHealthy(), '2m')
    told.act({ setImage: { rollout: 'web', image: 'web:2' } })
    await told.until(
      rollout('web').isDegraded(
        /AnalysisTemplate verification failed for analysis 'speed': analysistemplate\.argoproj\.io "check" not found/,
      ),
      '1m',
    )
  })
})

describe('a template that can judge nothing, in an Experiment of its own', () => {
  const ab = anExperiment('ab').withAnalyses(anAnalysis('check')).lasting('1m')

  for (const [what, changes, said] of faults) {
    story(`ends it with a reason before a pod runs: ${what}`, {}, async (told) => {
      await told.begin(anAnalysisTemplate('check', aMetric('check', changes)), ab.build())
      await told.until(experiment('ab').is('Error'), '5s')
      const { status } = told.sandbox.cluster.get('Experiment', { namespace: 'default', name: 'ab' }) ?? assert.fail()
      const start = "^AnalysisTemplate verification failed for analysis 'check': "
      assert.match(status?.message ?? '', new RegExp(start + said.source))
      assert.deepEqual([...replicaSetsOf(told.sandbox, 'ab').keys()], [])
      assert.deepEqual(experimentRunsOf(told, 'ab'), [])
    })
  }
})

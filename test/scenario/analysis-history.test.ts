import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { AnalysisRun } from '../../src/api/analysis-run.ts'
import { isCompleted } from '../../src/api/phases.ts'
import type { DeepReadonly } from '../../src/lib/json.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, experiment, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), analysis('check'))
const once = anAnalysisTemplate('check', aMetric('check', { count: 1 }))
const always = (value: number): StoryOptions => ({ metrics: [{ metric: 'check', cases: [{ values: [value] }] }] })

const deploy = async (told: Story, image: string): Promise<void> => {
  told.act({ setImage: { rollout: 'web', image } })
  await told.until(rollout('web').isHealthy(), '5m')
  await told.pass('10s')
}

const revisions = (told: Story): readonly string[] =>
  runsOf(told, 'web')
    .map(({ metadata }) => metadata.annotations?.['rollout.argoproj.io/revision'] ?? '?')
    .sort()

const runBy = (told: Story, name: string): DeepReadonly<AnalysisRun> | undefined =>
  told.sandbox.cluster.get('AnalysisRun', { namespace: 'default', name })

const existing = (told: Story, kind: 'AnalysisRun' | 'Experiment' | 'Job'): readonly string[] =>
  told.sandbox.cluster.list(kind, 'default').map(({ metadata }) => metadata.name)

describe('finished AnalysisRuns of a Rollout', () => {
  story('are five that succeeded unless it says otherwise, the newest', always(1), async (told) => {
    await told.begin(once, web.build())
    await told.until(rollout('web').isHealthy(), '2m')
    for (const version of [2, 3, 4, 5, 6, 7, 8]) await deploy(told, `web:${version}`)
    assert.deepEqual(revisions(told), ['4', '5', '6', '7', '8'])
  })

  story('are as many of each kind as it says', always(0.5), async (told) => {
    const limits = { successfulRunHistoryLimit: 1, unsuccessfulRunHistoryLimit: 2 }
    await told.begin(once, web.withSpec({ analysis: limits }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    for (const version of [2, 3, 4, 5]) {
      told.act({ setImage: { rollout: 'web', image: `web:${version}` } })
      await told.until(rollout('web').isDegraded(), '5m')
      await told.pass('1m')
    }
    assert.deepEqual(revisions(told), ['4', '5'])
    assert.ok(runsOf(told, 'web').every(({ status }) => status?.phase === 'Failed'))
  })

  story('go with the ReplicaSet of their revision, and Experiments too', always(1), async (told) => {
    const templates = [{ name: 'canary', specRef: 'canary' }]
    const tried = web.withSteps(setWeight(50), experiment({ templates, duration: '10s' }), analysis('check'))
    await told.begin(once, tried.withSpec({ revisionHistoryLimit: 1 }).build())
    await told.until(rollout('web').isHealthy(), '2m')
    for (const version of [2, 3, 4]) await deploy(told, `web:${version}`)
    await told.pass('5m')
    assert.deepEqual(revisions(told), ['3', '4'])
    assert.equal(existing(told, 'Experiment').length, 2)
  })

  story('go with the Rollout', always(1), async (told) => {
    const templates = [{ name: 'canary', specRef: 'canary' }]
    const analyses = [{ name: 'check', templateName: 'check', requiredForCompletion: true }]
    await told.begin(once, web.withSteps(setWeight(50), experiment({ templates, analyses }), analysis('check')).build())
    await told.until(rollout('web').isHealthy(), '2m')
    await deploy(told, 'web:2')
    assert.equal(existing(told, 'AnalysisRun').length, 2)
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } })
    await told.pass('1m')
    assert.deepEqual([existing(told, 'AnalysisRun'), existing(told, 'Experiment')], [[], []])
  })
})

describe('measurements', () => {
  const endless = (limit?: number) => ({
    ...anAnalysisTemplate('check', { ...aMetric('check'), interval: '5s', count: 30 }),
    ...(limit !== undefined && {
      spec: {
        metrics: [{ ...aMetric('check'), interval: '5s', count: 30 }],
        measurementRetention: [{ metricName: 'ch.*', limit }],
      },
    }),
  })

  for (const [what, limit, kept] of [
    ['ten of a metric', undefined, 10],
    ['as many as the template says, for the metrics that its pattern fits', 3, 3],
  ] as const) {
    story(`are kept: ${what}`, always(1), async (told) => {
      await told.begin(endless(limit), web.build())
      await told.until(rollout('web').isHealthy(), '2m')
      await deploy(told, 'web:2')
      const [result] = runsOf(told, 'web')[0]?.status?.metricResults ?? []
      assert.deepEqual([result?.count, result?.measurements?.length], [30, kept])
    })
  }

  story(
    'that are dropped take their Jobs with them',
    { pods: [{ image: 'check:1', behavior: { runForMs: 1000 } }] },
    async (told) => {
      const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'check:1' }] } }
      const metric = { name: 'check', interval: '5s', count: 6, provider: { job: { spec: { template } } } }
      const judging = {
        ...anAnalysisTemplate('check'),
        spec: { metrics: [metric], measurementRetention: [{ metricName: 'check', limit: 2 }] },
      }
      await told.begin(judging, web.build())
      await told.until(rollout('web').isHealthy(), '2m')
      await deploy(told, 'web:2')
      assert.equal(runsOf(told, 'web')[0]?.status?.metricResults?.[0]?.count, 6)
      assert.equal(existing(told, 'Job').length, 2)
    },
  )
})

describe('a run with a time to live', () => {
  const ttlStrategy = { secondsAfterSuccess: 60, secondsAfterFailure: 300, secondsAfterCompletion: 600 }
  const byHand = (name: string, more: object) => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AnalysisRun',
    metadata: { name },
    spec: { metrics: [aMetric('check', { count: 1, ...more })], ttlStrategy },
  })
  const good = byHand('good', {})
  const bad = byHand('bad', { successCondition: 'result[0] > 9' })
  const broken = byHand('broken', { successCondition: 'nope' })
  const ended = {
    describe: 'all runs have ended',
    holds: ({ cluster }: Story['sandbox']) =>
      cluster.list('AnalysisRun', 'default').every(({ status }) => isCompleted(status?.phase)),
  }

  story('goes when that has passed since its end, by its verdict', always(1), async (told) => {
    await told.begin(good, bad, broken)
    await told.pass('30s')
    assert.equal(runBy(told, 'good')?.status?.phase, 'Successful')
    await told.until(ended, '1m')
    await told.pass('1m')
    assert.equal(runBy(told, 'good'), undefined)
    await told.pass('3m')
    assert.equal(runBy(told, 'bad')?.status?.phase, 'Failed')
    await told.pass('2m')
    assert.equal(runBy(told, 'bad'), undefined)
    assert.equal(runBy(told, 'broken')?.status?.phase, 'Error')
    await told.pass('5m')
    assert.deepEqual(existing(told, 'AnalysisRun'), [])
  })

  story('goes in its time though the controller was away when it came', always(1), async (told) => {
    await told.begin(good)
    await told.pass('30s')
    assert.equal(runBy(told, 'good')?.status?.phase, 'Successful')
    told.killController()
    await told.pass('2m')
    assert.deepEqual(existing(told, 'AnalysisRun'), [])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Metric } from '../../../src/api/metric.ts'
import type { SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { AnalysisStory } from '../../builders/analysis-story.ts'

const answers = (...cases: NonNullable<SandboxOptions['metrics']>[number]['cases']): SandboxOptions => ({
  metrics: [{ query: 'errors', cases }],
})
const low = metricOf({ successCondition: 'result[0] < 0.05' })
const jobMetric: Metric = {
  name: 'load-test',
  provider: {
    job: {
      spec: {
        backoffLimit: 0,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'load:1' }] } },
      },
    },
  },
}

describe('the AnalysisRun controller', () => {
  it('measures as often as told and ends, with one status write for the start and one a measurement', async () => {
    const story = new AnalysisStory(answers({ values: [0.01] }))
    await story.begin({ metrics: [{ ...low, count: 3, interval: '30s' }] })
    await story.untilPhase('Successful', 120)
    const [result] = story.run?.status?.metricResults ?? []
    assert.deepEqual(
      result?.measurements?.map(({ value }) => value),
      ['[0.01]', '[0.01]', '[0.01]'],
    )
    assert.equal(result?.metadata?.ResolvedPrometheusQuery, 'errors')
    assert.equal(story.writes, 4)
    await story.pass(1)
    assert.deepEqual(story.events, [
      "MetricSuccessful: Metric 'error-rate' Completed. Result: Successful",
      'AnalysisRunSuccessful: Analysis Completed. Result: Successful',
    ])
    await story.pass(3600)
    assert.equal(story.writes, 4, 'a finished run causes no writes')
  })

  it('fails on a bad value', async () => {
    const story = new AnalysisStory(answers({ values: [0.2] }))
    await story.begin({ metrics: [low] })
    await story.untilPhase('Failed', 60)
    assert.equal(story.run?.status?.message, 'Metric "error-rate" assessed Failed due to failed (1) > failureLimit (0)')
  })

  it('gives up after five errors, and says what the last one was', async () => {
    const story = new AnalysisStory(answers({ values: [], fault: 'unavailable' }))
    await story.begin({ metrics: [low] })
    await story.untilPhase('Error', 120)
    assert.match(
      story.run?.status?.message ?? '',
      /consecutiveErrors \(5\) > consecutiveErrorLimit \(4\): "Error Message: server_error: server error: 503/,
    )
  })

  it('reads a Secret for each measurement and shows it nowhere', async () => {
    const secret = (token: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'prometheus' },
      data: { token: Buffer.from(token).toString('base64') },
    })
    const metric = metricOf({
      interval: '10s',
      count: 2,
      successCondition: 'result[0] > 1 && "{{args.token}}" != ""',
      provider: { prometheus: { address: 'http://prometheus.test', query: 'errors{token="{{args.token}}"}' } },
    })
    const story = new AnalysisStory({ metrics: [{ query: 'errors', cases: [{ values: [], fault: 'bad-query' }] }] })
    const args = [{ name: 'token', valueFrom: { secretKeyRef: { name: 'prometheus', key: 'token' } } }]
    await story.begin({ metrics: [metric], args }, secret('first-secret'))
    await story.pass(5)
    story.apply(secret('second-secret'))
    await story.pass(60)
    const shown = JSON.stringify([story.run?.status, story.events, story.log.lines])
    assert.doesNotMatch(shown, /first-secret|second-secret/)
    assert.equal(story.run?.status?.metricResults?.[0]?.metadata?.ResolvedPrometheusQuery, 'errors{token="*****"}')
  })

  it('names a Secret that is missing, and goes on when it is there', async () => {
    const story = new AnalysisStory(answers({ values: [0.01] }))
    await story.begin({
      metrics: [low],
      args: [{ name: 'token', valueFrom: { secretKeyRef: { name: 'late', key: 'k' } } }],
    })
    await story.pass(5)
    assert.equal(story.run?.status?.metricResults?.[0]?.measurements?.[0]?.message, 'secrets "late" not found')
    story.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'late' }, data: { k: 'eA==' } })
    await story.untilPhase('Successful', 30)
  })

  it('ends at once when told to, though a query is under way', async () => {
    const story = new AnalysisStory(answers({ values: [0.01], delayMs: 20_000 }))
    await story.begin({ metrics: [low] })
    await story.pass(2)
    story.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'check' },
      spec: { terminate: true },
    })
    await story.untilPhase('Successful', 5)
    assert.equal(story.run?.status?.message, 'Run Terminated')
    await story.pass(60)
    assert.equal(story.run?.status?.metricResults, undefined)
  })

  it('deletes a run when its time to live is over', async () => {
    const story = new AnalysisStory(answers({ values: [0.01] }))
    await story.begin({ metrics: [low], ttlStrategy: { secondsAfterSuccess: 60 } })
    await story.untilPhase('Successful', 10)
    await story.pass(50)
    assert.notEqual(story.run, undefined)
    await story.pass(20)
    assert.equal(story.run, undefined)
  })

  it('deletes a run that could never be measured when its time to live is over', async () => {
    const story = new AnalysisStory()
    const ttlStrategy = { secondsAfterCompletion: 60 }
    await story.begin({ metrics: [{ name: 'nobody', provider: {} }], ttlStrategy })
    await story.untilPhase('Error', 10)
    assert.notEqual(story.run?.status?.completedAt, undefined)
    await story.pass(70)
    assert.equal(story.run, undefined)
  })

  it('reports a malformed run on itself, and goes on with the others', async () => {
    const story = new AnalysisStory(answers({ values: [0.01] }))
    await story.begin({ metrics: [metricOf({ provider: {} })] })
    story.apply(
      JSON.parse(
        JSON.stringify({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'AnalysisRun',
          metadata: { name: 'other' },
          spec: { metrics: [low] },
        }),
      ),
    )
    await story.untilPhase('Error', 10)
    assert.equal(story.run?.status?.message, 'Analysis spec invalid: metrics[0]: no provider specified')
    await story.pass(5)
    assert.equal(
      story.sandbox.cluster.get('AnalysisRun', { namespace: 'shop', name: 'other' })?.status?.phase,
      'Successful',
    )
  })

  it('takes a measurement again that was lost with the process', async () => {
    const story = new AnalysisStory(answers({ values: [0.01], delayMs: 10_000 }))
    await story.begin({ metrics: [low] })
    await story.pass(3)
    story.process.crash()
    void story.process.start()
    await story.untilPhase('Successful', 60)
    assert.equal(story.run?.status?.metricResults?.[0]?.count, 1)
  })
})

describe('a Job as a metric', () => {
  it('is run once, and its completion is seen when it happens', async () => {
    const story = new AnalysisStory({ pods: [{ image: 'load', behavior: { runForMs: 300_000 } }] })
    await story.begin({ metrics: [jobMetric] })
    await story.untilPhase('Successful', 302)
    assert.deepEqual(story.jobs, [`${story.run?.metadata.uid}.load-test.1`])
  })

  it('that fails, fails the run', async () => {
    const story = new AnalysisStory({ pods: [{ image: 'load', behavior: { runForMs: 5000, exitCode: 1 } }] })
    await story.begin({ metrics: [jobMetric] })
    await story.untilPhase('Failed', 60)
  })

  it('whose image never comes is inconclusive', async () => {
    const story = new AnalysisStory({ pods: [{ image: 'load', behavior: { imagePullFails: true } }] })
    await story.begin({ metrics: [jobMetric] })
    await story.untilPhase('Inconclusive', 120)
  })

  it('is found again after a restart of the controller, never started twice', async () => {
    const story = new AnalysisStory({ pods: [{ image: 'load', behavior: { runForMs: 60_000 } }] })
    await story.begin({ metrics: [jobMetric] })
    for (const seconds of [0.02, 0.1, 5]) {
      await story.pass(seconds)
      story.process.crash()
      void story.process.start()
    }
    await story.untilPhase('Successful', 120)
    assert.equal(story.jobs.length, 1)
  })

  it('is deleted when the run is told to end, and is no success', async () => {
    const story = new AnalysisStory({ pods: [{ image: 'load', behavior: { runForMs: 600_000 } }] })
    await story.begin({ metrics: [jobMetric] })
    await story.pass(10)
    story.apply({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'check' },
      spec: { terminate: true },
    })
    await story.untilPhase('Inconclusive', 10)
    await story.pass(60)
    assert.deepEqual(story.jobs, [])
  })
})

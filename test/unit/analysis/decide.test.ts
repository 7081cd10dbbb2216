import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decide } from '../../../src/analysis/decide.ts'
import type { RunPlan, RunSnapshot } from '../../../src/analysis/plan.ts'
import type { Arrival } from '../../../src/analysis/record.ts'
import type { AnalysisRun } from '../../../src/api/analysis-run.ts'
import { after, measured, metricOf, runOf, runStart } from '../../builders/analysis-run.ts'

const plain = new Map([['error-rate', { lasting: false }]])

const decideOn = (run: AnalysisRun, seconds: number, over: Partial<RunSnapshot> = {}): RunPlan =>
  decide({
    run,
    now: runStart + seconds * 1000,
    inFlight: new Map(),
    arrivals: new Map(),
    ready: new Set(),
    refuse: () => undefined,
    ...over,
  })

const came = (
  phase: string,
  seconds: number,
  kind: Arrival['kind'] = 'start',
  over = {},
): ReadonlyMap<string, Arrival> => new Map([['error-rate', { kind, measurement: measured(phase, seconds, over) }]])

const tasksOf = (plan: RunPlan): string[] =>
  plan.effects.map((effect) => (effect.type === 'measure' ? `${effect.task.kind} ${effect.task.metric}` : effect.type))

const reasonsOf = (plan: RunPlan): string[] => plan.events.map(({ reason }) => reason)

describe('an AnalysisRun', () => {
  it('starts with a measurement, and is Running', () => {
    const plan = decideOn(runOf(), 0)
    assert.deepEqual(tasksOf(plan), ['start error-rate'])
    assert.deepEqual(plan.status, {
      phase: 'Running',
      startedAt: after(0),
      runSummary: { count: 1 },
      dryRunSummary: {},
    })
    assert.equal(plan.wakeAt, undefined, 'the answer wakes it')
  })

  it('asks nothing more while an answer is under way', () => {
    const run = runOf({}, { phase: 'Running', startedAt: after(0) })
    assert.deepEqual(tasksOf(decideOn(run, 5, { inFlight: plain })), [])
  })

  it('waits for the initial delay', () => {
    const run = runOf({ metrics: [metricOf({ initialDelay: '30s' })] })
    const plan = decideOn(run, 0)
    assert.deepEqual(tasksOf(plan), [])
    assert.equal(plan.wakeAt, runStart + 30_000)
  })

  it('ends with the last measurement', () => {
    const plan = decideOn(runOf(), 2, { arrivals: came('Successful', 2, 'start', { value: '[1]' }) })
    assert.equal(plan.status?.phase, 'Successful')
    assert.equal(plan.status?.completedAt, after(2))
    assert.deepEqual(plan.status?.metricResults?.[0]?.measurements, [measured('Successful', 2, { value: '[1]' })])
    assert.deepEqual(reasonsOf(plan), ['MetricSuccessful', 'AnalysisRunSuccessful'])
  })

  it('measures again after the interval, and after 10 s where the last try was an error', () => {
    const run = runOf({ metrics: [metricOf({ count: 3, interval: '60s' })] })
    assert.equal(decideOn(run, 0, { arrivals: came('Successful', 0) }).wakeAt, runStart + 60_001)
    assert.equal(decideOn(run, 0, { arrivals: came('Error', 0) }).wakeAt, runStart + 10_001)
  })

  it('fails with the message of the measurement that decided', () => {
    const plan = decideOn(runOf(), 1, { arrivals: came('Failed', 1, 'start', { message: 'too many' }) })
    const message =
      'Metric "error-rate" assessed Failed due to failed (1) > failureLimit (0): "Error Message: too many"'
    assert.equal(plan.status?.message, message)
    assert.deepEqual(
      plan.events.map(({ type }) => type),
      ['Warning', 'Warning'],
    )
  })

  it('keeps no more measurements than it should, and lets the provider clean up behind them', () => {
    const metrics = [metricOf({ interval: '10s' })]
    const measurements = [measured('Successful', 0), measured('Successful', 11)]
    const run = runOf(
      { metrics, measurementRetention: [{ metricName: 'err', limit: 2 }] },
      {
        phase: 'Running',
        startedAt: after(0),
        metricResults: [{ name: 'error-rate', phase: 'Running', measurements, count: 2 }],
      },
    )
    const plan = decideOn(run, 22, { arrivals: came('Successful', 22) })
    assert.deepEqual(
      plan.status?.metricResults?.[0]?.measurements?.map(({ finishedAt }) => finishedAt),
      [after(11), after(22)],
    )
    assert.deepEqual(
      plan.effects.find(({ type }) => type === 'collectGarbage'),
      {
        type: 'collectGarbage',
        metric: 'error-rate',
        limit: 2,
        why: 'old measurements were dropped',
      },
    )
  })
})

describe('an AnalysisRun whose provider works on its own', () => {
  const waitsUntil = (seconds: number) => ({
    phase: 'Running',
    startedAt: after(0),
    metricResults: [
      {
        name: 'error-rate',
        phase: 'Running',
        measurements: [{ phase: 'Running', startedAt: after(0), resumeAt: after(seconds) }],
      },
    ],
  })

  it('asks again at the time that the provider named', () => {
    assert.equal(decideOn(runOf({}, waitsUntil(15)), 5).wakeAt, runStart + 15_000)
    assert.deepEqual(tasksOf(decideOn(runOf({}, waitsUntil(15)), 15)), ['resume error-rate'])
  })

  it('asks at once when the caches show that it has ended', () => {
    assert.deepEqual(tasksOf(decideOn(runOf({}, waitsUntil(15)), 5, { ready: new Set(['error-rate']) })), [
      'resume error-rate',
    ])
  })

  it('stops it when the run is told to end, and does not end before', () => {
    const run = runOf({ terminate: true }, waitsUntil(15))
    const plan = decideOn(run, 5)
    assert.deepEqual(tasksOf(plan), ['terminate error-rate'])
    assert.equal(plan.status?.phase, 'Running')
    const ended = decideOn(run, 6, { arrivals: came('Inconclusive', 6, 'terminate') })
    assert.equal(ended.status?.phase, 'Inconclusive')
  })

  it('drops an answer to a question that its status no longer has', () => {
    const plan = decideOn(runOf({}, waitsUntil(15)), 5, { arrivals: came('Successful', 5, 'start') })
    assert.equal(plan.status?.metricResults?.[0]?.count, undefined)
  })
})

describe('an AnalysisRun that is told to end', () => {
  it('drops what is being measured, since a plain query cannot be told to stop', () => {
    const run = runOf({ terminate: true }, { phase: 'Running', startedAt: after(0) })
    const plan = decideOn(run, 5, { inFlight: plain })
    assert.deepEqual(tasksOf(plan), ['abandon'])
    assert.deepEqual([plan.status?.phase, plan.status?.message], ['Successful', 'Run Terminated'])
  })
})

describe('an AnalysisRun that is told to end while a Job is being started', () => {
  it('waits to know the Job, so that it can be deleted', () => {
    const run = runOf({ terminate: true }, { phase: 'Running', startedAt: after(0) })
    const plan = decideOn(run, 5, { inFlight: new Map([['error-rate', { lasting: true }]]) })
    assert.deepEqual(tasksOf(plan), [])
    assert.equal(plan.status?.phase, 'Running')
  })
})

describe('an AnalysisRun in which one metric has failed', () => {
  const failedBeside = runOf(
    { metrics: [metricOf({ name: 'a' }), metricOf()] },
    {
      phase: 'Running',
      startedAt: after(0),
      metricResults: [{ name: 'a', phase: 'Failed', failed: 1, measurements: [measured('Failed')] }],
    },
  )

  it('waits for the answers that are under way, so that no failure is lost', () => {
    assert.equal(decideOn(failedBeside, 3, { inFlight: plain }).status?.phase, 'Running')
  })

  it('starts nothing new, and ends as Failed', () => {
    const plan = decideOn(failedBeside, 3)
    assert.deepEqual(tasksOf(plan), [])
    assert.equal(plan.status?.phase, 'Failed')
  })
})

describe('an AnalysisRun that cannot be worked with is in Error, with the time of its end', () => {
  const rows: readonly (readonly [string, Parameters<typeof runOf>[0], string])[] = [
    [
      'no provider',
      { metrics: [metricOf({ provider: {} })] },
      'Analysis spec invalid: metrics[0]: no provider specified',
    ],
    [
      'an argument without value',
      { args: [{ name: 'x' }] },
      'Unable to resolve metric arguments: argument "x" was not supplied',
    ],
    [
      'an unknown tag',
      { metrics: [metricOf({ successCondition: '{{args.y}}' })] },
      'Unable to resolve metric arguments: failed to resolve {{args.y}}',
    ],
    [
      'a dry-run rule for nothing',
      { dryRun: [{ metricName: 'nope' }] },
      "Analysis spec invalid: dryRun[0]: Rule didn't match any metric name(s)",
    ],
    [
      'a field that the run does not have',
      { args: [{ name: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.labels.team' } } }] },
      'Unable to resolve metric arguments: argument "x": the AnalysisRun has no scalar field metadata.labels.team',
    ],
  ]
  for (const [what, spec, message] of rows) {
    it(what, () => {
      const plan = decideOn(runOf(spec), 3)
      assert.deepEqual(plan.status, { phase: 'Error', message, completedAt: after(3) })
      assert.deepEqual(reasonsOf(plan), ['AnalysisRunError'])
    })
  }

  it('a provider that is not supported yet', () => {
    const plan = decideOn(runOf(), 0, { refuse: () => 'provider datadog is not supported yet' })
    assert.equal(plan.status?.message, 'Analysis spec invalid: metrics[0]: provider datadog is not supported yet')
  })
})

describe('a finished AnalysisRun', () => {
  const finished = (phase: string, ttlStrategy: AnalysisRun['spec']['ttlStrategy']) =>
    runOf({ ...(ttlStrategy && { ttlStrategy }) }, { phase, completedAt: after(0) })

  it('changes no more', () => {
    const run = finished('Failed', undefined)
    assert.deepEqual(decideOn(run, 1e6), { effects: [], status: run.status, events: [], wakeAt: undefined })
  })

  it('is deleted when its time to live is over', () => {
    const run = finished('Successful', { secondsAfterSuccess: 60, secondsAfterCompletion: 10 })
    assert.equal(decideOn(run, 59).wakeAt, runStart + 60_000)
    assert.deepEqual(tasksOf(decideOn(run, 60)), ['deleteRun'])
  })

  it('lives by the general time to live where none is given for its phase', () => {
    const strategy = { secondsAfterSuccess: 60, secondsAfterFailure: 60, secondsAfterCompletion: 10 }
    assert.deepEqual(tasksOf(decideOn(finished('Error', strategy), 10)), ['deleteRun'])
    assert.deepEqual(tasksOf(decideOn(finished('Failed', strategy), 10)), [])
  })
})

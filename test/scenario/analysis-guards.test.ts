import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Metric } from '../../src/api/metric.ts'
import type { MetricRule } from '../../src/sandbox/metrics/metric-rule.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), analysis('check'), setWeight(75))

const asked = (query: string, ...cases: MetricRule['cases']): MetricRule => ({ query, cases })
const measured = (...cases: MetricRule['cases']): StoryOptions => ({ metrics: [asked('check{', ...cases)] })

const release = async (told: Story, changes: Partial<Metric>): Promise<void> => {
  await told.begin(anAnalysisTemplate('check', aMetric('check', { count: 1, ...changes })), web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

/** The release comes to its analysis, and some time passes. */
const passAtAnalysis = async (told: Story, duration: string): Promise<void> => {
  await told.until(rollout('web').isAtStep(1), '2m')
  await told.pass(duration)
}

const measurementsOf = (told: Story) => runsOf(told, 'web')[0]?.status?.metricResults?.[0]?.measurements ?? []

const runEnded = (phase: string) => ({
  describe: `an AnalysisRun that is ${phase}`,
  holds: (sandbox: Story['sandbox']) => runsOf({ sandbox } as Story, 'web')[0]?.status?.phase === phase,
})

describe('a metric without data', () => {
  const wait = { noData: { policy: 'Wait' as const, limit: '2m' } }

  for (const [what, values] of [
    ['an empty vector', []],
    ['NaN', [Number.NaN]],
  ] as const) {
    story(
      `waits for data when the answer is ${what}`,
      measured({ untilMs: 60_000, values }, { values: [1] }),
      async (told) => {
        await release(told, wait)
        await passAtAnalysis(told, '20s')
        const [waiting] = measurementsOf(told)
        assert.equal(waiting?.phase, 'Running')
        assert.match(
          waiting.message ?? '',
          /^no verdict yet: the metric provider returned no data: \[(NaN)?\]; asked again until 2/,
        )
        await told.until(rollout('web').isHealthy(), '5m')
        const [measurement, ...others] = measurementsOf(told)
        assert.deepEqual(others, [])
        assert.deepEqual(
          [measurement?.phase, measurement?.value, measurement?.metadata],
          ['Successful', '[1]', undefined],
        )
      },
    )
  }

  story('waits no longer than its limit, and a person decides', measured(), async (told) => {
    await release(told, wait)
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '3m')
    assert.match(measurementsOf(told)[0]?.message ?? '', /^no verdict after 2m: /)
    const [{ startedAt = '', finishedAt = '' } = {}] = measurementsOf(told)
    assert.equal(Date.parse(finishedAt) - Date.parse(startedAt), 120_000)
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
  })

  story('goes on waiting in a controller that was restarted', measured(), async (told) => {
    await release(told, wait)
    await passAtAnalysis(told, '1m')
    told.killController()
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '90s')
  })

  story('is inconclusive at once where that is asked for', measured(), async (told) => {
    await release(told, { noData: { policy: 'Inconclusive' } })
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '10s')
  })

  story('is an error also where the conditions would pass it', measured(), async (told) => {
    await release(told, { noData: { policy: 'Error' }, successCondition: 'len(result) == 0 || result[0] > 0' })
    await told.until(rollout('web').isDegraded(/consecutiveErrors \(5\) > consecutiveErrorLimit \(4\)/), '2m')
  })

  story('that waits does not hold up an abort', measured(), async (told) => {
    await release(told, wait)
    await passAtAnalysis(told, '30s')
    told.act({ abort: { rollout: 'web' } })
    await told.until(runEnded('Inconclusive'), '5s')
    told.expect(rollout('web').isDegraded())
  })
})

describe('a metric with a minimum of requests', () => {
  const minimumRequests = { count: 100, query: 'sum(requests)', limit: '3m' }

  story(
    'is not measured before there were enough',
    {
      metrics: [
        asked('sum(requests)', { untilMs: 60_000, values: [3] }, { values: [250] }),
        asked('check{', { untilMs: 60_000, values: [0] }, { values: [1] }),
      ],
    },
    async (told) => {
      await release(told, { minimumRequests })
      await passAtAnalysis(told, '30s')
      assert.match(
        measurementsOf(told)[0]?.message ?? '',
        /^no verdict yet: 3 of at least 100 requests; asked again until /,
      )
      await told.until(rollout('web').isHealthy(), '5m')
      assert.deepEqual(
        measurementsOf(told).map(({ phase, value }) => [phase, value]),
        [['Successful', '[1]']],
      )
    },
  )

  story(
    'is inconclusive when there are never enough',
    { metrics: [asked('sum(requests)', { values: [3] }), asked('check{', { values: [1] })] },
    async (told) => {
      await release(told, { minimumRequests })
      await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '4m')
      assert.equal(measurementsOf(told)[0]?.message, 'no verdict after 3m: 3 of at least 100 requests')
    },
  )

  story(
    'is an error while they cannot be counted',
    { metrics: [asked('sum(requests)', { fault: 'unavailable', values: [] }), asked('check{', { values: [1] })] },
    async (told) => {
      await release(told, { minimumRequests })
      await told.until(rollout('web').isDegraded(/consecutiveErrors \(5\)/), '2m')
      assert.match(measurementsOf(told)[0]?.message ?? '', /^counting the requests of minimumRequests: /)
    },
  )
})

describe('a template that cannot work', () => {
  const refused = async (told: Story, changes: Partial<Metric>, reason: string): Promise<void> => {
    await told.begin(anAnalysisTemplate('check', aMetric('check', changes)), web.build())
    const template = 'AnalysisTemplate check has metric check: '
    const field = 'spec.strategy.canary.steps[1].analysis.templates: Invalid value: "check": '
    const message = `InvalidSpec: The Rollout "web" is invalid: ${field}${template}${reason}`
    await told.until(rollout('web').isDegraded(message), '10s')
    assert.deepEqual(runsOf(told, 'web'), [])
  }

  story('is refused before the release begins, with a caret under the place', {}, async (told) => {
    const provider = { prometheus: { address: 'http://p.example', query: 'sum(rate(x{app="web"}[5m])' } }
    await refused(
      told,
      { provider },
      'provider.prometheus.query is no PromQL: the query ends too early (1:27)\n' +
        ` | sum(rate(x{app="web"}[5m])\n | ${'.'.repeat(26)}^`,
    )
    told.apply(anAnalysisTemplate('check'))
    await told.until(rollout('web').isHealthy(), '2m')
  })

  story('is refused for a limit without waiting', {}, (told) =>
    refused(told, { noData: { policy: 'Error', limit: '1m' } }, 'noData.limit needs noData.policy: Wait'),
  )

  story('is refused where nobody can be asked for the number of requests', {}, (told) =>
    refused(
      told,
      {
        minimumRequests: { count: 1, query: 'x' },
        provider: { web: { url: 'http://judge.example', jsonPath: '{$}' } },
      },
      'minimumRequests cannot be used with provider web: use one of prometheus, datadog, wavefront, graphite, ' +
        'influxdb, dynatrace, googleCloudMonitoring, loki',
    ),
  )

  story('is refused when it includes itself, with the way round', {}, async (told) => {
    const including = (name: string, other: string) => {
      const template = anAnalysisTemplate(name)
      return { ...template, spec: { ...template.spec, templates: [{ templateName: other }] } }
    }
    await told.begin(including('check', 'errors'), including('errors', 'check'), web.build())
    await told.until(
      rollout('web').isDegraded(/^InvalidSpec: .*AnalysisTemplate 'check' includes itself: check → errors → check$/),
      '10s',
    )
    told.apply({ ...anAnalysisTemplate('errors'), spec: { metrics: [aMetric('errors')], templates: [] } })
    await told.until(rollout('web').isHealthy(), '1m')
  })

  story('makes an error of a run that somebody starts by hand', {}, async (told) => {
    const provider = { prometheus: { address: 'http://p.example', query: 'up{app="{{args.app}}"' } }
    await told.begin({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisRun',
      metadata: { name: 'by-hand' },
      spec: { metrics: [aMetric('check', { provider })], args: [{ name: 'app', value: 'web' }] },
    })
    await told.pass('5s')
    const run = told.sandbox.cluster.get('AnalysisRun', { namespace: 'default', name: 'by-hand' })
    assert.equal(run?.status?.phase, 'Error')
    assert.equal(
      run.status.message,
      'Analysis spec invalid: metrics[0]: provider.prometheus.query is no PromQL: the query ends too early (1:13)\n' +
        ` | up{app="web"\n | ${'.'.repeat(12)}^`,
    )
  })
})

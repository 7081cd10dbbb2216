import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { MetricRule } from '../../src/sandbox/metrics/metric-rule.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { expectEvents, expectSizes, rollout, runsOf, sizes, theRollout } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const background = { templates: [{ templateName: 'success-rate' }] }
const template = anAnalysisTemplate('success-rate', aMetric('success-rate', { failureLimit: 1 }))
const endless = anAnalysisTemplate('success-rate', {
  name: 'success-rate',
  interval: '10s',
  successCondition: 'result[0] >= 0.95',
  failureLimit: 1,
  provider: { prometheus: { address: 'http://prometheus.example', query: 'rate{app="web"}' } },
})

const always = (...values: number[]): StoryOptions => ({ metrics: [{ metric: 'success-rate', cases: [{ values }] }] })
const cases = (...rules: MetricRule['cases']): StoryOptions => ({ metrics: [{ metric: 'success-rate', cases: rules }] })

const web = aRollout('web').withReplicas(4)

const release = async (told: Story, builder: ReturnType<typeof aRollout>, ...objects: object[]): Promise<void> => {
  await told.begin(...(objects.length === 0 ? [template] : objects), builder.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const onlyRun = (told: Story) => {
  const [run, ...others] = runsOf(told, 'web')
  assert.deepEqual(
    others.map(({ metadata }) => metadata.name),
    [],
  )
  return run ?? assert.fail('there is no AnalysisRun')
}

describe('an analysis step', () => {
  const stepped = web.withSteps(setWeight(25), analysis('success-rate'), setWeight(75))

  story('lets a good version pass', always(0.99), async (told) => {
    await release(told, stepped)
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.until(rollout('web').isHealthy(), '5m')
    const { status, metadata } = onlyRun(told)
    assert.equal(status?.phase, 'Successful')
    assert.equal(status?.metricResults?.[0]?.successful, 3)
    assert.equal(metadata.labels?.['rollout-type'], 'Step')
    assert.equal(metadata.labels?.['step-index'], '1')
    assert.equal(metadata.name, `web-${theRollout(told.sandbox, 'web').status?.currentPodHash}-2-1`)
  })

  story('aborts a bad one and says why', always(0.5), async (told) => {
    await release(told, stepped)
    await told.until(rollout('web').isDegraded(), '5m')
    told.expect(
      rollout('web').isDegraded(
        'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: ' +
          'Metric "success-rate" assessed Failed due to failed (2) > failureLimit (1)',
      ),
    )
    await told.until(sizes('web', { 1: 4 }), '1m')
    assert.equal(onlyRun(told).status?.phase, 'Failed')
    expectEvents(told, 'web', ['AnalysisRunRunning', 'AnalysisRunFailed', 'RolloutAborted'])
  })

  story('is measured anew after a retry', cases({ untilMs: 120_000, values: [0.1] }, { values: [1] }), async (told) => {
    await release(told, stepped)
    await told.until(rollout('web').isDegraded(), '5m')
    await told.pass('3m')
    told.act({ retry: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(
      runsOf(told, 'web')
        .map(({ status }) => status?.phase)
        .sort(),
      ['Failed', 'Successful'],
    )
  })

  story('that cannot decide pauses the release', always(0.9), async (told) => {
    const undecided = anAnalysisTemplate(
      'success-rate',
      aMetric('success-rate', { failureCondition: 'result[0] < 0.5' }),
    )
    await release(told, stepped, undecided)
    await told.until(rollout('web').isPaused('InconclusiveAnalysisRun'), '5m')
    await told.pass('1h')
    expectSizes(told, 'web', { 1: 3, 2: 1 })
    told.act({ promote: { rollout: 'web' } })
    await told.until(rollout('web').isHealthy(), '5m')
  })

  story(
    'is not passed on measurements that all failed with errors',
    cases({ fault: 'unavailable', values: [] }),
    async (told) => {
      await release(told, stepped)
      await told.until(
        rollout('web').isDegraded(/^RolloutAborted: .*consecutiveErrors \(5\) > consecutiveErrorLimit \(4\)/),
        '10m',
      )
      assert.equal(onlyRun(told).status?.phase, 'Error')
    },
  )

  for (const fault of ['html', 'malformed', 'bad-query', 'timeout'] as const) {
    story(`makes an error measurement of an answer that is ${fault}`, cases({ fault, values: [] }), async (told) => {
      await release(told, stepped)
      await told.until(rollout('web').isDegraded(), '15m')
      const [measurement] = onlyRun(told).status?.metricResults?.[0]?.measurements ?? []
      assert.equal(measurement?.phase, 'Error')
      assert.notEqual(measurement?.message ?? '', '')
    })
  }

  story('makes an error measurement of an empty vector', cases(), async (told) => {
    await release(told, stepped)
    await told.until(rollout('web').isDegraded(), '10m')
    const [measurement] = onlyRun(told).status?.metricResults?.[0]?.measurements ?? []
    assert.equal(measurement?.phase, 'Error')
    assert.match(measurement?.message ?? '', /no data returned from the metric provider/)
  })

  story('ends with the abort of the release', always(0.99), async (told) => {
    const slow = anAnalysisTemplate('success-rate', aMetric('success-rate', { count: 1000 }))
    await release(told, stepped, slow)
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.pass('1m')
    told.act({ abort: { rollout: 'web' } })
    await told.until(rollout('web').isDegraded(), '1m')
    await told.pass('1m')
    assert.equal(onlyRun(told).spec.terminate, true)
    assert.equal(onlyRun(told).status?.phase, 'Successful')
    told.expect(rollout('web').isDegraded())
  })
})

describe('a background analysis', () => {
  const withBackground = (startingStep?: number) =>
    web.withCanary({
      steps: [setWeight(25), pause('30s'), setWeight(50), pause('60s')],
      analysis: startingStep === undefined ? background : { ...background, startingStep },
    })

  story('runs beside the steps and ends with them', always(0.99), async (told) => {
    await release(told, withBackground(), endless)
    await told.until(rollout('web').isAtStep(1), '1m')
    assert.equal(onlyRun(told).metadata.labels?.['rollout-type'], 'Background')
    await told.until(rollout('web').isHealthy(), '5m')
    await told.pass('10s')
    assert.equal(onlyRun(told).spec.terminate, true)
    assert.equal(onlyRun(told).status?.phase, 'Successful')
  })

  story('begins at its starting step', always(0.99), async (told) => {
    await release(told, withBackground(2), endless)
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.pass('20s')
    assert.deepEqual(runsOf(told, 'web'), [])
    await told.until(rollout('web').isAtStep(3), '2m')
    assert.equal(onlyRun(told).metadata.labels?.['rollout-type'], 'Background')
  })

  story(
    'aborts the release when the error rate rises',
    cases({ revision: 2, minWeight: 40, values: [0.8] }, { values: [0.99] }),
    async (told) => {
      await release(told, withBackground(), endless)
      await told.until(rollout('web').isAtStep(3), '2m')
      await told.until(rollout('web').isDegraded(/^RolloutAborted: .*Background analysis phase error\/failed/), '2m')
      await told.until(sizes('web', { 1: 4 }), '1m')
    },
  )

  story('that has succeeded is not repeated when its run is gone', always(0.99), async (told) => {
    await release(told, withBackground())
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.until({ describe: 'a verdict', holds: () => onlyRun(told).status?.phase === 'Successful' }, '1m')
    const { name } = onlyRun(told).metadata
    told.act({ delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'AnalysisRun', name } })
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(runsOf(told, 'web'), [])
  })

  story('is measured at its interval', always(0.99), async (told) => {
    await release(told, withBackground(), endless)
    await told.until(rollout('web').isAtStep(3), '2m')
    const times = (onlyRun(told).status?.metricResults?.[0]?.measurements ?? []).map(({ startedAt }) =>
      Date.parse(startedAt ?? ''),
    )
    assert.ok(times.length >= 3)
    for (const [index, time] of times.entries()) {
      const before = times[index - 1]
      if (before !== undefined) assert.ok(time - before >= 10_000 && time - before <= 12_000, `${time - before} ms`)
    }
  })
})

describe('what an analysis is told', () => {
  story(
    'includes arguments of the Rollout and its hashes',
    { metrics: [{ query: 'app="web",hash="', cases: [{ values: [1] }] }] },
    async (told) => {
      const asking = {
        ...anAnalysisTemplate('success-rate', {
          ...aMetric('success-rate', { count: 1 }),
          provider: {
            prometheus: { address: 'http://p.example', query: 'rate{app="{{args.app}}",hash="{{args.hash}}"}' },
          },
        }),
      }
      const args = { args: [{ name: 'app' }, { name: 'hash' }] }
      const step = {
        analysis: {
          templates: [{ templateName: 'success-rate' }],
          args: [
            { name: 'app', value: 'web' },
            { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' as const } },
          ],
        },
      }
      await release(told, web.withSteps(setWeight(25), step), { ...asking, spec: { ...asking.spec, ...args } })
      await told.until(rollout('web').isHealthy(), '2m')
      const hash = theRollout(told.sandbox, 'web').status?.currentPodHash
      assert.deepEqual(
        onlyRun(told).spec.args?.map(({ value }) => value),
        ['web', hash],
      )
    },
  )

  story(
    'may be secret, and is told nowhere',
    { metrics: [{ query: 'app="web"', cases: [{ values: [0] }] }] },
    async (told) => {
      const asking = anAnalysisTemplate('success-rate', {
        ...aMetric('success-rate', { count: 1 }),
        provider: { prometheus: { address: 'http://p.example', query: 'rate{app="web",key="{{args.key}}"}' } },
      })
      const args = [{ name: 'key', valueFrom: { secretKeyRef: { name: 'keys', key: 'prometheus' } } }]
      const stringData = { prometheus: Buffer.from('a-very-secret-key').toString('base64') }
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' }, data: stringData }
      await release(told, web.withSteps(setWeight(25), analysis('success-rate')), secret, {
        ...asking,
        spec: { ...asking.spec, args },
      })
      await told.until(rollout('web').isDegraded(), '5m')
    },
  )
})

describe('other providers', () => {
  const stepped = web.withSteps(setWeight(25), analysis('check'))
  const ofProvider = (provider: object, more: object = {}) => ({
    ...anAnalysisTemplate('check'),
    spec: { metrics: [{ name: 'check', provider, ...more }] },
  })

  story(
    'a web metric asks an address',
    { web: [{ url: 'http://judge.example/', answers: [{ json: { ok: true } }] }] },
    async (told) => {
      const provider = { web: { url: 'http://judge.example/score', jsonPath: '{$.ok}' } }
      await release(told, stepped, ofProvider(provider, { successCondition: 'result' }))
      await told.until(rollout('web').isHealthy(), '5m')
      assert.equal(onlyRun(told).status?.metricResults?.[0]?.measurements?.[0]?.value, 'true')
    },
  )

  const job = (image: string) => ({
    job: {
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } }, backoffLimit: 0 },
    },
  })

  story(
    'a job metric succeeds with its Job',
    { pods: [{ image: 'check:1', behavior: { runForMs: 20_000 } }] },
    async (told) => {
      await release(told, stepped, ofProvider(job('check:1')))
      await told.until(rollout('web').isHealthy(), '5m')
      assert.equal(onlyRun(told).status?.phase, 'Successful')
    },
  )

  story(
    'a job metric fails with its Job',
    { pods: [{ image: 'check:1', behavior: { exitCode: 1 } }] },
    async (told) => {
      await release(told, stepped, ofProvider(job('check:1')))
      await told.until(rollout('web').isDegraded(), '5m')
      assert.equal(onlyRun(told).status?.phase, 'Failed')
    },
  )
})

import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Metric } from '../../src/api/metric.ts'
import type { WebAnswer } from '../../src/sandbox/metrics/web-rule.ts'
import { aMetric, anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const web = aRollout('web').withReplicas(4).withSteps(setWeight(25), analysis('check'), setWeight(75))

const release = async (told: Story, metric: Metric): Promise<void> => {
  await told.begin(anAnalysisTemplate('check', metric), web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const measured = (...values: number[]): StoryOptions => ({ metrics: [{ metric: 'check', cases: [{ values }] }] })

const measurementOf = (told: Story) => runsOf(told, 'web')[0]?.status?.metricResults?.[0]?.measurements?.[0]

const failed = /Metric "check" assessed Failed due to failed \(1\) > failureLimit \(0\)$/
const errors = /Metric "check" assessed Error due to consecutiveErrors \(5\) > consecutiveErrorLimit \(4\)/

describe('a Prometheus that answers with an odd number', () => {
  for (const [text, value, condition] of [
    ['NaN', Number.NaN, 'result[0] >= 0.95'],
    ['NaN', Number.NaN, '!isNaN(result[0]) && result[0] >= 0.95'],
    ['-Inf', Number.NEGATIVE_INFINITY, 'result[0] >= 0.95'],
    ['+Inf', Number.POSITIVE_INFINITY, '!isInf(result[0]) && result[0] >= 0.95'],
  ] as const) {
    story(`${text} fails the condition ${condition}, and the release`, measured(value), async (told) => {
      await release(told, aMetric('check', { successCondition: condition }))
      await told.until(rollout('web').isDegraded(failed), '2m')
      assert.equal(measurementOf(told)?.value, `[${text}]`)
    })
  }

  story('may say that an infinite number is good', measured(Number.POSITIVE_INFINITY), async (told) => {
    await release(told, aMetric('check'))
    await told.until(rollout('web').isHealthy(), '2m')
  })
})

describe('a web service that answers oddly', () => {
  const url = 'http://judge.example/score'
  const check: Metric = {
    name: 'check',
    successCondition: 'result >= 0.95',
    provider: { web: { url, jsonPath: '{$.score}' } },
  }
  const huge = JSON.stringify({ score: 'x'.repeat(10 * 1024 * 1024) })

  const odd: readonly (readonly [string, WebAnswer, RegExp])[] = [
    ['a text for a number', { json: { score: 'good' } }, /mismatched types string and float64/],
    ['null', { json: { score: null } }, /metric result is nil or empty: no data returned from the metric provider/],
    ['another shape', { json: [] }, /Could not find JSONPath in body/],
    ['a page for people', { text: '<html>Sign in</html>' }, /mismatched types string and float64/],
    ['10 MB of text', { text: huge }, /mismatched types string and float64/],
  ]
  for (const [what, answer, message] of odd) {
    story(
      `with ${what}: an error says so, and the release is aborted`,
      { web: [{ url, answers: [answer] }] },
      async (told) => {
        await release(told, check)
        await told.until(rollout('web').isDegraded(errors), '5m')
        assert.equal(measurementOf(told)?.phase, 'Error')
        assert.match(measurementOf(told)?.message ?? '', message)
        if (/mismatched types/.test(message.source)) {
          const place = 'successCondition (1:8)\n | result >= 0.95\n | .......^'
          assert.deepEqual(measurementOf(told)?.metadata, { conditionError: place })
        }
        assert.ok(JSON.stringify(runsOf(told, 'web')).length < 20_000, 'the run holds the whole answer')
      },
    )
  }
})

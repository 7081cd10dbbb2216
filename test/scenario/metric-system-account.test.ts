import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Metric } from '../../src/api/metric.ts'
import type { WebAnswer } from '../../src/sandbox/metrics/web-rule.ts'
import { anAnalysisTemplate } from '../builders/objects.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import { type Story, type StoryOptions, story } from './harness.ts'

const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), analysis('check'))

const apiKey = '0123456789abcdef0123456789abcdef'
const appKey = 'fedcba9876543210fedcba9876543210fedcba98'

const account = (namespace: string, name: string, keys: Readonly<Record<string, string>>) => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
    data: Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  },
]
const keys = { 'api-key': apiKey, 'app-key': appKey }

const checked: Metric = {
  name: 'check',
  interval: '10s',
  count: 2,
  successCondition: 'result < 0.05',
  provider: { datadog: { apiVersion: 'v2', query: 'sum:errors{*}' } },
}

const datadogAnswers = (...answers: readonly WebAnswer[]): StoryOptions => ({
  web: [{ url: 'https://api.datadoghq.com/api/v2/query/scalar', answers }],
})
const scalar = (value: number): WebAnswer => ({
  json: { data: { attributes: { columns: [{ name: 'query', type: 'number', values: [value] }] } } },
})

const release = async (told: Story, metric: Metric, ...objects: readonly object[]): Promise<void> => {
  await told.begin(anAnalysisTemplate('check', metric), ...objects, web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

const resultOf = (told: Story) =>
  runsOf(told, 'web')[0]?.status?.metricResults?.[0] ?? assert.fail('nothing was measured')

describe('the account of a metric system', () => {
  story('is found in the namespace of the controller', datadogAnswers(scalar(0.01)), async (told) => {
    await release(told, checked, ...account('argo-rollouts', 'datadog', keys))
    await told.until(rollout('web').isHealthy(), '5m')
    assert.deepEqual(
      resultOf(told).measurements?.map(({ phase, value }) => [phase, value]),
      [
        ['Successful', '0.01'],
        ['Successful', '0.01'],
      ],
    )
  })

  story(
    'is found in the namespace of the release where the metric says so',
    datadogAnswers(scalar(0.01)),
    async (told) => {
      const { datadog } = checked.provider
      const own: Metric = {
        ...checked,
        provider: { datadog: { ...datadog, secretRef: { name: 'dd', namespaced: true } } },
      }
      await release(told, own, ...account('default', 'dd', keys))
      await told.until(rollout('web').isHealthy(), '5m')
    },
  )

  story('that is missing is named, and ends the release', datadogAnswers(scalar(0.01)), async (told) => {
    await release(told, checked)
    await told.until(
      rollout('web').isDegraded(
        /secrets "datadog" not found: set api-key and app-key in the Secret argo-rollouts\/datadog/,
      ),
      '5m',
    )
  })

  // Besides what is asserted here, every story ends with a look for values of Secrets in all objects and all that was logged.
  story(
    'stays secret when the server repeats it',
    datadogAnswers({ status: 403, text: `forbidden for ${apiKey} and ${appKey}` }),
    async (told) => {
      await release(told, checked, ...account('argo-rollouts', 'datadog', keys))
      await told.until(rollout('web').isDegraded(/forbidden for \*{5} and \*{5}; check api-key and app-key/), '5m')
      assert.match(resultOf(told).measurements?.at(-1)?.message ?? '', /forbidden for \*{5} and \*{5}/)
    },
  )

  story('judges a release as bad where the values are', datadogAnswers(scalar(0.5)), async (told) => {
    await release(told, checked, ...account('argo-rollouts', 'datadog', keys))
    await told.until(rollout('web').isDegraded(/assessed Failed due to failed \(1\) > failureLimit \(0\)/), '5m')
  })
})

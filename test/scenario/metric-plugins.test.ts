import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { JsonObject } from '../../src/lib/json.ts'
import { anAnalysisTemplate } from '../builders/objects.ts'
import { pluginName } from '../builders/plugins.ts'
import { analysis, aRollout, setWeight } from '../builders/rollout-builder.ts'
import { rollout, runsOf } from './expect.ts'
import type { Story } from './harness.ts'
import { pluginConfigMap, pluginStory } from './plugin-host.ts'

const web = aRollout('web').withReplicas(2).withSteps(setWeight(50), analysis('check'))

const check = (config: JsonObject) =>
  anAnalysisTemplate('check', {
    name: 'check',
    provider: { plugin: { [pluginName]: config } },
    successCondition: 'result >= 0.95',
    count: 2,
    interval: '10s',
  })

const release = async (told: Story, config: JsonObject, ...objects: readonly object[]): Promise<void> => {
  await told.begin(check(config), ...objects, web.build())
  await told.until(rollout('web').isHealthy(), '2m')
  told.act({ setImage: { rollout: 'web', image: 'web:2' } })
}

describe('a metric plugin', () => {
  pluginStory('judges a release: its value is good', async (told, host) => {
    await release(told, { value: 0.99, seconds: 15 }, pluginConfigMap())
    await told.until(rollout('web').isStableAt(2), '5m')
    assert.deepEqual(host.asked.slice(0, 2), ['run', 'resume'])
    const [result] = runsOf(told, 'web')[0]?.status?.metricResults ?? []
    assert.deepEqual([result?.successful, result?.metadata], [2, { plugin: 'reference 1' }])
  })

  pluginStory('judges a release: its value is bad', async (told) => {
    await release(told, { value: 0.5 }, pluginConfigMap())
    await told.until(rollout('web').isDegraded(/metric "check" assessed Failed/i), '5m')
  })

  pluginStory(
    'gets the token of a Secret, which is told nowhere, also when the plugin repeats it',
    async (told, host) => {
      const data = { token: Buffer.from('s3cret-t0ken').toString('base64') }
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plugin', namespace: 'default' }, data }
      const fields = { location: 'http://plugin.tools', tokenFrom: { secretKeyRef: { name: 'plugin', key: 'token' } } }
      host.instead = ({ path, headers }) =>
        path.endsWith('/run') ? { status: 403, body: { message: `no entry for ${headers.authorization}` } } : undefined
      await release(told, {}, secret, pluginConfigMap(fields))
      await told.until(rollout('web').isDegraded(/RolloutAborted/), '5m')
      assert.equal(host.calls[0]?.headers.authorization, 'Bearer s3cret-t0ken')
      const message = runsOf(told, 'web')[0]?.status?.metricResults?.[0]?.measurements?.[0]?.message ?? ''
      assert.match(message, /answered with status 403: no entry for Bearer \*\*\*\*\*/)
    },
  )

  pluginStory('that is a program of the published protocol says so on the AnalysisRun', async (told) => {
    await release(told, {}, pluginConfigMap({ location: 'https://acme.example/metric', sha256: 'aa' }))
    await told.until(rollout('web').isDegraded(/RolloutAborted/), '5m')
    const message = runsOf(told, 'web')[0]?.status?.metricResults?.[0]?.measurements?.[0]?.message ?? ''
    assert.match(message, /https:\/\/acme\.example\/metric is a program to download and to run/)
  })

  pluginStory('may be configured while it is being asked for', async (told) => {
    await release(told, { value: 1 })
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.pass('5s')
    told.apply(pluginConfigMap())
    await told.until(rollout('web').isStableAt(2), '2m')
  })

  pluginStory('that is down for a moment costs no release', async (told, host) => {
    await release(told, { value: 1 }, pluginConfigMap())
    host.isDown = true
    await told.until(rollout('web').isAtStep(1), '1m')
    await told.pass('25s')
    host.isDown = false
    await told.until(rollout('web').isStableAt(2), '3m')
  })
})

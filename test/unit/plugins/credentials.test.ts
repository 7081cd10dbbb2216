import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { systemClock } from '../../../src/lib/clock.ts'
import { PluginDirectory } from '../../../src/plugins/configuration.ts'
import { runStep } from '../../../src/plugins/contract/step.ts'
import { credentialReader } from '../../../src/plugins/credentials.ts'
import { Plugins } from '../../../src/plugins/plugins.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { machineNet } from '../../builders/measure-context.ts'
import { directoryWith, pluginName } from '../../builders/plugins.ts'
import { secretClient } from '../../builders/secret-client.ts'

const { signal } = new AbortController()

describe('the Secrets of a plugin', () => {
  const pluginOf = (fields: object) => {
    const found = directoryWith({ location: 'http://x', ...fields }).find('step', pluginName)
    return found.type === 'usable' ? found.plugin : assert.fail('it can be used')
  }
  it('give headers and the token; a line end that files have is no part of them', async () => {
    const client = secretClient({ 'own/h': { 'X-Team': 'web' }, 'own/t': { key: 's3cret\n' } })
    const plugin = pluginOf({
      headersFrom: [{ secretRef: { name: 'h' } }],
      tokenFrom: { secretKeyRef: { name: 't', key: 'key' } },
    })
    const { headers, secrets } = await credentialReader(client, 'own')(plugin, signal)
    assert.deepEqual(headers, { 'X-Team': 'web', authorization: 'Bearer s3cret' })
    assert.deepEqual(secrets, ['web', 's3cret'])
  })

  it('that are not there, or lack the key, are named', async () => {
    const plugin = pluginOf({ tokenFrom: { secretKeyRef: { name: 't', key: 'key' } } })
    await assert.rejects(
      credentialReader(secretClient({}), 'own')(plugin, signal),
      /reading the Secret own\/t: it does not exist/,
    )
    const other = secretClient({ 'own/t': { another: 'x' } })
    await assert.rejects(credentialReader(other, 'own')(plugin, signal), /the Secret own\/t has no key key/)
  })
})

describe('a configuration that cannot be read', () => {
  it('is told to who asks a plugin, after a while', async () => {
    const clock = new ManualClock()
    const cache = { synced: false, whenSynced: () => new Promise<void>(() => {}) }
    const directory = new PluginDirectory(undefined, 'own/argo-rollouts-config')
    const readCredentials = async () => ({ headers: {}, secrets: [] })
    const plugins = new Plugins({ directory, cache }, { net: machineNet(systemClock), clock, readCredentials })
    const body = { config: {}, rollout: {}, index: 0, execution: 0 }
    const asked = assert.rejects(
      plugins.call(runStep, pluginName, body, signal),
      /check that the controller may get, list and watch it/,
    )
    await clock.advance(10_000)
    await asked
    assert.equal(clock.pendingTimers, 0)
  })
})

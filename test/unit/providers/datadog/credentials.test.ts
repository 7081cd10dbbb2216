import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DatadogMetric } from '../../../../src/api/providers/datadog.ts'
import { closedHost, surroundingsOf } from '../../../../src/providers/surroundings.ts'
import { metricOf } from '../../../builders/analysis-run.ts'
import { measureOnce } from '../../../builders/measure-context.ts'
import { secretsOf } from '../../../builders/secret-access.ts'

const secrets = secretsOf({
  'argo-rollouts/datadog': { 'api-key': 'plain\n', 'app-key': 'plain\n' },
  'argo-rollouts/eu': { address: 'https://api.datadoghq.eu', 'api-key': 'eu', 'app-key': 'eu' },
  'shop/eu': { 'api-key': 'shop', 'app-key': 'shop' },
})
const complete = { DD_ADDRESS: 'https://api.us5.datadoghq.com', DD_API_KEY: 'env', DD_APP_KEY: 'env' }

/** Host and key that Datadog is asked with. */
const askedWith = async (secretRef: DatadogMetric['secretRef'], env: Readonly<Record<string, string>> = {}) => {
  const asked: string[] = []
  const datadog = { query: 'q', ...(secretRef && { secretRef }) }
  await measureOnce(metricOf({ provider: { datadog } }), {
    secrets,
    surroundings: surroundingsOf(closedHost(env)),
    net: {
      fetch: async ({ url, headers = {} }) => {
        asked.push(new URL(url).host, headers['dd-api-key'] ?? '')
        return { status: 200, headers: {}, text: '{"series":[]}' }
      },
    },
  })
  return asked
}

describe('the account of Datadog', () => {
  it('is in the Secret datadog of the controller, whose values may end in a line break', async () =>
    assert.deepEqual(await askedWith(undefined), ['api.datadoghq.com', 'plain']))

  it('is in the environment of the controller before that', async () =>
    assert.deepEqual(await askedWith(undefined, complete), ['api.us5.datadoghq.com', 'env']))

  it('is not in an environment that has a part of it only', async () => {
    const { DD_ADDRESS: _, ...keysAlone } = complete
    assert.deepEqual(await askedWith(undefined, keysAlone), ['api.datadoghq.com', 'plain'])
  })

  it('is in the Secret that the metric names, and nowhere else', async () =>
    assert.deepEqual(await askedWith({ name: 'eu' }, complete), ['api.datadoghq.eu', 'eu']))

  it('is in the namespace of the run where the metric says so', async () =>
    assert.deepEqual(await askedWith({ name: 'eu', namespaced: true }, complete), ['api.datadoghq.com', 'shop']))
})

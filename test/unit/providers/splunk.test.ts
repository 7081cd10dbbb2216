import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metricOf } from '../../builders/analysis-run.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { measureOnce } from '../../builders/measure-context.ts'
import { secretsOf } from '../../builders/secret-access.ts'

const splunk = { address: 'https://splunk.example:8089', query: '| tstats count' }
const answer = JSON.stringify({ messages: [], results: [{ count: '1' }] })

const ask = async (secret: Readonly<Record<string, string>>, over: object = {}) => {
  const net = new AnsweringNet(() => ({ text: answer }))
  const hidden: string[] = []
  const secrets = { ...secretsOf({ 'shop/search-head': secret }), hide: (text: string) => void hidden.push(text) }
  const provider = { splunk: { ...splunk, secretRef: { name: 'search-head', namespaced: true }, ...over } }
  const outcome = await measureOnce(metricOf({ provider, successCondition: 'result[0].count == 1' }), { net, secrets })
  return { outcome, hidden, request: net.requests[0] }
}

describe('the splunk provider', () => {
  it('takes a name and a password from a Secret of the run, and hides what it sends', async () => {
    const { outcome, hidden, request } = await ask({ username: 'judge', password: 'open sesame' })
    const credentials = Buffer.from('judge:open sesame').toString('base64')
    assert.deepEqual(outcome, { phase: 'Successful', value: '[{"count":1}]' })
    assert.equal(request?.headers?.authorization, `Basic ${credentials}`)
    assert.deepEqual(hidden, [credentials])
  })

  it('leaves a search that begins with a pipe or the command search as it is', async () => {
    for (const query of ['| tstats count', 'search index=web', '  search x']) {
      const { request } = await ask({ token: 't' }, { query })
      assert.equal(new URLSearchParams(request?.body).get('search'), query)
    }
  })

  it('believes the servers that the metric says', async () => {
    const { request } = await ask({ token: 't' }, { insecure: true, ca: 'PEM' })
    assert.deepEqual([request?.insecure, request?.ca], [true, 'PEM'])
  })
})

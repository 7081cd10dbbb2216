import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PrometheusMetric } from '../../../src/api/providers/prometheus.ts'
import { metricOf } from '../../builders/analysis-run.ts'
import { type Answer, AnsweringServer, type SeenRequest } from '../../builders/answering-server.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { machineNet, measureOnce } from '../../builders/measure-context.ts'

const vector = (...values: string[]): Answer => ({
  body: JSON.stringify({
    status: 'success',
    data: {
      resultType: 'vector',
      result: values.map((value, i) => ({ metric: { i: String(i) }, value: [1700000000.1, value] })),
    },
  }),
})

const ask = async (
  answer: Answer | ((request: SeenRequest) => Answer),
  spec: PrometheusMetric = {},
  successCondition = 'result[0] >= 0.95',
) => {
  await using server = await AnsweringServer.start(answer)
  const provider = { prometheus: { address: server.address, query: 'up{a="b"}', ...spec } }
  const outcome = await measureOnce(metricOf({ provider, successCondition }))
  return { outcome, seen: server.seen }
}

describe('the prometheus provider', () => {
  it('judges the values of a vector', async () => {
    assert.deepEqual((await ask(vector('0.99', '0.5'))).outcome, { phase: 'Successful', value: '[0.99,0.5]' })
    assert.deepEqual((await ask(vector('0.5'))).outcome, { phase: 'Failed', value: '[0.5]' })
  })

  it('keeps infinities and NaN apart', async () => {
    assert.deepEqual(
      (await ask(vector('+Inf', '-Inf', 'NaN'), {}, 'isInf(result[0]) && isInf(result[1]) && isNaN(result[2])'))
        .outcome,
      {
        phase: 'Successful',
        value: '[+Inf,-Inf,NaN]',
      },
    )
  })

  it('sends the query and a time, as a form, and asks by GET where POST is refused', async () => {
    const { seen } = await ask(({ method }) => (method === 'POST' ? { status: 405 } : vector('1')))
    assert.deepEqual(
      seen.map(({ method }) => method),
      ['POST', 'GET'],
    )
    const form = new URLSearchParams(seen[0]?.body)
    assert.equal(form.get('query'), 'up{a="b"}')
    assert.ok(Math.abs(Number(form.get('time')) * 1000 - Date.now()) < 60_000)
    assert.equal(seen[1]?.url, `/api/v1/query?${seen[0]?.body}`)
  })

  it('asks for a range', async () => {
    const rangeQuery = { start: 'now() - duration("1h")', end: 'now()', step: '1m' }
    const matrix = {
      body: JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: {},
              values: [
                [1, '1'],
                [2, '+Inf'],
              ],
            },
          ],
        },
      }),
    }
    const { outcome, seen } = await ask(matrix, { rangeQuery })
    assert.deepEqual(outcome, { phase: 'Successful', value: '[1,+Inf]' })
    assert.equal(seen[0]?.url, '/api/v1/query_range')
    const form = new URLSearchParams(seen[0]?.body)
    assert.equal(Number(form.get('end')) - Number(form.get('start')), 3600)
    assert.equal(form.get('step'), '60')
  })

  it('passes on warnings', async () => {
    const body = JSON.stringify({ ...JSON.parse(vector('1').body ?? ''), warnings: ['slow', 'partial'] })
    assert.deepEqual((await ask({ body })).outcome.metadata, { warnings: '"slow", "partial"' })
  })

  it('introduces itself by basic authentication, and by its headers, which win', async () => {
    const basicAuth = { username: 'u', password: 'p' }
    const { seen } = await ask(vector('1'), {
      authentication: { basicAuth },
      headers: [{ key: 'X-Scope-OrgID', value: 'a' }],
    })
    assert.equal(seen[0]?.headers.authorization, `Basic ${Buffer.from('u:p').toString('base64')}`)
    assert.equal(seen[0]?.headers['x-scope-orgid'], 'a')
    const own = await ask(vector('1'), {
      authentication: { basicAuth },
      headers: [{ key: 'Authorization', value: 'Bearer t' }],
    })
    assert.equal(own.seen[0]?.headers.authorization, 'Bearer t')
  })

  it('fetches an OAuth 2 token', async () => {
    await using tokens = await AnsweringServer.start({ body: '{"access_token":"abc","token_type":"Bearer"}' })
    const oauth2 = { tokenUrl: `${tokens.address}/token`, clientId: 'me', clientSecret: 's3', scopes: ['a', 'b'] }
    const { seen } = await ask(vector('1'), { authentication: { oauth2 } })
    assert.equal(seen[0]?.headers.authorization, 'Bearer abc')
    assert.equal(tokens.seen[0]?.body, 'grant_type=client_credentials&scope=a+b')
  })

  const unusable: readonly (readonly [string, Answer, RegExp])[] = [
    ['an empty vector', vector(), /^could not evaluate successCondition .*: metric result is nil or empty: no data/],
    [
      'a query that Prometheus refuses',
      { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
      /^bad_data: parse error$/,
    ],
    [
      'too many requests',
      { status: 429, body: 'slow down' },
      /^client_error: client error: 429: slow down; a longer interval of the metric asks less often$/,
    ],
    [
      'a server error in HTML',
      { status: 502, body: '<html>Bad\n Gateway</html>' },
      /^server_error: server error: 502: <html>Bad Gateway<\/html>$/,
    ],
    [
      'a login page',
      { body: '<html>Sign in</html>' },
      /the answer is no JSON: <html>Sign in<\/html>; check that the address/,
    ],
    ['nothing', { body: '' }, /the answer is empty/],
    ['half an answer', { body: '{"status":"success","data":{"resul' }, /no JSON/],
    ['JSON of something else', { body: '{"ok":true}' }, /not in the format of a Prometheus query result/],
    [
      'a string',
      { body: '{"status":"success","data":{"resultType":"string","result":[1,"x"]}}' },
      /the result of the query is a string/,
    ],
    [
      'native histograms',
      { body: '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{}]}]}}' },
      /native histograms/,
    ],
    ['a cut connection', { reset: true }, /127\.0\.0\.1/],
    ['more than it reads', { body: 'x'.repeat(5 * 1024 * 1024) }, /127\.0\.0\.1.*(bytes|long|large|MiB)/],
  ]
  for (const [what, answer, message] of unusable) {
    it(`makes an error of ${what}`, async () => {
      const { outcome } = await ask(answer)
      assert.equal(outcome.phase, 'Error')
      assert.equal(outcome.value, undefined)
      assert.match(outcome.message ?? '', message)
    })
  }

  it('gives up on a server that does not answer in time: half a minute unless told', async () => {
    await using server = await AnsweringServer.start({ silent: true })
    const clock = new ManualClock()
    const metric = metricOf({ provider: { prometheus: { address: server.address, query: 'up' } } })
    const outcome = measureOnce(metric, { net: machineNet(clock), clock })
    await server.asked
    await clock.advance(30_000)
    assert.equal((await outcome).phase, 'Error')
  })

  const misconfigured: readonly (readonly [string, PrometheusMetric, RegExp])[] = [
    ['an address that is no URL', { address: 'prometheus:9090' }, /must be a URL/],
    ['no address', { address: '' }, /ARGO_ROLLOUTS_PROMETHEUS_ADDRESS/],
    ['half a pair of AWS keys', { authentication: { sigv4: { region: 'eu-west-1', accessKey: 'AKID' } } }, /secretKey/],
    ['an AWS signature without a region', { authentication: { sigv4: { roleArn: 'arn:x' } } }, /no AWS region: set/],
    [
      'half an OAuth 2 client',
      { authentication: { oauth2: { clientId: 'me' } } },
      /missing mandatory parameter in metric for OAuth2/,
    ],
    [
      'a range without step',
      { rangeQuery: { start: 'now()', end: 'now()' } },
      /^failed to parse rangeQuery.step as duration: time: invalid duration ""$/,
    ],
    [
      'a range that begins nowhere',
      { rangeQuery: { start: 'hello', end: 'now()', step: '1m' } },
      /^failed to parse rangeQuery.start as time: unknown name hello$/,
    ],
  ]
  for (const [what, spec, message] of misconfigured) {
    it(`makes an error of ${what}, and asks nobody`, async () => {
      const { outcome, seen } = await ask(vector('1'), spec)
      assert.equal(outcome.phase, 'Error')
      assert.match(outcome.message ?? '', message)
      assert.deepEqual(seen, [])
    })
  }

  it('asks the server that the controller was given where the metric names none', async () => {
    await using server = await AnsweringServer.start(vector('1'))
    const metric = metricOf({ provider: { prometheus: { query: 'up' } } })
    assert.equal(
      (await measureOnce(metric, { config: { prometheusAddress: `${server.address}/prefix/` } })).phase,
      'Successful',
    )
    assert.equal(server.seen[0]?.url, '/prefix/api/v1/query')
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type MetricMoment, type MetricRule, sampleOf, valueAt } from '../../../src/sandbox/metrics/metric-rule.ts'
import { answerAsPrometheus } from '../../../src/sandbox/metrics/prometheus.ts'
import { attributeQuery, type RunningMetric } from '../../../src/sandbox/metrics/query-attribution.ts'
import { SandboxNet } from '../../../src/sandbox/metrics/sandbox-net.ts'
import { VirtualClock } from '../../../src/sandbox/virtual-clock.ts'

const moment = (changes: Partial<MetricMoment> = {}): MetricMoment => ({
  templates: ['success-rate'],
  metric: 'success-rate',
  query: 'sum(rate(http_requests_total[1m]))',
  revision: 2,
  images: ['shop:2.0'],
  weight: 20,
  sinceRevisionMs: 60_000,
  sinceStartMs: 600_000,
  ...changes,
})

const shown = (rules: readonly MetricRule[], changes: Partial<MetricMoment> = {}) =>
  valueAt(rules, moment(changes))?.values

describe('the value of a metric', () => {
  it('is told by template and metric name, or by a part of the query', () => {
    assert.deepEqual(shown([{ template: 'success-rate', metric: 'success-rate', cases: [{ values: [0.99] }] }]), [0.99])
    assert.deepEqual(shown([{ query: 'http_requests_total', cases: [{ values: [3] }] }]), [3])
  })

  it('is unknown when no rule is about the query', () => {
    assert.equal(shown([{ metric: 'latency', cases: [{ values: [1] }] }]), undefined)
    assert.equal(shown([{ template: 'other', cases: [{ values: [1] }] }]), undefined)
  })

  it('depends on revision, image, weight and time; the first case that holds wins', () => {
    const cases = [
      { revision: 3, values: [1] },
      { image: ':2.0', minWeight: 50, values: [2] },
      { fromMs: 100_000, untilMs: 200_000, values: [3] },
      { values: [4] },
    ]
    assert.deepEqual(shown([{ cases }], { revision: 3 }), [1])
    assert.deepEqual(shown([{ cases }], { weight: 50 }), [2])
    assert.deepEqual(shown([{ cases }], { sinceStartMs: 100_000 }), [3])
    assert.deepEqual(shown([{ cases }], { sinceStartMs: 200_000 }), [4])
  })

  it('is an empty vector when rules are about the query but no case holds', () => {
    assert.deepEqual(shown([{ cases: [{ revision: 9, values: [1] }] }]), [])
  })

  it('moves in a straight line and then stays', () => {
    const rules = [{ cases: [{ afterMs: 30_000, values: [1], towards: 0.5, overMs: 60_000 }] }]
    assert.deepEqual(shown(rules, { sinceRevisionMs: 30_000 }), [1])
    assert.deepEqual(shown(rules, { sinceRevisionMs: 60_000 }), [0.75])
    assert.deepEqual(shown(rules, { sinceRevisionMs: 900_000 }), [0.5])
  })

  it('has noise that depends on the seed and the moment only', () => {
    const value = { values: [0.9], noise: 0.05 }
    const [first = Number.NaN] = sampleOf(value, moment(), 1)
    assert.deepEqual(sampleOf(value, moment(), 1), [first])
    assert.notDeepEqual(sampleOf(value, moment(), 2), [first])
    assert.ok(Math.abs(first - 0.9) <= 0.05)
  })
})

describe('the simulated Prometheus', () => {
  const ask = (url: string, samples: readonly number[], init: { method?: string; body?: string } = {}) =>
    JSON.parse(
      answerAsPrometheus({ method: 'GET', timeoutMs: 1000, ...init, url }, () => ({ samples }), 1_700_000_000_000).text,
    )

  it('answers an instant query with a vector at the time asked for', () => {
    const answer = ask('http://prometheus/api/v1/query?query=up&time=1600000000', [0.5])
    assert.deepEqual(answer, {
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [1_600_000_000, '0.5'] }] },
    })
  })

  it('reads the parameters of a form as well', () => {
    const answer = ask('http://prometheus/api/v1/query', [1], { method: 'POST', body: 'query=up&time=5' })
    assert.equal(answer.data.result[0].value[0], 5)
  })

  it('writes infinities and NaN as Prometheus does', () => {
    const answer = ask('http://prometheus/api/v1/query?query=up', [Infinity, -Infinity, NaN])
    assert.deepEqual(
      answer.data.result.map(({ value }: { value: unknown[] }) => value[1]),
      ['+Inf', '-Inf', 'NaN'],
    )
  })

  it('answers a range query with a matrix', () => {
    const answer = ask('http://prometheus/api/v1/query_range?query=up&start=0&end=120&step=1m', [2])
    assert.deepEqual(answer.data.result, [
      {
        metric: {},
        values: [
          [0, '2'],
          [60, '2'],
          [120, '2'],
        ],
      },
    ])
  })

  it('refuses a range with more points than Prometheus would', () => {
    const answer = ask('http://prometheus/api/v1/query_range?query=up&start=0&end=11000&step=1', [2])
    assert.equal(answer.errorType, 'bad_data')
  })
})

describe('the metric that asks a query', () => {
  const running = (changes: Partial<RunningMetric>): RunningMetric => ({
    namespace: 'default',
    templates: ['success-rate'],
    metric: 'success-rate',
    query: 'rate(ok{service="{{args.service}}"}[1m])',
    args: { service: 'shop' },
    ...changes,
  })

  it('is the one whose text with its arguments is the query', () => {
    const metrics = [running({ args: { service: 'cart' } }), running({ rollout: 'shop' })]
    assert.equal(attributeQuery('rate(ok{service="shop"}[1m])', metrics)?.rollout, 'shop')
  })

  it('may have an argument whose value is a secret', () => {
    assert.equal(attributeQuery('rate(ok{service="anything"}[1m])', [running({ args: {} })])?.metric, 'success-rate')
  })

  it('is unknown for a query that nobody was told to ask', () => {
    assert.equal(attributeQuery('up', [running({})]), undefined)
  })
})

describe('the network of the sandbox', () => {
  const start = Date.parse('2026-01-01T00:00:00Z')
  const network = (options: { metrics?: MetricRule[]; web?: ConstructorParameters<typeof SandboxNet>[0]['web'] }) => {
    const clock = new VirtualClock(start)
    const unmatched: string[] = []
    const net = new SandboxNet({
      clock,
      seed: 1,
      metrics: options.metrics ?? [],
      web: options.web ?? [],
      momentOf: (query) => moment({ query }),
      onCall: (call) => {
        if (!call.matched) unmatched.push(call.query ?? call.request.url)
      },
    })
    const fetch = async (url: string) => {
      const outcome = net.fetch({ method: 'GET', url, timeoutMs: 5000 }).then(
        ({ status, text }) => `${status} ${text}`,
        (error: Error) => `${error.name}: ${error.message}`,
      )
      await clock.run()
      return outcome
    }
    return { clock, fetch, unmatched }
  }

  it('answers Prometheus at any address', async () => {
    const { fetch } = network({ metrics: [{ query: 'up', cases: [{ values: [1] }] }] })
    assert.match(
      await fetch('https://metrics.example:9090/prefix/api/v1/query?query=up'),
      /^200 .*"value":\[\d+(\.\d+)?,"1"\]/,
    )
  })

  it('answers an unknown query with an empty vector and says so', async () => {
    const { fetch, unmatched } = network({})
    assert.match(await fetch('http://prometheus/api/v1/query?query=nobody'), /"result":\[\]/)
    assert.deepEqual(unmatched, ['nobody'])
  })

  it('can be unavailable, answer HTML, break off, or never answer', async () => {
    const { fetch } = network({
      metrics: [
        { query: 'unavailable', cases: [{ values: [], fault: 'unavailable' }] },
        { query: 'html', cases: [{ values: [], fault: 'html' }] },
        { query: 'malformed', cases: [{ values: [], fault: 'malformed' }] },
        { query: 'timeout', cases: [{ values: [], fault: 'timeout' }] },
      ],
    })
    const query = (name: string) => fetch(`http://prometheus/api/v1/query?query=${name}`)
    assert.match(await query('unavailable'), /^503 .*unavailable/)
    assert.match(await query('html'), /^502 <html>/)
    assert.equal((await query('malformed')).endsWith('"resul'), true)
    assert.match(await query('timeout'), /NetFailure: calling prometheus: no answer within 5000 ms/)
  })

  it('answers web addresses as told, changing with time', async () => {
    const web = [
      { url: 'http://judge/', answers: [{ json: { ok: true } }, { fromMs: 60_000, status: 500, text: 'no' }] },
    ]
    const { clock, fetch } = network({ web })
    assert.equal(await fetch('http://judge/score'), '200 {"ok":true}')
    await clock.run({ forMs: 60_000 })
    assert.equal(await fetch('http://judge/score'), '500 no')
  })

  it('refuses connections to addresses that nobody described', async () => {
    const { fetch, unmatched } = network({})
    assert.match(await fetch('http://elsewhere/'), /NetFailure: connecting to elsewhere: connection refused/)
    assert.deepEqual(unmatched, ['http://elsewhere/'])
  })
})

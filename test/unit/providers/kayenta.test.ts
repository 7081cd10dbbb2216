import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Measurement } from '../../../src/api/analysis-run.ts'
import type { KayentaMetric } from '../../../src/api/providers/kayenta.ts'
import type { NetRequest, NetResponse } from '../../../src/kube/net.ts'
import type { Outcome } from '../../../src/providers/provider.ts'
import { providerOf } from '../../../src/providers/registry.ts'
import { after, metricOf, runOf, runStart } from '../../builders/analysis-run.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { measureContext } from '../../builders/measure-context.ts'

const scope = (name: string) => ({ scope: name, region: 'us-west-1', step: 60 })

const spec: KayentaMetric = {
  address: 'http://kayenta.example/',
  application: 'guest book',
  canaryConfigName: 'latency',
  metricsAccountName: 'metrics',
  configurationAccountName: 'configs',
  storageAccountName: 'storage',
  threshold: { pass: 90, marginal: 75 },
  scopes: [{ name: 'default', controlScope: scope('stable'), experimentScope: scope('canary') }],
}

type Answer = Partial<NetResponse> | undefined

/** Kayenta as its REST API documents it. `ended` is the state of the execution. */
const kayenta = (ended: object = {}, over: (request: NetRequest) => Answer = () => undefined): AnsweringNet =>
  new AnsweringNet((request) => {
    const own = over(request)
    if (own !== undefined) return own
    const { method, url } = request
    if (url.includes('/canaryConfig')) return { text: '[{"id":"1","name":"other"},{"id":"c 7","name":"latency"}]' }
    return { text: method === 'POST' ? '{"canaryExecutionId":"01ABC"}' : JSON.stringify(ended) }
  })

const clock = new ManualClock(runStart + 600_000)

const contextOf = (net: AnsweringNet, over: Partial<KayentaMetric> = {}, interval?: string) => {
  const metric = metricOf({ provider: { kayenta: { ...spec, ...over } }, ...(interval && { interval }) })
  const run = runOf({ metrics: [metric] }, { phase: 'Running', startedAt: after(0) })
  return measureContext(metric, { net, clock, run })
}

const start = async (net: AnsweringNet, over: Partial<KayentaMetric> = {}, interval = '5m'): Promise<Outcome> => {
  const context = contextOf(net, over, interval)
  return (await providerOf(context.metric.provider)?.start(context)) ?? assert.fail('there is no such provider')
}

const running: Measurement = { phase: 'Running', startedAt: after(0), metadata: { canaryExecutionId: '01ABC' } }

const resume = async (net: AnsweringNet, measurement = running): Promise<Outcome> => {
  const context = contextOf(net)
  return (await providerOf(context.metric.provider)?.resume(measurement, context)) ?? assert.fail()
}

const judged = (score: number) => ({ complete: true, result: { judgeResult: { score: { score } } } })

describe('the kayenta provider', () => {
  it('starts a judgement of the time since the last one', async () => {
    const net = kayenta()
    assert.deepEqual(await start(net), {
      phase: 'Running',
      metadata: { canaryExecutionId: '01ABC' },
      resumeAt: after(615),
    })
    assert.deepEqual(net.urls, [
      'http://kayenta.example/canaryConfig?application=guest+book&configurationAccountName=configs',
      'http://kayenta.example/canary/c%207?application=guest+book&metricsAccountName=metrics&configurationAccountName=configs&storageAccountName=storage',
    ])
    const span = { start: after(300), end: after(600) }
    assert.deepEqual(JSON.parse(net.requests[1]?.body ?? ''), {
      scopes: {
        default: {
          controlScope: { ...scope('stable'), ...span },
          experimentScope: { ...scope('canary'), ...span },
        },
      },
      thresholds: { pass: 90, marginal: 75 },
    })
  })

  it('looks back to the start of the run where it should', async () => {
    const net = kayenta()
    await start(net, { lookback: true }, '')
    const { controlScope } = JSON.parse(net.requests[1]?.body ?? '').scopes.default
    assert.deepEqual([controlScope.start, controlScope.end], [after(0), after(600)])
  })

  it('keeps the times that the metric gives', async () => {
    const times = { start: after(1), end: after(2) }
    const scopes = [
      {
        name: 'default',
        controlScope: { ...scope('stable'), ...times },
        experimentScope: { ...scope('canary'), ...times },
      },
    ]
    const net = kayenta()
    await start(net, { scopes }, '')
    const { experimentScope } = JSON.parse(net.requests[1]?.body ?? '').scopes.default
    assert.deepEqual([experimentScope.start, experimentScope.end], [after(1), after(2)])
  })

  const verdicts: readonly (readonly [number, string])[] = [
    [100, 'Successful'],
    [90.9, 'Successful'],
    [89.9, 'Inconclusive'],
    [75, 'Inconclusive'],
    [74.9, 'Failed'],
    [0, 'Failed'],
  ]
  for (const [score, phase] of verdicts) {
    it(`makes ${phase} of a score of ${score}`, async () => {
      assert.deepEqual(await resume(kayenta(judged(score))), {
        phase,
        value: String(Math.trunc(score)),
        metadata: { canaryExecutionId: '01ABC' },
      })
    })
  }

  it('asks again after 15 s while the judgement runs', async () => {
    const outcome = await resume(kayenta({ complete: false, status: 'running' }))
    assert.deepEqual([outcome.phase, outcome.resumeAt], ['Running', after(615)])
  })

  const failures: readonly (readonly [string, () => Promise<Outcome>, RegExp])[] = [
    [
      'a configuration that is not there',
      () => start(kayenta(), { canaryConfigName: 'x' }),
      /^Canary config not found: x/,
    ],
    [
      'one half of the times',
      () =>
        start(kayenta(), {
          scopes: [{ name: 'a', controlScope: { ...scope('s'), start: after(0) }, experimentScope: scope('c') }],
        }),
      /^provider\.kayenta\.scopes\[0\]: controlScope\.start and experimentScope\.start must both be set or be empty$/,
    ],
    ['neither times nor an interval', () => start(kayenta(), {}, ''), /^interval: /],
    [
      'an address that is none',
      () => start(kayenta(), { address: 'kayenta' }),
      /^provider\.kayenta\.address must be a URL/,
    ],
    ['a server in trouble', () => start(kayenta({}, () => ({ status: 500, text: 'oops' }))), /500 oops/],
    [
      'an answer without an execution',
      () => start(kayenta({}, ({ method }) => (method === 'POST' ? { text: '{}' } : undefined))),
      /canaryExecutionId/,
    ],
    [
      'a judgement without a score',
      () => resume(kayenta({ complete: true, executionStatus: 'terminal' })),
      /^Missing Score: .*\(terminal\)/,
    ],
    ['an answer that does not say whether it is complete', () => resume(kayenta({})), /complete/],
    [
      'a measurement that names no execution',
      () => resume(kayenta(), { phase: 'Running' }),
      /does not name its Kayenta execution/,
    ],
  ]
  for (const [what, take, message] of failures) {
    it(`makes an error of ${what}`, async () => {
      const outcome = await take()
      assert.deepEqual([outcome.phase, outcome.value], ['Error', undefined])
      assert.match(outcome.message ?? '', message)
    })
  }
})

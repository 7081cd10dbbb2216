import assert from 'node:assert/strict'
import { it } from 'node:test'
import { metricOf } from '../../../builders/analysis-run.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import { measureOnce } from '../../../builders/measure-context.ts'
import { secretsOf } from '../../../builders/secret-access.ts'

const now = 1_700_000_000

const ask = async (
  address: string,
  ...timeseries: readonly (readonly (readonly [seconds: number, value: number])[])[]
) => {
  const urls: string[] = []
  const outcome = await measureOnce(metricOf({ provider: { wavefront: { address, query: 'ts(a)' } } }), {
    clock: new ManualClock(now * 1000 + 700),
    secrets: secretsOf({ 'argo-rollouts/wavefront-api-tokens': { 'example.wavefront.com': 't' } }),
    net: {
      fetch: async ({ url }) => {
        urls.push(url)
        return { status: 200, headers: {}, text: JSON.stringify({ timeseries: timeseries.map((data) => ({ data })) }) }
      },
    },
  })
  return { outcome, urls }
}

it('takes the point nearest to now, and notes when that was', async () => {
  const { outcome } = await ask('example.wavefront.com', [
    [now - 60, 1],
    [now - 5, 2],
    [now + 30, 3],
  ])
  assert.deepEqual(outcome, {
    phase: 'Successful',
    value: '2.00',
    metadata: { timestamps: '1699999995', drift: '-5' },
  })
})

it('notes it for each of several series', async () => {
  const { outcome } = await ask('example.wavefront.com', [[now + 2, 1]], [[now - 90, 2]])
  assert.deepEqual(outcome.metadata, { timestamps: '[1700000002,1699999910]', drift: '[2,-90]' })
})

it('asks a host by HTTPS at one instant, and an address with a scheme as it is', async () => {
  const { urls } = await ask('example.wavefront.com', [[now, 1]])
  const instant = `${now}000`
  assert.equal(
    urls[0],
    `https://example.wavefront.com/api/v2/chart/api?q=ts%28a%29&s=${instant}&e=${instant}&g=s&p=1&i=true`,
  )
  const proxied = await ask('http://example.wavefront.com:8080/proxy/', [[now, 1]])
  assert.match(proxied.urls[0] ?? '', /^http:\/\/example\.wavefront\.com:8080\/proxy\/api\/v2\/chart\/api\?q=/)
})

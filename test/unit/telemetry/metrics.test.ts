import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Metrics, PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { noMetrics } from '../../../src/telemetry/no-metrics.ts'

const object = { name: 'x_total', help: 'x', labels: ['namespace', 'name'] } as const

const linesOf = async (metrics: PrometheusMetrics, name: string): Promise<string[]> =>
  (await metrics.text()).split('\n').filter((line) => line.startsWith(name))

describe('metrics', () => {
  it('counts, sets and observes by label', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    metrics.counter(object).inc({ namespace: 'a', name: 'b' }, 2)
    metrics.gauge({ ...object, name: 'depth' }).set({ namespace: 'a', name: 'b' }, 7)
    metrics.histogram({ ...object, name: 'seconds', buckets: [1, 5] }).observe({ namespace: 'a', name: 'b' }, 3)
    assert.deepEqual(await linesOf(metrics, 'x_total'), ['x_total{namespace="a",name="b"} 2'])
    assert.deepEqual(await linesOf(metrics, 'depth'), ['depth{namespace="a",name="b"} 7'])
    assert.deepEqual(await linesOf(metrics, 'seconds_bucket'), [
      'seconds_bucket{le="1",namespace="a",name="b"} 0',
      'seconds_bucket{le="5",namespace="a",name="b"} 1',
      'seconds_bucket{le="+Inf",namespace="a",name="b"} 1',
    ])
  })

  it('forgets the series of an object that is gone, and only those', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    const counter = metrics.counter({ ...object, labels: ['namespace', 'name', 'phase'] })
    for (const phase of ['x', 'y']) {
      counter.inc({ namespace: 'a', name: 'gone', phase })
      counter.inc({ namespace: 'a', name: 'kept', phase })
    }
    counter.remove({ namespace: 'a', name: 'gone' })
    const lines = await linesOf(metrics, 'x_total')
    assert.equal(lines.length, 2)
    assert.ok(lines.every((line) => line.includes('kept')))
  })

  it('bounds the series of a metric, and says how many values it dropped', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    const counter = metrics.counter({ ...object, maxSeries: 2 })
    for (const name of ['1', '2', '3', '4', '1']) counter.inc({ namespace: 'a', name })
    assert.deepEqual(await linesOf(metrics, 'x_total'), [
      'x_total{namespace="a",name="1"} 2',
      'x_total{namespace="a",name="2"} 1',
    ])
    assert.deepEqual(await linesOf(metrics, 'crossfade_metric_series_dropped_total{'), [
      'crossfade_metric_series_dropped_total{metric="x_total"} 2',
    ])
    counter.remove({ name: '1' })
    counter.inc({ namespace: 'a', name: '5' })
    assert.equal((await linesOf(metrics, 'x_total')).length, 2)
  })

  it('computes an observed gauge when it is read, and keeps nothing of the time before', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    let names = ['a', 'b']
    metrics.observed({ ...object, name: 'info' }, () =>
      names.map((name) => ({ labels: { namespace: 'n', name }, value: 1 })),
    )
    assert.equal((await linesOf(metrics, 'info')).length, 2)
    names = ['c']
    assert.deepEqual(await linesOf(metrics, 'info'), ['info{namespace="n",name="c"} 1'])
  })

  it('has registries of its own, and one owner for each name', () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    metrics.counter(object)
    assert.throws(() => metrics.counter(object), /already been registered/)
    new PrometheusMetrics({ runtime: false }).counter(object)
  })

  it('can be left out', () => {
    const metrics: Metrics = noMetrics
    metrics.counter(object).inc({ namespace: 'a', name: 'b' })
    metrics.gauge(object).set({ namespace: 'a', name: 'b' }, 1)
    metrics.histogram({ ...object, buckets: [1] }).observe({ namespace: 'a', name: 'b' }, 1)
    metrics.observed(object, () => assert.fail('nobody reads it'))
  })
})

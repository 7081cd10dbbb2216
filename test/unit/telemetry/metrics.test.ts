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

  it('writes what is special in names and numbers so that Prometheus reads it', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    const odd = metrics.gauge({ name: 'odd', help: 'two\nlines of C:\\', labels: ['text'] })
    odd.set({ text: 'a "quote",\na line and C:\\' }, Number.POSITIVE_INFINITY)
    metrics.gauge({ name: 'plain', help: 'x', labels: [] }).set({}, Number.NaN)
    assert.deepEqual(await linesOf(metrics, '# HELP odd'), ['# HELP odd two\\nlines of C:\\\\'])
    assert.deepEqual(await linesOf(metrics, 'odd'), ['odd{text="a \\"quote\\",\\na line and C:\\\\"} +Inf'])
    assert.deepEqual(await linesOf(metrics, 'plain'), ['plain NaN'])
  })

  it('counts what is above all buckets, and sums', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    const histogram = metrics.histogram({ name: 'seconds', help: 'x', labels: [], buckets: [1] })
    for (const value of [0.5, 1, 9]) histogram.observe({}, value)
    assert.deepEqual(await linesOf(metrics, 'seconds'), [
      'seconds_bucket{le="1"} 2',
      'seconds_bucket{le="+Inf"} 3',
      'seconds_sum 10.5',
      'seconds_count 3',
    ])
  })

  it('can leave out what the published controller does not have', async () => {
    const metrics = new PrometheusMetrics({ runtime: false, publishedOnly: true })
    metrics.counter(object).inc({ namespace: 'a', name: 'b' })
    metrics.gauge({ ...object, name: 'crossfade_x' }).set({ namespace: 'a', name: 'b' }, 1)
    assert.match(await metrics.text(), /^# HELP x_total x\n# TYPE x_total counter\nx_total\{.*\} 1\n$/)
  })

  it('tells what Node knows of the process', async () => {
    const text = await new PrometheusMetrics({ runtime: true }).text()
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      assert.match(text, new RegExp(`^${name} \\d`, 'm'))
  })

  it('can be left out', () => {
    const metrics: Metrics = noMetrics
    metrics.counter(object).inc({ namespace: 'a', name: 'b' })
    metrics.gauge(object).set({ namespace: 'a', name: 'b' }, 1)
    metrics.histogram({ ...object, buckets: [1] }).observe({ namespace: 'a', name: 'b' }, 1)
    metrics.observed(object, () => assert.fail('nobody reads it'))
  })
})

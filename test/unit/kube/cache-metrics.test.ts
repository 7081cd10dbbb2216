import assert from 'node:assert/strict'
import { it } from 'node:test'
import { defineCacheMetrics } from '../../../src/kube/cache-metrics.ts'
import { NetworkError } from '../../../src/kube/errors.ts'
import { InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { FakeCollection, widgets } from '../../builders/fake-collection.ts'
import { testRuntime } from '../../builders/runtime.ts'

it('caches tell how large they are and whether they follow, those of one kind together', async () => {
  const server = new FakeCollection()
  const runtime = testRuntime()
  const factory = new InformerFactory({ transport: server, runtime })
  const metrics = new PrometheusMetrics({ runtime: false })
  defineCacheMetrics(metrics, () => factory.all)
  const lines = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('crossfade_cache'))
  server.put('a')
  server.put('b')
  factory.informer({ resource: widgets, view: rawView })
  factory.informer({ resource: widgets, namespace: 'default', view: rawView })
  assert.deepEqual(await lines(), [
    'crossfade_cache_objects{kind="Widget"} 0',
    'crossfade_cache_current{kind="Widget"} 0',
  ])
  factory.start()
  await runtime.clock.settle()
  assert.deepEqual(await lines(), [
    'crossfade_cache_objects{kind="Widget"} 4',
    'crossfade_cache_current{kind="Widget"} 1',
  ])
  server.end(new NetworkError({ method: 'WATCH', path: '/x' }, new Error('reset')))
  for (let attempt = 0; attempt < 40; attempt++)
    server.watchFaults.push(new NetworkError({ method: 'WATCH', path: '/x' }, new Error('refused')))
  await runtime.clock.advance(5500)
  assert.ok((await lines()).includes('crossfade_cache_current{kind="Widget"} 0'))
})

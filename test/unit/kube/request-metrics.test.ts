import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeError, NetworkError } from '../../../src/kube/errors.ts'
import { CountedTransport, targetOf } from '../../../src/kube/request-metrics.ts'
import type { Transport } from '../../../src/kube/transport.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'

const web = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/web'
const webCall = { method: 'PATCH', path: web }

const counted = (transport: Partial<Transport>) => {
  const metrics = new PrometheusMetrics({ runtime: false })
  const unused: Transport = {
    request: () => assert.fail('nothing is requested'),
    watch: () => assert.fail('nothing is watched'),
  }
  const lines = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('controller_clientset'))
  return { transport: new CountedTransport({ ...unused, ...transport }, metrics), lines }
}

const line = (verb: string, code: number, name = 'web', kind = 'rollouts'): string =>
  `controller_clientset_k8s_request_total{namespace="shop",name="${name}",kind="${kind}",verb="${verb}",status_code="${code}"} 1`

describe('the target of a request', () => {
  const cases: readonly (readonly [Parameters<typeof targetOf>, string])[] = [
    [['PATCH', `${web}/status`], 'Patch rollouts shop/web'],
    [['GET', '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts'], 'List rollouts shop/N/A'],
    [['GET', '/apis/argoproj.io/v1alpha1/rollouts'], 'List rollouts /N/A'],
    [['GET', '/apis/argoproj.io/v1alpha1/clusteranalysistemplates/rate'], 'Get clusteranalysistemplates /rate'],
    [['GET', '/api/v1/namespaces/shop'], 'Get namespaces /shop'],
    [['POST', '/api/v1/namespaces/shop/events'], 'Create events shop/N/A'],
    [['DELETE', '/apis/apps/v1/namespaces/shop/replicasets/web-5d6f'], 'Delete replicasets shop/N/A'],
    [['WATCH', '/api/v1/services'], 'Watch services /N/A'],
    [['GET', '/version'], 'Unknown Unknown Unknown/Unknown'],
  ]
  for (const [[method, path], expected] of cases) {
    it(`of ${method} ${path} is ${expected}`, () => {
      const { verb, kind, namespace, name } = targetOf(method, path)
      assert.equal(`${verb} ${kind} ${namespace}/${name}`, expected)
    })
  }
})

describe('requests to the API server', () => {
  it('are counted by their answers', async () => {
    const answers = [
      () => Promise.resolve({}),
      () => Promise.reject(new KubeError({ code: 409, message: 'changed' }, webCall)),
      () => Promise.reject(new NetworkError(webCall, new Error('reset'))),
    ]
    const { transport, lines } = counted({ request: () => answers.shift()?.() ?? assert.fail() })
    await transport.request({ method: 'PATCH', path: web })
    await assert.rejects(transport.request({ method: 'PATCH', path: web }), /changed/)
    await assert.rejects(transport.request({ method: 'PATCH', path: web }), NetworkError)
    assert.deepEqual(await lines(), [line('Patch', 200), line('Patch', 409), line('Patch', 0)])
  })

  it('are forgotten with the object that they were about', async () => {
    const { transport, lines } = counted({
      request: async () => ({}),
      watch: async function* ({ onOpen }) {
        onOpen?.()
        yield { type: 'DELETED', object: { metadata: { namespace: 'shop', name: 'web' } } }
      },
    })
    await transport.request({ method: 'PATCH', path: web })
    const signal = new AbortController().signal
    const path = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts'
    for await (const _ of transport.watch({ path, query: {}, idleTimeoutMs: 1, signal }));
    assert.deepEqual(await lines(), [line('Watch', 200, 'N/A')])
  })

  it('count a watch that was refused by its answer', async () => {
    const refused = new KubeError({ code: 403, message: 'forbidden' }, { method: 'WATCH', path: web })
    const { transport, lines } = counted({
      watch: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(refused) }) }),
    })
    const signal = new AbortController().signal
    const path = '/api/v1/namespaces/shop/services'
    const follow = async (): Promise<void> => {
      for await (const _ of transport.watch({ path, query: {}, idleTimeoutMs: 1, signal }));
    }
    await assert.rejects(follow(), /forbidden/)
    assert.deepEqual(await lines(), [line('Watch', 403, 'N/A', 'services')])
  })
})

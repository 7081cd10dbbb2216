import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'

import { type Cluster, useCluster } from './cluster.ts'
import { kubectl } from './kubectl.ts'
import { type Load, startLoad } from './load.ts'
import { byService } from './traffic.ts'
import { eventually } from './wait.ts'

const namespace = 'harness-application'

/** A Deployment labelled as a Rollout's ReplicaSet would be, so that Prometheus knows its pods by hash. */
const deployment = (name: string, image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { 'rollouts-pod-template-hash': name } },
    template: {
      metadata: { labels: { app: 'web', 'rollouts-pod-template-hash': name } },
      spec: { containers: [{ name: 'app', image }] },
    },
  },
})

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
}

describe('the application', () => {
  let cluster: Cluster
  let load: Load

  before(async () => {
    cluster = await useCluster()
    await cluster.createNamespace(namespace)
    const list = [deployment('one', 'app:1.0'), deployment('two', 'app:1.1-bad'), service]
    const manifest = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: list })
    await kubectl(cluster.plane, ['-n', namespace, 'apply', '-f', '-'], manifest)
    load = startLoad({ view: cluster.view, application: cluster.application, namespace, rule: byService('web') })
  })

  after(() => load.stop())

  const rate = async (hash: string, matcher: string): Promise<number> => {
    const series = `http_requests_total{namespace="${namespace}",rollouts_pod_template_hash="${hash}"${matcher}}`
    const [value] = await cluster.prometheus.query(`sum(rate(${series}[5s]))`)
    return value ?? 0
  }

  it('serves for each Ready pod, half of its answers failing in a bad version', async () => {
    await eventually('all four pods have had requests', async () => {
      const { byHash } = load.tally()
      const seen = JSON.stringify([...byHash])
      return (byHash.get('one')?.ok ?? 0) > 20 && (byHash.get('two')?.ok ?? 0) > 20
        ? { found: true }
        : { missing: seen }
    })
    load.reset()
    await eventually('200 more requests', async () => {
      const two = load.tally().byHash.get('two')
      return (two?.ok ?? 0) >= 50 ? { found: true } : { missing: JSON.stringify(two) }
    })
    const { byHash, unserved } = load.tally()
    assert.equal(byHash.get('one')?.failed, 0)
    const two = byHash.get('two') ?? { ok: 0, failed: 0 }
    assert.ok(Math.abs(two.ok - two.failed) <= 4, `of the bad version ${two.ok} ok and ${two.failed} failed`)
    assert.equal(unserved, 0)
  })

  it('is scraped by Prometheus with the labels of its pods', async () => {
    await eventually('the rates of both versions', async () => {
      const seen = {
        one: await rate('one', ',code="500"'),
        two: await rate('two', ',code="500"'),
        all: await rate('two', ''),
      }
      const half = seen.all > 5 && Math.abs(seen.two / seen.all - 0.5) < 0.1
      return half && seen.one === 0 ? { found: seen } : { missing: JSON.stringify(seen) }
    })
  })
})

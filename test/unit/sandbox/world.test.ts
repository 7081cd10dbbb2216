import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiServer } from '../../../src/sandbox/api-server/api-server.ts'
import type { PodBehavior } from '../../../src/sandbox/pods/behavior.ts'
import { isReady } from '../../../src/sandbox/pods/pod-status.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { VirtualClock } from '../../../src/sandbox/virtual-clock.ts'
import type { Kind } from '../../../src/sandbox/world/cluster.ts'
import { resourceOf } from '../../../src/sandbox/world/server-cluster.ts'
import { createWorld } from '../../../src/sandbox/world/world.ts'

const template = (labels: Record<string, string> = { app: 'web' }) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'web:1' }] },
})

const cluster = (behavior: PodBehavior = {}) => {
  const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'))
  const server = new ApiServer({ clock, random: seededRandom(1) })
  const world = createWorld({ server, clock, seed: 1, behaviorOf: () => ({ behavior }) })
  const objects = server.objects.as('test')
  const create = (kind: Kind, name: string, spec: object, metadata: object = {}) =>
    objects.create(resourceOf[kind], { metadata: { name, namespace: 'default', ...metadata }, spec: { ...spec } })
  const get = <K extends Kind>(kind: K, name: string) => world.cluster.get(kind, { namespace: 'default', name })
  const pass = (forMs: number) => clock.run({ forMs })
  return {
    clock,
    server,
    world,
    objects,
    create,
    get,
    pass,
    pods: () => world.cluster.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined),
  }
}

const replicaSet = (replicas: number, more: object = {}) => ({
  replicas,
  selector: { matchLabels: { app: 'web' } },
  template: template(),
  ...more,
})

describe('a ReplicaSet of the sandbox', () => {
  it('gets its pods, which become ready', async () => {
    const { create, get, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(3))
    await pass(10_000)
    assert.deepEqual(pods().map(isReady), [true, true, true])
    assert.deepEqual(get('ReplicaSet', 'web')?.status, {
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      observedGeneration: 1,
    })
  })

  it('counts a pod as available only after minReadySeconds', async () => {
    const { create, get, pass } = cluster()
    create('ReplicaSet', 'web', replicaSet(1, { minReadySeconds: 30 }))
    await pass(20_000)
    assert.equal(get('ReplicaSet', 'web')?.status?.readyReplicas, 1)
    assert.equal(get('ReplicaSet', 'web')?.status?.availableReplicas, undefined)
    await pass(20_000)
    assert.equal(get('ReplicaSet', 'web')?.status?.availableReplicas, 1)
  })

  it('loses pods that are not ready first when it shrinks', async () => {
    const { create, get, objects, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(10_000)
    const before = pods().map(({ metadata }) => metadata.name)
    const scale = (replicas: number) =>
      objects.update(resourceOf.ReplicaSet, 'default', 'web', (draft) => {
        Object.assign(draft, { spec: replicaSet(replicas) })
      })
    scale(4)
    await pass(100)
    scale(2)
    await pass(10_000)
    assert.deepEqual(
      pods().map(({ metadata }) => metadata.name),
      before,
    )
    assert.equal(get('ReplicaSet', 'web')?.status?.replicas, 2)
  })

  it('replaces a pod that somebody deletes', async () => {
    const { create, objects, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(1))
    await pass(5000)
    const [pod] = pods()
    objects.delete(resourceOf.Pod, 'default', pod?.metadata.name ?? '')
    await pass(5000)
    assert.equal(pods().length, 1)
    assert.notEqual(pods()[0]?.metadata.name, pod?.metadata.name)
  })

  it('lets a pod end for as long as its grace period lasts, and counts it no more', async () => {
    const { create, get, objects, pass, world } = cluster()
    create('ReplicaSet', 'web', replicaSet(1))
    await pass(5000)
    objects.update(resourceOf.ReplicaSet, 'default', 'web', (draft) => {
      Object.assign(draft, { spec: replicaSet(0) })
    })
    await pass(29_000)
    const [ending] = world.cluster.list('Pod')
    assert.notEqual(ending?.metadata.deletionTimestamp, undefined)
    assert.equal(get('ReplicaSet', 'web')?.status?.replicas, 0)
    await pass(2000)
    assert.deepEqual(world.cluster.list('Pod'), [])
  })

  it('takes its pods along when it is deleted', async () => {
    const { create, objects, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(5000)
    objects.delete(resourceOf.ReplicaSet, 'default', 'web')
    await pass(5000)
    assert.deepEqual(pods(), [])
  })

  it('leaves its pods alone when it is deleted as an orphaning owner', async () => {
    const { create, get, objects, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(5000)
    objects.delete(resourceOf.ReplicaSet, 'default', 'web', { propagationPolicy: 'Orphan' })
    await pass(5000)
    assert.equal(get('ReplicaSet', 'web'), undefined)
    assert.deepEqual(
      pods().map(({ metadata }) => metadata.ownerReferences ?? []),
      [[], []],
    )
  })

  it('waits for its pods when it is deleted in the foreground', async () => {
    const { create, get, objects, pass, pods } = cluster()
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(5000)
    objects.delete(resourceOf.ReplicaSet, 'default', 'web', { propagationPolicy: 'Foreground' })
    assert.notEqual(get('ReplicaSet', 'web')?.metadata.deletionTimestamp, undefined)
    await pass(29_000)
    assert.notEqual(get('ReplicaSet', 'web'), undefined)
    await pass(3000)
    assert.deepEqual([get('ReplicaSet', 'web'), pods()], [undefined, []])
  })

  it('shows pods that never become ready', async () => {
    const { create, get, pass } = cluster({ neverReady: true })
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(600_000)
    assert.equal(get('ReplicaSet', 'web')?.status?.replicas, 2)
    assert.equal(get('ReplicaSet', 'web')?.status?.readyReplicas, undefined)
  })
})

describe('a Deployment of the sandbox', () => {
  const deployment = (image: string) => ({
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: { ...template(), spec: { containers: [{ name: 'main', image }] } },
  })

  it('rolls to a new template without ever having too few pods', async () => {
    const { create, get, objects, pass, pods, clock } = cluster()
    create('Deployment', 'web', deployment('web:1'))
    await pass(20_000)
    assert.equal(get('Deployment', 'web')?.status?.availableReplicas, 4)
    objects.update(resourceOf.Deployment, 'default', 'web', (draft) =>
      Object.assign(draft, { spec: deployment('web:2') }),
    )
    let fewest = 4
    await clock.run({
      forMs: 60_000,
      until: () => {
        fewest = Math.min(fewest, pods().filter(isReady).length)
        return false
      },
    })
    assert.deepEqual(new Set(pods().map(({ spec }) => spec.containers[0]?.image)), new Set(['web:2']))
    assert.ok(fewest >= 3, `${fewest} pods were ready at one moment`)
  })
})

describe('a Job of the sandbox', () => {
  const job = (more: object = {}) => ({
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'check:1' }] } },
    ...more,
  })
  const finished = (conditions: readonly { type: string; status: string; reason?: string }[] | undefined) =>
    conditions
      ?.filter(({ type }) => type === 'Complete' || type === 'Failed')
      .map(({ type, reason }) => `${type} ${reason}`)

  it('is complete when its pod has succeeded', async () => {
    const { create, get, pass } = cluster({ runForMs: 5000 })
    create('Job', 'check', job())
    await pass(4000)
    assert.equal(get('Job', 'check')?.status?.active, 1)
    await pass(10_000)
    assert.equal(get('Job', 'check')?.status?.succeeded, 1)
    assert.deepEqual(finished(get('Job', 'check')?.status?.conditions), ['Complete CompletionsReached'])
  })

  it('tries again until its limit of retries, with growing pauses', async () => {
    const { create, get, pass, pods } = cluster({ runForMs: 1000, exitCode: 1 })
    create('Job', 'check', job({ backoffLimit: 2 }))
    await pass(10_000)
    assert.equal(pods().length, 1)
    await pass(60_000)
    assert.equal(get('Job', 'check')?.status?.failed, 3)
    assert.deepEqual(finished(get('Job', 'check')?.status?.conditions), ['Failed BackoffLimitExceeded'])
  })

  it('is ended at its deadline', async () => {
    const { create, get, pass, pods } = cluster({ runForMs: 600_000 })
    create('Job', 'check', job({ activeDeadlineSeconds: 60 }))
    await pass(70_000)
    assert.deepEqual(finished(get('Job', 'check')?.status?.conditions), ['Failed DeadlineExceeded'])
    assert.deepEqual(pods(), [])
  })

  it('disappears after its time to live', async () => {
    const { create, get, pass } = cluster()
    create('Job', 'check', job({ ttlSecondsAfterFinished: 30 }))
    await pass(20_000)
    assert.notEqual(get('Job', 'check'), undefined)
    await pass(30_000)
    assert.equal(get('Job', 'check'), undefined)
  })
})

describe('a Service of the sandbox', () => {
  it('has the ready pods it selects as endpoints', async () => {
    const { create, get, pass } = cluster()
    create('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] })
    create('ReplicaSet', 'web', replicaSet(2))
    await pass(500)
    const ready = () => get('EndpointSlice', 'web-sandbox')?.endpoints.map(({ conditions }) => conditions?.ready)
    assert.deepEqual(ready(), [false, false])
    await pass(10_000)
    assert.deepEqual(ready(), [true, true])
    assert.equal(get('EndpointSlice', 'web-sandbox')?.ports?.[0]?.port, 8080)
  })
})

describe('a PodDisruptionBudget of the sandbox', () => {
  it('counts how many pods may be evicted, and the API server holds to it', async () => {
    const { create, get, pass, pods, server } = cluster()
    create('PodDisruptionBudget', 'web', { selector: { matchLabels: { app: 'web' } }, minAvailable: 2 })
    create('ReplicaSet', 'web', replicaSet(3))
    await pass(10_000)
    assert.equal(get('PodDisruptionBudget', 'web')?.status?.disruptionsAllowed, 1)
    const evict = (name: string) =>
      server.asUser('test').request({
        method: 'POST',
        path: `/api/v1/namespaces/default/pods/${name}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } },
      })
    const [first, second] = pods().map(({ metadata }) => metadata.name)
    await evict(first ?? '')
    await assert.rejects(evict(second ?? ''), /Cannot evict pod as it would violate the pod's disruption budget/)
  })
})

describe('the simulated cluster', () => {
  it('has the same history for the same seed', async () => {
    const history = async () => {
      const { create, pass, pods, server } = cluster()
      create('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80 }] })
      create('ReplicaSet', 'web', replicaSet(5))
      await pass(60_000)
      return JSON.stringify([server.resourceVersion, pods()])
    }
    assert.equal(await history(), await history())
  })

  it('comes to rest: nothing is written when nothing changes', async () => {
    const { create, pass, server } = cluster()
    create('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80 }] })
    create('ReplicaSet', 'web', replicaSet(5))
    await pass(60_000)
    const settled = server.resourceVersion
    assert.equal(await pass(86_400_000), 'elapsed')
    assert.equal(server.resourceVersion, settled)
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeClient } from '../../../src/kube/client.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import { apply } from '../../../src/rollout/apply.ts'
import { decide } from '../../../src/rollout/decide.ts'
import type { Effect } from '../../../src/rollout/effects.ts'
import type { ObservedPod } from '../../../src/rollout/observed-pod.ts'
import type { Plan } from '../../../src/rollout/plan.ts'
import { aRollout, pause, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  healthyStatus,
  noon,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const annotations = { 'rollout.argoproj.io/revision': '1' }
const one = aRollout('web').withReplicas(4).withSteps(setWeight(50), pause()).withAnnotations(annotations)
const asked = one.withSpec({ restartAt: at(-60) })
const two = one.withImage('web:2')
const stable = aReplicaSet(one, { revision: 1, pods: 4 })

type EvictPods = Extract<Effect, { type: 'evictPods' }>

const pod = (set: typeof stable, name: string, over: Partial<ObservedPod> = {}): ObservedPod => ({
  namespace: 'default',
  name,
  uid: `uid-of-${name}`,
  createdAt: noon - 3_600_000,
  replicaSet: set.metadata.name,
  replicaSetUid: set.metadata.uid,
  readySince: noon - 3_500_000,
  isLive: true,
  ...over,
})

const four = ['a', 'b', 'c', 'd'].map((name) => pod(stable, name))
const recent = { createdAt: noon - 30_000, readySince: noon - 20_000 }

const pass = (pods: readonly ObservedPod[] | undefined, builder = asked, status = healthyStatus(one)): Plan =>
  decide(
    aSnapshot({ rollout: storedRollout(builder, status), replicaSets: [stable], ...(pods !== undefined && { pods }) }),
  )

const evictions = (plan: Plan): EvictPods | undefined =>
  plan.effects.find((effect): effect is EvictPods => effect.type === 'evictPods')

const asText = (plan: Plan) => evictions(plan)?.groups.map((group) => group.map(({ name }) => name).join(' '))

describe('which pods a restart evicts', () => {
  it('are those from before restartAt that are not going already', () => {
    const plan = pass([pod(stable, 'a', recent), pod(stable, 'b', { isLive: false }), ...four.slice(2)])
    assert.deepEqual(asText(plan), ['c d'])
  })

  it('are as many as may be unavailable, less those that are missing', () => {
    assert.equal(evictions(pass(four))?.atMost, 1)
    assert.equal(evictions(pass(four, asked.withCanary({ maxUnavailable: '50%' })))?.atMost, 2)
    assert.equal(evictions(pass(four, asked.withCanary({ maxUnavailable: 0 })))?.atMost, 1)
    assert.equal(
      evictions(pass([...four.slice(0, 3), pod(stable, 'd', { ...recent, readySince: undefined })]))?.atMost,
      0,
    )
  })

  it('count as available only after minReadySeconds', () => {
    const pods = [pod(stable, 'a', recent), ...four.slice(1)]
    assert.equal(evictions(pass(pods, asked.withSpec({ minReadySeconds: 60 })))?.atMost, 0)
    assert.equal(evictions(pass(pods, asked.withSpec({ minReadySeconds: 10 })))?.atMost, 1)
  })

  it('begin with those that nobody is served by', () => {
    const plan = pass([...four.slice(0, 3), pod(stable, 'd', { readySince: undefined })])
    assert.deepEqual(asText(plan), ['d a b c'])
  })

  it('are those of the stable ReplicaSet, then of the new one, then of the others', () => {
    const next = aReplicaSet(two, { revision: 3, pods: 2 })
    const older = aReplicaSet(one.withImage('web:0'), { revision: 2, pods: 1 })
    const plan = decide(
      aSnapshot({
        rollout: storedRollout(
          two.withSpec({ restartAt: at(-60), paused: true }),
          releasingStatus(one, two, {
            currentStepIndex: 1,
            controllerPause: true,
            pauseConditions: [{ reason: 'CanaryPauseStep', startTime: at(-30) }],
          }),
        ),
        replicaSets: [aReplicaSet(one, { revision: 1, pods: 2 }), older, next],
        pods: [pod(older, 'o'), pod(next, 'n'), pod(stable, 's')],
      }),
    )
    assert.deepEqual(asText(plan), ['s', 'n', 'o'])
  })
})

describe('a restart', () => {
  it('is done when no older pod is left', () => {
    const plan = pass(['a', 'b', 'c', 'd'].map((name) => pod(stable, name, recent)))
    assert.equal(plan.status.restartedAt, at(-60))
    assert.equal(plan.status.phase, 'Healthy')
    assert.equal(evictions(plan), undefined)
  })

  it('is not done while the cache has fewer pods than the ReplicaSet counts', () => {
    const plan = pass(['a', 'b', 'c'].map((name) => pod(stable, name, recent)))
    assert.equal(plan.status.restartedAt, undefined)
    assert.equal(plan.status.message, 'rollout is restarting')
  })

  it('is not done while the ReplicaSet has not noticed that a pod is missing', () => {
    const young = ['a', 'b', 'c'].map((name) => pod(stable, name, recent))
    const plan = pass([...young, pod(stable, 'd', { ...recent, readySince: undefined })])
    assert.equal(plan.status.restartedAt, undefined)
    assert.equal(plan.status.message, 'rollout is restarting')
  })

  it('looks again after 30 seconds, since a budget may have refused it', () => {
    assert.equal(pass(four).wakeAt, noon + 30_000)
    assert.equal(pass(undefined).wakeAt, noon + 30_000)
  })

  it('looks again soon when a budget may not have counted a pod that has just become ready', () => {
    const plan = pass([...four.slice(0, 3), pod(stable, 'd', { ...recent, readySince: noon - 1000 })])
    assert.equal(plan.wakeAt, noon + 2000)
  })

  it('that lies ahead wakes the Rollout then', () => {
    const plan = pass(undefined, one.withSpec({ restartAt: at(90) }))
    assert.equal(plan.wakeAt, noon + 90_000)
    assert.equal(plan.status.restartedAt, undefined)
  })

  it('waits while the same pass scales down', () => {
    const status = healthyStatus(one, { replicas: 5, HPAReplicas: 4 })
    const plan = decide(
      aSnapshot({
        rollout: storedRollout(asked.withReplicas(3), status),
        replicaSets: [stable],
        pods: four,
      }),
    )
    assert.equal(evictions(plan), undefined)
    assert.equal(plan.wakeAt, noon + 30_000)
  })
})

/** A server that refuses the eviction of some pods. */
const evicting = async (refused: Readonly<Record<string, KubeError>>, effect: EvictPods) => {
  const evicted: string[] = []
  const gone: string[] = []
  const outcomes = await apply(
    {
      client: new KubeClient({
        fieldManager: 'test',
        transport: {
          request: async ({ path, body }) => {
            const name = path.split('/').at(-2) ?? ''
            const error = refused[name]
            if (error !== undefined) throw error
            assert.deepEqual(body, {
              apiVersion: 'policy/v1',
              kind: 'Eviction',
              metadata: { name, namespace: 'default' },
              deleteOptions: { preconditions: { uid: `uid-of-${name}` } },
            })
            evicted.push(name)
            return { kind: 'Status', status: 'Success' }
          },
          watch: async function* () {},
        },
      }),
      namespace: 'default',
      rollout: { name: 'web', uid: 'uid-of-web' },
      signal: new AbortController().signal,
      ask: () => {},
      written: () => {},
      deleted: (_, { name }) => gone.push(name),
    },
    [effect],
  )
  return { evicted, gone, results: outcomes.map(({ result }) => result) }
}

const refusal = (code: number, reason: string, causes: readonly { reason: string }[] = []): KubeError =>
  new KubeError({ code, reason, causes }, { method: 'POST', path: '' })

const byBudget = refusal(429, 'TooManyRequests', [{ reason: 'DisruptionBudget' }])

const eviction = (atMost: number, ...groups: string[]): EvictPods => ({
  type: 'evictPods',
  key: 'evictions',
  atMost,
  groups: groups.map((names) =>
    names.split(' ').map((name) => ({ name, uid: `uid-of-${name}`, isReady: !name.startsWith('broken') })),
  ),
  why: 'restart',
})

describe('evicting pods', () => {
  it('ends when as many ready ones are gone as may be', async () => {
    const { evicted, gone, results } = await evicting({}, eviction(2, 'a b c'))
    assert.deepEqual([evicted, gone, results], [['a', 'b'], ['a', 'b'], ['done']])
  })

  it('does not count those that nobody is served by', async () => {
    const { evicted } = await evicting({}, eviction(0, 'broken-1 a', 'broken-2 b'))
    assert.deepEqual(evicted, ['broken-1', 'broken-2'])
  })

  it('passes over a ReplicaSet whose pods a disruption budget keeps', async () => {
    const { evicted, results } = await evicting({ a: byBudget }, eviction(1, 'a b', 'c d'))
    assert.deepEqual([evicted, results], [['c'], ['done']])
  })

  it('passes over a pod that is gone, and over one that has the name of another', async () => {
    const missing = { a: refusal(404, 'NotFound'), b: refusal(409, 'Conflict') }
    const { evicted, results } = await evicting(missing, eviction(1, 'a b c'))
    assert.deepEqual([evicted, results], [['c'], ['done']])
  })

  it('fails for every other refusal', async () => {
    const { results } = await evicting({ a: refusal(403, 'Forbidden') }, eviction(1, 'a b'))
    assert.deepEqual(results, ['failed'])
  })
})

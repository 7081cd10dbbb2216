import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { KubeError } from '../../../../src/kube/errors.ts'
import type { Transport } from '../../../../src/kube/transport.ts'
import { FeedPool } from '../../../../src/server/dashboard/feed-pool.ts'
import { ClusterWithRollout } from '../../../builders/cluster-with-rollout.ts'
import { type TestRuntime, testRuntime } from '../../../builders/runtime.ts'

let cluster: ClusterWithRollout
let runtime: TestRuntime
let lists: string[]
let refused: boolean

const transport: Transport = {
  request: async (request) => {
    if (request.path.endsWith('/rollouts')) lists.push(request.path.split('/').at(-2) ?? '')
    if (refused) throw new KubeError({ code: 403, message: 'forbidden' }, request)
    return cluster.transport.request(request)
  },
  watch: (request) => cluster.transport.watch(request),
}

const { signal } = new AbortController()

const setUp = (): void => {
  cluster = new ClusterWithRollout()
  runtime = testRuntime()
  lists = []
  refused = false
}

const pool = (): FeedPool => new FeedPool({ transport, runtime })

/** Lets time pass until something is done. */
const passing = async <T>(work: Promise<T>): Promise<T> => {
  let done = false
  const settled = work.finally(() => {
    done = true
  })
  settled.catch(() => {})
  while (!done) await runtime.clock.advance(20)
  return settled
}

const names = (feeds: FeedPool, namespace = 'default'): Promise<readonly string[]> =>
  passing(feeds.use(namespace, signal, ({ caches }) => caches.names()))

describe('the namespaces that are looked at', () => {
  beforeEach(setUp)

  it('are read once for all who look, and for who comes back soon', async () => {
    const feeds = pool()
    assert.deepEqual(await names(feeds), ['web'])
    await runtime.clock.advance(50_000)
    assert.deepEqual(await names(feeds), ['web'])
    assert.deepEqual(lists, ['default'])
    await passing(feeds.close())
  })

  it('are let go a minute after the last has left', async () => {
    const feeds = pool()
    await names(feeds)
    await runtime.clock.advance(61_000)
    await names(feeds)
    assert.deepEqual(lists, ['default', 'default'])
    await passing(feeds.close())
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('are asked for again after a refusal', async () => {
    const feeds = pool()
    refused = true
    await assert.rejects(names(feeds), /forbidden/)
    refused = false
    assert.deepEqual(await names(feeds), ['web'])
    await passing(feeds.close())
  })

  it('are twenty at most; one that nobody looks at gives way', async () => {
    const feeds = pool()
    let leave = (): void => {}
    const stay = new Promise<void>((resolve) => {
      leave = resolve
    })
    const looking = Array.from({ length: 19 }, (_, index) => feeds.use(`n${index}`, signal, () => stay))
    await names(feeds, 'idle')
    const twentieth = feeds.use('n19', signal, () => stay)
    await assert.rejects(names(feeds, 'one-more'), /20 namespaces are looked at already/)
    leave()
    await passing(Promise.all([...looking, twentieth]))
    await passing(feeds.close())
  })
})

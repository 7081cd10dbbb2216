import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { configMaps } from '../../../src/api/resources.ts'
import { pathOf } from '../../../src/kube/resource.ts'
import { ApiServer } from '../../../src/sandbox/api-server/api-server.ts'
import { type FaultRule, injectFaults } from '../../../src/sandbox/faults.ts'
import { seededRandom } from '../../../src/sandbox/random.ts'
import { VirtualClock } from '../../../src/sandbox/virtual-clock.ts'

const faulty = (rules: readonly FaultRule[]) => {
  const clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'))
  const server = new ApiServer({ clock, random: seededRandom(1) })
  const crashed: string[] = []
  const { injected } = injectFaults(rules, { server, clock, crash: (user) => crashed.push(user) })
  const create = async (user: string, name: string) => {
    const path = pathOf(configMaps, { namespace: 'default' })
    const outcome = server
      .asUser(user)
      .request({ method: 'POST', path, body: { metadata: { name } }, timeoutMs: 1000 })
      .then(
        () => 'created',
        (error: Error) => error.message.replace(/^.*configmaps: /, ''),
      )
    await clock.run({ forMs: 2000 })
    return outcome
  }
  const names = () => server.objects.list(configMaps, 'default').map(({ metadata }) => metadata.name)
  return { clock, server, crashed, injected, create, names }
}

describe('a fault of an API call', () => {
  it('hits exactly the n-th matching call of its user', async () => {
    const { create, names, injected } = faulty([{ target: { user: 'one' }, kind: 'error', nth: 2 }])
    assert.equal(await create('other', 'x'), 'created')
    assert.equal(await create('one', 'a'), 'created')
    assert.match(await create('one', 'b'), /etcdserver: request timed out/)
    assert.equal(await create('one', 'c'), 'created')
    assert.deepEqual(names(), ['a', 'c', 'x'])
    assert.equal(injected.length, 1)
  })

  it('can hit several calls in a row, or all', async () => {
    const { create } = faulty([{ target: { resource: 'configmaps' }, kind: 'throttle', nth: 1, count: 2 }])
    assert.match(await create('one', 'a'), /too many requests/)
    assert.match(await create('one', 'a'), /too many requests/)
    assert.equal(await create('one', 'a'), 'created')
    const always = faulty([{ target: {}, kind: 'conflict' }])
    assert.match(await always.create('one', 'a'), /the object has been modified/)
    assert.match(await always.create('one', 'a'), /the object has been modified/)
  })

  it('never reaches the server when the network fails', async () => {
    const { create, names } = faulty([{ target: {}, kind: 'network', nth: 1 }])
    assert.match(await create('one', 'a'), /ECONNRESET/)
    assert.deepEqual(names(), [])
  })

  it('is carried out all the same when only its answer is lost', async () => {
    const { create, names } = faulty([{ target: {}, kind: 'lose-response', nth: 1 }])
    assert.match(await create('one', 'a'), /ECONNRESET/)
    assert.deepEqual(names(), ['a'])
  })

  it('ends by the time limit of the caller when there is no answer', async () => {
    const { create, names } = faulty([{ target: {}, kind: 'hang', nth: 1 }])
    assert.match(await create('one', 'a'), /no answer within 1000 ms/)
    assert.deepEqual(names(), [])
  })

  it('kills the caller before the call leaves, or after it was carried out', async () => {
    const before = faulty([{ target: {}, kind: 'crash-before', nth: 1 }])
    await before.create('one', 'a')
    assert.deepEqual([before.crashed, before.names()], [['one'], []])
    const after = faulty([{ target: {}, kind: 'crash-after', nth: 1 }])
    await after.create('one', 'a')
    assert.deepEqual([after.crashed, after.names()], [['one'], ['a']])
  })

  it('lets the caches of the caller grow stale for a while', async () => {
    const { clock, create, server } = faulty([{ target: { user: 'one' }, kind: 'stale', nth: 1, forMs: 10_000 }])
    const seen: string[] = []
    const query = { resourceVersion: server.resourceVersion }
    const abort = new AbortController()
    const watch = async (): Promise<void> => {
      const path = pathOf(configMaps, { namespace: 'default' })
      const events = server.asUser('one').watch({ path, query, idleTimeoutMs: 60_000, signal: abort.signal })
      for await (const { object } of events) seen.push(String((object.metadata as { name?: string }).name))
    }
    void watch()
    await create('one', 'a')
    assert.deepEqual(seen, [])
    await clock.run({ forMs: 10_000 })
    assert.deepEqual(seen, ['a'])
    abort.abort()
  })
})

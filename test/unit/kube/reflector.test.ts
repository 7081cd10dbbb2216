import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { NetworkError } from '../../../src/kube/errors.ts'
import type { Delta, StoredObject } from '../../../src/kube/informer.ts'
import { InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import type { SharedInformer } from '../../../src/kube/shared-informer.ts'
import { FakeCollection, gone, refusal, widgets } from '../../builders/fake-collection.ts'
import { type TestRuntime, testRuntime } from '../../builders/runtime.ts'

interface SetUp {
  readonly server: FakeCollection
  readonly runtime: TestRuntime
  readonly factory: InformerFactory
  readonly informer: SharedInformer<StoredObject>
  readonly deltas: Delta<StoredObject>[]
}

const setUp = (): SetUp => {
  const server = new FakeCollection()
  const runtime = testRuntime()
  const factory = new InformerFactory({ transport: server, runtime, freeze: true })
  const informer = factory.informer({ resource: widgets, view: rawView })
  const deltas: Delta<StoredObject>[] = []
  informer.onChange((delta) => deltas.push(delta))
  return { server, runtime, factory, informer, deltas }
}

const started = async (prepare: (server: FakeCollection) => void = () => {}): Promise<SetUp> => {
  const all = setUp()
  prepare(all.server)
  all.factory.start()
  await all.runtime.clock.settle()
  return all
}

const told = (deltas: readonly Delta<StoredObject>[]): string[] =>
  deltas.map(({ type, object }) => `${type} ${object.metadata.name}`)

const reset = () => new NetworkError({ method: 'WATCH', path: '/x' }, new Error('socket hang up'))
const lists = (server: FakeCollection): number => server.calls.filter((call) => call === 'LIST').length

describe('a reflector', () => {
  it('lists a collection and follows it from there', async () => {
    const { server, runtime, informer, deltas } = await started((fresh) => fresh.put('a'))
    server.put('b')
    server.put('a', { spec: 1 })
    server.delete('b')
    await runtime.clock.settle()
    assert.deepEqual(told(deltas), ['added a', 'added b', 'updated a', 'deleted b'])
    assert.equal(informer.state, 'synced')
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
  })

  it('reads a large collection in pages', async () => {
    const { server, runtime, informer } = await started((fresh) => {
      fresh.pageSize = 2
      for (const name of ['a', 'b', 'c', 'd', 'e']) fresh.put(name)
    })
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'LIST continue', 'LIST continue', 'WATCH 105'])
    assert.equal(informer.store.size, 5)
  })

  it('reads the collection in one piece when the server forgot the rest between two pages', async () => {
    const { server, runtime, informer } = setUp()
    server.pageSize = 1
    server.put('a')
    server.put('b')
    const request = server.request.bind(server)
    let pages = 0
    server.request = (page) => {
      if (++pages === 2) server.listFaults.push(gone())
      return request(page)
    }
    informer.start()
    await runtime.clock.advance(5000)
    assert.deepEqual(server.calls, ['LIST', 'LIST continue', 'LIST', 'WATCH 102'])
    assert.equal(informer.store.size, 2)
  })

  it('resumes at once where it was when the server closes a watch in order', async () => {
    const { server, runtime } = await started()
    server.put('a')
    await runtime.clock.advance(300_000)
    server.end('close')
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'WATCH 100', 'WATCH 101'])
  })

  it('does not spin when a server closes every watch at once', async () => {
    const { server, runtime } = await started()
    const before = server.calls.length
    for (let second = 0; second < 600; second++) {
      server.end('close')
      await runtime.clock.advance(100)
    }
    assert.ok(server.calls.length - before < 20, `${server.calls.length - before} calls in a minute`)
  })

  it('resumes from a bookmark, so that a quiet collection does not grow too old', async () => {
    const { server, runtime } = await started((fresh) => fresh.put('a'))
    for (let change = 0; change < 5; change++) server.bookmark()
    await runtime.clock.advance(60_000)
    server.compact()
    server.end('close')
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101', 'WATCH 106'])
  })

  it('lists again when a watch that brought bookmarks brings nothing for a minute and a half', async () => {
    const { server, runtime, informer, deltas } = await started((fresh) => fresh.put('a'))
    server.bookmark()
    await runtime.clock.advance(85_000)
    assert.equal(server.watches, 1)
    const unheard = server.silently(() => server.put('b'))
    await runtime.clock.advance(5000)
    assert.equal(informer.current, false)
    await runtime.clock.advance(5000)
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101', 'LIST', `WATCH ${unheard.metadata.resourceVersion}`])
    assert.deepEqual(told(deltas), ['added a', 'added b'])
    assert.equal(informer.current, true)
  })

  it('leaves a quiet watch alone as long as bookmarks come, and where the server sends none', async () => {
    const { server, runtime } = await started((fresh) => fresh.put('a'))
    await runtime.clock.advance(280_000)
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
    for (let minute = 0; minute < 4; minute++) {
      server.bookmark()
      await runtime.clock.advance(60_000)
    }
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
  })

  it('resumes after a reset from the last event that arrived', async () => {
    const { server, runtime, informer } = await started()
    server.put('a')
    server.put('b')
    await runtime.clock.settle()
    server.end(reset())
    await runtime.clock.settle()
    assert.equal(server.watches, 0)
    assert.ok(informer.problem instanceof NetworkError)
    await runtime.clock.advance(1600)
    assert.deepEqual(server.calls, ['LIST', 'WATCH 100', 'WATCH 102'])
    server.put('c')
    await runtime.clock.settle()
    assert.equal(informer.problem, undefined)
  })

  it('lists again when its version is too old, and tells what was deleted meanwhile', async () => {
    const { server, runtime, deltas } = await started((fresh) => {
      fresh.put('kept')
      fresh.put('gone')
    })
    server.end(reset())
    await runtime.clock.settle()
    server.delete('gone')
    server.put('new')
    server.compact()
    deltas.length = 0
    await runtime.clock.advance(10_000)
    assert.deepEqual(told(deltas), ['deleted gone', 'added new'])
    assert.deepEqual(server.calls, ['LIST', 'WATCH 102', 'WATCH 102', 'LIST', 'WATCH 104'])
  })

  it('tells a delete and an add when an object was replaced by another of its name during an outage', async () => {
    const { server, runtime, deltas } = await started((fresh) => fresh.put('a'))
    server.end(reset())
    await runtime.clock.settle()
    server.delete('a')
    server.put('a')
    server.compact()
    deltas.length = 0
    await runtime.clock.advance(10_000)
    assert.deepEqual(told(deltas), ['deleted a', 'added a'])
    assert.notEqual(deltas[0]?.object.metadata.uid, deltas[1]?.object.metadata.uid)
  })

  it('survives a storm of 410 with growing delays between its lists', async () => {
    const { server, runtime } = await started()
    server.watchFaults.push(...Array.from({ length: 1000 }, gone))
    server.end(gone())
    await runtime.clock.advance(10 * 60_000)
    // 1.2 s, 2.4 s, … up to 22.5 s with this jitter: the delays are not reset by lists that succeed in between.
    assert.ok(lists(server) < 35, `${lists(server)} lists in ten minutes`)
    assert.ok(lists(server) > 20, `${lists(server)} lists in ten minutes`)
  })

  it('begins with short delays again after two healthy minutes', async () => {
    const { server, runtime } = await started()
    for (let failure = 0; failure < 6; failure++) {
      server.end(reset())
      await runtime.clock.advance(30_000)
    }
    await runtime.clock.advance(121_000)
    server.end(reset())
    await runtime.clock.advance(1600)
    assert.equal(server.watches, 1)
  })

  it('comes back soon to a server that answers again, however long it was gone', async () => {
    const { server, runtime, informer } = await started((fresh) => fresh.put('a'))
    server.watchFaults.push(...Array.from({ length: 5 }, reset), refusal(429, 1000), gone())
    server.end(reset())
    while (server.watchFaults.length > 1) await runtime.clock.advance(100)
    server.put('b')
    await runtime.clock.advance(4000)
    assert.equal(server.watches, 1)
    assert.equal(informer.store.size, 2)
  })

  it('is still current for the seconds that a cut connection takes to come back', async () => {
    const { server, runtime, informer } = await started((fresh) => fresh.put('a'))
    server.watchFaults.push(reset(), reset())
    server.end(reset())
    await runtime.clock.advance(4500)
    assert.deepEqual([informer.current, server.watches, lists(server)], [true, 1, 1])
    await runtime.clock.advance(60_000)
    assert.equal(informer.current, true)
  })

  it('is not current in a longer outage, and again once it has listed what happened meanwhile', async () => {
    const { server, runtime, informer } = await started((fresh) => fresh.put('a'))
    server.watchFaults.push(...Array.from({ length: 20 }, reset))
    server.listFaults.push(...Array.from({ length: 20 }, reset))
    server.end(reset())
    await runtime.clock.advance(20_000)
    let toldWithAll = false
    void informer.whenCurrent().then(() => {
      toldWithAll = informer.store.get('default', 'b') !== undefined
    })
    assert.deepEqual([informer.synced, informer.current, toldWithAll], [true, false, false])
    server.put('b')
    server.listFaults.length = 0
    server.watchFaults.length = 0
    await runtime.clock.advance(5000)
    assert.deepEqual([informer.current, toldWithAll], [true, true])
  })

  it('knows all there is to know of a kind that the server does not have', async () => {
    const { runtime, informer } = await started((fresh) =>
      fresh.listFaults.push(...Array.from({ length: 20 }, () => refusal(404))),
    )
    await runtime.clock.advance(60_000)
    assert.deepEqual([informer.state, informer.current], ['absent', true])
  })

  it('waits as long as an overloaded server asks', async () => {
    const { server, runtime } = await started((fresh) => fresh.listFaults.push(refusal(429, 17_000)))
    await runtime.clock.advance(16_999)
    assert.equal(lists(server), 1)
    await runtime.clock.advance(1)
    assert.equal(lists(server), 2)
  })

  it('warns when it may not read, asks rarely, and goes on once it may', async () => {
    const { server, runtime, informer } = await started((fresh) =>
      fresh.listFaults.push(...Array.from({ length: 10 }, () => refusal(403))),
    )
    await runtime.clock.advance(60_000)
    assert.equal(informer.synced, false)
    assert.ok(lists(server) <= 4)
    assert.match(runtime.log.messages('warn')[0] ?? '', /RBAC/)
    await runtime.clock.advance(10 * 60_000)
    assert.equal(informer.state, 'synced')
  })

  it('asks again soon when it may no longer read what it could: a starting server does not know its RBAC rules yet', async () => {
    const { server, runtime, deltas } = await started((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(403), refusal(403))
    server.end(reset())
    server.put('b')
    await runtime.clock.advance(10_000)
    assert.deepEqual(told(deltas), ['added b'])
    assert.equal(lists(server), 1)
  })

  it('tries a refused token again, which the transport has renewed', async () => {
    const { runtime, informer } = await started((fresh) => fresh.listFaults.push(refusal(401)))
    await runtime.clock.advance(1600)
    assert.equal(informer.state, 'synced')
  })

  it('takes a kind that the server does not know for absent, and finds it when it is installed', async () => {
    const { server, runtime, informer, factory, deltas } = await started((fresh) => {
      fresh.put('a')
      fresh.listFaults.push(refusal(404), refusal(404))
    })
    await factory.waitForSync(1000)
    assert.equal(informer.state, 'absent')
    assert.equal(informer.synced, true)
    await runtime.clock.advance(90_000)
    assert.equal(informer.state, 'synced')
    assert.deepEqual(told(deltas), ['added a'])
    assert.equal(lists(server), 3)
  })

  it('does not believe at once that a kind it knew is gone: a starting server says so too', async () => {
    const { server, runtime, informer, deltas } = await started((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(404))
    server.listFaults.push(refusal(404), refusal(404))
    server.end(reset())
    await runtime.clock.advance(60_000)
    assert.deepEqual(told(deltas), [])
    assert.equal(informer.state, 'synced')
  })

  it('believes it after a minute, and tells that the objects are gone', async () => {
    const { server, runtime, informer, deltas } = await started((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(404))
    server.listFaults.push(...Array.from({ length: 50 }, () => refusal(404)))
    server.end(reset())
    await runtime.clock.advance(120_000)
    assert.deepEqual(told(deltas), ['deleted a'])
    assert.equal(informer.state, 'absent')
  })

  it('lists again when the server was restored and knows an older version than ours only', async () => {
    const { server, runtime } = await started((fresh) => fresh.put('a'))
    server.watchFaults.push(refusal(400))
    server.end('close')
    await runtime.clock.advance(10_000)
    assert.equal(lists(server), 2)
  })

  it('asks for bookmarks, and for silence to end a little after the server should have ended the watch', async () => {
    const server = new FakeCollection()
    const runtime = testRuntime()
    const requests: { readonly query: Readonly<Record<string, string>>; readonly idleTimeoutMs: number }[] = []
    const watch = server.watch.bind(server)
    server.watch = (request) => {
      requests.push(request)
      return watch(request)
    }
    new InformerFactory({ transport: server, runtime }).informer({ resource: widgets, view: rawView }).start()
    await runtime.clock.settle()
    assert.equal(requests[0]?.query.allowWatchBookmarks, 'true')
    assert.equal(requests[0]?.query.timeoutSeconds, '290')
    assert.equal(requests[0]?.idleTimeoutMs, 295_000)
  })

  it('stops in the middle of a list', async () => {
    const { server, runtime, informer } = setUp()
    server.request = (request) =>
      new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    informer.start()
    await runtime.clock.settle()
    await informer.stop()
    assert.equal(informer.state, 'stopped')
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('stops in the middle of a watch and of a delay', async () => {
    const watching = await started()
    await watching.factory.stop()
    assert.equal(watching.server.watches, 0)
    const waiting = await started((fresh) => fresh.listFaults.push(refusal(500)))
    await waiting.factory.stop()
    assert.equal(waiting.runtime.clock.pendingTimers, 0)
    assert.deepEqual(waiting.runtime.log.messages('error'), [])
  })

  it('leaves out what is no object, and goes on', async () => {
    const { server, runtime, informer } = setUp()
    const request = server.request.bind(server)
    server.put('a')
    server.request = async (page) => {
      const list = await request(page)
      return {
        ...list,
        items: [null, { metadata: { name: 'nameless' } }, ...(Array.isArray(list.items) ? list.items : [])],
      }
    }
    informer.start()
    await runtime.clock.settle()
    assert.equal(informer.store.size, 1)
    assert.equal(runtime.log.messages('warn').length, 2)
  })

  it('ends with the truth, whatever happens in whatever order, and its deltas tell the whole story', async () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const action = fc.oneof(
      { weight: 5, arbitrary: fc.record({ type: fc.constant('put' as const), name }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('delete' as const), name }) },
      fc.record({ type: fc.constantFrom('close', 'reset', 'gone', 'compact', 'bookmark') }),
      fc.record({
        type: fc.constantFrom('fail list', 'fail watch'),
        code: fc.constantFrom(401, 403, 410, 429, 500, 503),
      }),
      { weight: 3, arbitrary: fc.record({ type: fc.constant('advance' as const), ms: fc.nat(20_000) }) },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (actions, pageSize) => {
          const { server, runtime, informer, factory, deltas } = await started((fresh) => {
            fresh.pageSize = pageSize
          })
          for (const step of actions) {
            if (step.type === 'put' && 'name' in step) server.put(step.name)
            if (step.type === 'delete' && 'name' in step) server.delete(step.name)
            if (step.type === 'close') server.end('close')
            if (step.type === 'reset') server.end(reset())
            if (step.type === 'gone') server.end(gone())
            if (step.type === 'compact') server.compact()
            if (step.type === 'bookmark') server.bookmark()
            if (step.type === 'fail list' && 'code' in step) server.listFaults.push(refusal(step.code))
            if (step.type === 'fail watch' && 'code' in step) server.watchFaults.push(refusal(step.code))
            if ('ms' in step) await runtime.clock.advance(step.ms)
            else await runtime.clock.settle()
          }
          await runtime.clock.advance(20 * 60_000)
          const truth = server.objects.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).sort()
          const cached = informer.store
            .list()
            .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
            .sort()
          assert.deepEqual(cached, truth)
          assert.deepEqual(replay(deltas), truth)
          await factory.stop()
          assert.equal(runtime.clock.pendingTimers, 0)
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** What somebody who only heard the deltas believes; throws for a story that contradicts itself. */
const replay = (deltas: readonly Delta<StoredObject>[]): string[] => {
  const known = new Map<string, string>()
  for (const { type, object } of deltas) {
    const { uid, resourceVersion } = object.metadata
    assert.equal(known.has(uid), type !== 'added', `${type} ${uid}`)
    if (type === 'deleted') known.delete(uid)
    else known.set(uid, `${uid} ${resourceVersion}`)
  }
  return [...known.values()].sort()
}

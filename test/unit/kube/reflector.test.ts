import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NetworkError } from '../../../src/kube/errors.ts'
import { InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import { FakeCollection, gone, refusal, widgets } from '../../builders/fake-collection.ts'
import { testRuntime } from '../../builders/runtime.ts'
import { aWidgetInformer, reset, startedInformer, told } from '../../builders/widget-informer.ts'

describe('a reflector', () => {
  it('lists a collection and follows it from there', async () => {
    const { server, runtime, informer, deltas } = await startedInformer((fresh) => fresh.put('a'))
    server.put('b')
    server.put('a', { spec: 1 })
    server.delete('b')
    await runtime.clock.settle()
    assert.deepEqual(told(deltas), ['added a', 'added b', 'updated a', 'deleted b'])
    assert.equal(informer.state, 'synced')
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
  })

  it('reads a large collection in pages', async () => {
    const { server, runtime, informer } = await startedInformer((fresh) => {
      fresh.pageSize = 2
      for (const name of ['a', 'b', 'c', 'd', 'e']) fresh.put(name)
    })
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'LIST continue', 'LIST continue', 'WATCH 105'])
    assert.equal(informer.store.size, 5)
  })

  it('reads the collection in one piece when the server forgot the rest between two pages', async () => {
    const { server, runtime, informer } = aWidgetInformer()
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
    const { server, runtime } = await startedInformer()
    server.put('a')
    await runtime.clock.advance(300_000)
    server.end('close')
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'WATCH 100', 'WATCH 101'])
  })

  it('does not spin when a server closes every watch at once', async () => {
    const { server, runtime } = await startedInformer()
    const before = server.calls.length
    for (let second = 0; second < 600; second++) {
      server.end('close')
      await runtime.clock.advance(100)
    }
    assert.ok(server.calls.length - before < 20, `${server.calls.length - before} calls in a minute`)
  })

  it('resumes from a bookmark, so that a quiet collection does not grow too old', async () => {
    const { server, runtime } = await startedInformer((fresh) => fresh.put('a'))
    for (let change = 0; change < 5; change++) server.bookmark()
    await runtime.clock.advance(60_000)
    server.compact()
    server.end('close')
    await runtime.clock.settle()
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101', 'WATCH 106'])
  })

  it('lists again when a watch that brought bookmarks brings nothing for a minute and a half', async () => {
    const { server, runtime, informer, deltas } = await startedInformer((fresh) => fresh.put('a'))
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
    const { server, runtime } = await startedInformer((fresh) => fresh.put('a'))
    await runtime.clock.advance(280_000)
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
    for (let minute = 0; minute < 4; minute++) {
      server.bookmark()
      await runtime.clock.advance(60_000)
    }
    assert.deepEqual(server.calls, ['LIST', 'WATCH 101'])
  })

  it('resumes after a reset from the last event that arrived', async () => {
    const { server, runtime, informer } = await startedInformer()
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
    const { server, runtime, deltas } = await startedInformer((fresh) => {
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
    const { server, runtime, deltas } = await startedInformer((fresh) => fresh.put('a'))
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
    const { server, runtime, informer } = aWidgetInformer()
    server.request = (request) =>
      new Promise((_, reject) => request.signal?.addEventListener('abort', () => reject(new Error('aborted'))))
    informer.start()
    await runtime.clock.settle()
    await informer.stop()
    assert.equal(informer.state, 'stopped')
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('stops in the middle of a watch and of a delay', async () => {
    const watching = await startedInformer()
    await watching.factory.stop()
    assert.equal(watching.server.watches, 0)
    const waiting = await startedInformer((fresh) => fresh.listFaults.push(refusal(500)))
    await waiting.factory.stop()
    assert.equal(waiting.runtime.clock.pendingTimers, 0)
    assert.deepEqual(waiting.runtime.log.messages('error'), [])
  })

  it('leaves out what is no object, and goes on', async () => {
    const { server, runtime, informer } = aWidgetInformer()
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
})

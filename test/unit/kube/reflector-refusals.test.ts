import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { refusal } from '../../builders/fake-collection.ts'
import { listsOf, reset, startedInformer, told } from '../../builders/widget-informer.ts'

describe('a reflector that is refused', () => {
  it('knows all there is to know of a kind that the server does not have', async () => {
    const { runtime, informer } = await startedInformer((fresh) =>
      fresh.listFaults.push(...Array.from({ length: 20 }, () => refusal(404))),
    )
    await runtime.clock.advance(60_000)
    assert.deepEqual([informer.state, informer.current], ['absent', true])
  })

  it('waits as long as an overloaded server asks', async () => {
    const { server, runtime } = await startedInformer((fresh) => fresh.listFaults.push(refusal(429, 17_000)))
    await runtime.clock.advance(16_999)
    assert.equal(listsOf(server), 1)
    await runtime.clock.advance(1)
    assert.equal(listsOf(server), 2)
  })

  it('warns when it may not read, asks rarely, and goes on once it may', async () => {
    const { server, runtime, informer } = await startedInformer((fresh) =>
      fresh.listFaults.push(...Array.from({ length: 10 }, () => refusal(403))),
    )
    await runtime.clock.advance(60_000)
    assert.equal(informer.synced, false)
    assert.ok(listsOf(server) <= 4)
    assert.match(runtime.log.messages('warn')[0] ?? '', /RBAC/)
    await runtime.clock.advance(10 * 60_000)
    assert.equal(informer.state, 'synced')
  })

  it('asks again soon when it may no longer read what it could: a starting server does not know its RBAC rules yet', async () => {
    const { server, runtime, deltas } = await startedInformer((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(403), refusal(403))
    server.end(reset())
    server.put('b')
    await runtime.clock.advance(10_000)
    assert.deepEqual(told(deltas), ['added b'])
    assert.equal(listsOf(server), 1)
  })

  it('tries a refused token again, which the transport has renewed', async () => {
    const { runtime, informer } = await startedInformer((fresh) => fresh.listFaults.push(refusal(401)))
    await runtime.clock.advance(1600)
    assert.equal(informer.state, 'synced')
  })

  it('takes a kind that the server does not know for absent, and finds it when it is installed', async () => {
    const { server, runtime, informer, factory, deltas } = await startedInformer((fresh) => {
      fresh.put('a')
      fresh.listFaults.push(refusal(404), refusal(404))
    })
    await factory.waitForSync(1000)
    assert.equal(informer.state, 'absent')
    assert.equal(informer.synced, true)
    await runtime.clock.advance(90_000)
    assert.equal(informer.state, 'synced')
    assert.deepEqual(told(deltas), ['added a'])
    assert.equal(listsOf(server), 3)
  })

  it('does not believe at once that a kind it knew is gone: a starting server says so too', async () => {
    const { server, runtime, informer, deltas } = await startedInformer((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(404))
    server.listFaults.push(refusal(404), refusal(404))
    server.end(reset())
    await runtime.clock.advance(60_000)
    assert.deepEqual(told(deltas), [])
    assert.equal(informer.state, 'synced')
  })

  it('believes it after a minute, and tells that the objects are gone', async () => {
    const { server, runtime, informer, deltas } = await startedInformer((fresh) => fresh.put('a'))
    deltas.length = 0
    server.watchFaults.push(refusal(404))
    server.listFaults.push(...Array.from({ length: 50 }, () => refusal(404)))
    server.end(reset())
    await runtime.clock.advance(120_000)
    assert.deepEqual(told(deltas), ['deleted a'])
    assert.equal(informer.state, 'absent')
  })

  it('lists again when the server was restored and knows an older version than ours only', async () => {
    const { server, runtime } = await startedInformer((fresh) => fresh.put('a'))
    server.watchFaults.push(refusal(400))
    server.end('close')
    await runtime.clock.advance(10_000)
    assert.equal(listsOf(server), 2)
  })
})

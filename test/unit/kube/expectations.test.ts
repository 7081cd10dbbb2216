import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Controller } from '../../../src/kube/controller.ts'
import { LastWrites, type WriteWitness } from '../../../src/kube/expectations.ts'
import { InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import { isAtLeast } from '../../../src/kube/resource-version.ts'
import type { ObjectVersion } from '../../../src/kube/stored-object.ts'
import { FakeCollection, refusal, widgets } from '../../builders/fake-collection.ts'
import { testRuntime } from '../../builders/runtime.ts'

const setUp = async () => {
  const server = new FakeCollection()
  const runtime = testRuntime()
  const before = server.put('a')
  const informer = new InformerFactory({ transport: server, runtime }).informer({ resource: widgets, view: rawView })
  informer.start()
  await runtime.clock.settle()
  const ofTheWatch = runtime.clock.pendingTimers
  const pendingTimers = (): number => runtime.clock.pendingTimers - ofTheWatch
  const writes = new LastWrites(runtime.clock)
  const resumed: string[] = []
  const postpone = (key: string): boolean => writes.postpone(key, () => resumed.push(key))
  return { server, runtime, informer, writes, resumed, postpone, before, pendingTimers }
}

describe('waiting for one’s own writes', () => {
  it('postpones a key until the cache has what was written for it', async () => {
    const { server, runtime, informer, writes, resumed, postpone, pendingTimers } = await setUp()
    writes.remember('k', informer, server.put('a', { spec: 1 }))
    assert.equal(postpone('k'), true)
    assert.equal(postpone('other'), false)
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
    assert.equal(postpone('k'), false)
    assert.deepEqual([writes.size, pendingTimers()], [0, 0])
  })

  it('does not postpone when the cache was faster', async () => {
    const { server, runtime, informer, writes, postpone } = await setUp()
    const written = server.put('a', { spec: 1 })
    await runtime.clock.settle()
    writes.remember('k', informer, written)
    assert.equal(postpone('k'), false)
  })

  it('waits for an object that was created', async () => {
    const { server, runtime, informer, writes, resumed, postpone } = await setUp()
    writes.remember('k', informer, server.put('new'))
    assert.equal(postpone('k'), true)
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
  })

  it('does not wait for ever for an object that was deleted right after it was created', async () => {
    const { server, runtime, informer, writes, resumed, postpone } = await setUp()
    writes.remember('k', informer, server.put('new'))
    server.delete('new')
    postpone('k')
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
  })

  it('waits until a deleted object is gone from the cache', async () => {
    const { server, runtime, informer, writes, resumed, postpone, before } = await setUp()
    server.delete('a')
    writes.rememberDelete('k', informer, before)
    assert.equal(postpone('k'), true)
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
  })

  it('waits for the last of several writes', async () => {
    const { server, runtime, informer, writes, resumed, postpone } = await setUp()
    writes.remember('k', informer, server.put('a', { spec: 1 }))
    const unseen = { metadata: { name: 'b', namespace: 'default', uid: 'b', resourceVersion: '999' } }
    writes.remember('k', informer, unseen)
    postpone('k')
    await runtime.clock.settle()
    assert.deepEqual(resumed, [])
    for (let change = 0; change < 900; change++) server.bookmark()
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
  })

  const conflictOf = (
    { writes, informer, before }: Awaited<ReturnType<typeof setUp>>,
    current: () => Promise<ObjectVersion>,
  ): Promise<void> =>
    assert.rejects(writes.follow('k', informer, before, Promise.reject(refusal(409)), current), { code: 409 })

  it('waits after a conflict until the cache has another version than the one that was judged', async () => {
    const setting = await setUp()
    const { server, runtime, resumed, postpone, before } = setting
    const metadata = { ...before.metadata, resourceVersion: 'not in the cache yet' }
    await conflictOf(setting, () => Promise.resolve({ metadata }))
    assert.equal(postpone('k'), true)
    await runtime.clock.settle()
    assert.deepEqual(resumed, [])
    server.put('a', { spec: 'of somebody else' })
    await runtime.clock.settle()
    assert.deepEqual(resumed, ['k'])
    assert.equal(postpone('k'), false)
  })

  it('does not wait after a conflict when the cache has caught up meanwhile', async () => {
    const setting = await setUp()
    const { server, runtime, postpone } = setting
    const written = server.put('a', { spec: 'of somebody else' })
    await runtime.clock.settle()
    await conflictOf(setting, () => Promise.resolve(written))
    assert.equal(postpone('k'), false)
  })

  it('does not wait after a conflict for a version that does not exist', async () => {
    const setting = await setUp()
    await conflictOf(setting, () => Promise.resolve(setting.before))
    assert.equal(setting.postpone('k'), false)
  })

  it('believes a conflict when nobody can tell the version of now', async () => {
    const setting = await setUp()
    await conflictOf(setting, () => Promise.reject(refusal(503)))
    assert.equal(setting.postpone('k'), true)
  })

  it('follows a write, and waits for nothing after another error than a conflict', async () => {
    const { server, informer, writes, postpone, before } = await setUp()
    const current = (): Promise<ObjectVersion> => Promise.resolve(before)
    await assert.rejects(writes.follow('k', informer, before, Promise.reject(refusal(500)), current), { code: 500 })
    assert.equal(postpone('k'), false)
    await writes.follow('k', informer, before, Promise.resolve(server.put('a', { spec: 1 })), current)
    assert.equal(postpone('k'), true)
  })

  it('gives up after five seconds, once, without a busy loop', async () => {
    const { runtime, informer, writes, resumed, postpone, pendingTimers } = await setUp()
    writes.remember('k', informer, { metadata: { name: 'b', uid: 'b', resourceVersion: '999' } })
    assert.equal(postpone('k'), true)
    assert.equal(postpone('k'), true)
    assert.equal(pendingTimers(), 1)
    await runtime.clock.advance(4999)
    assert.deepEqual(resumed, [])
    await runtime.clock.advance(1)
    assert.deepEqual(resumed, ['k'])
    assert.equal(postpone('k'), false)
  })

  it('keeps a controller from planning on a picture that lacks its own write', async () => {
    const { runtime, writes, before } = await setUp()
    let seen = false
    const progress: (() => void)[] = []
    const outdated: WriteWitness = { hasSeen: () => seen, onProgress: (handler) => progress.push(handler) }
    let passes = 0
    const controller = new Controller({
      name: 'test',
      workers: 1,
      runtime,
      lastWrites: writes,
      reconcile: async (key) => {
        passes++
        if (passes === 1) writes.remember(key, outdated, before)
        return { type: 'done' }
      },
    })
    controller.start()
    controller.queue.add('k')
    await runtime.clock.settle()
    controller.queue.add('k')
    await runtime.clock.advance(1000)
    assert.equal(passes, 1)
    seen = true
    for (const handler of progress) handler()
    await runtime.clock.settle()
    assert.equal(passes, 2)
  })

  it('compares resource versions as integers of any length, and others only for equality', () => {
    assert.equal(isAtLeast('10', '9'), true)
    assert.equal(isAtLeast('9', '10'), false)
    assert.equal(isAtLeast('90071992547409931', '90071992547409930'), true)
    assert.equal(isAtLeast('abc', 'abc'), true)
    assert.equal(isAtLeast('abd', 'abc'), false)
  })
})

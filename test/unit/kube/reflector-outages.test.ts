import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Delta, StoredObject } from '../../../src/kube/informer.ts'
import { gone, refusal } from '../../builders/fake-collection.ts'
import { listsOf, reset, startedInformer } from '../../builders/widget-informer.ts'

describe('a reflector in outages', () => {
  it('survives a storm of 410 with growing delays between its lists', async () => {
    const { server, runtime } = await startedInformer()
    server.watchFaults.push(...Array.from({ length: 1000 }, gone))
    server.end(gone())
    await runtime.clock.advance(10 * 60_000)
    // 1.2 s, 2.4 s, … up to 22.5 s with this jitter: the delays are not reset by lists that succeed in between.
    assert.ok(listsOf(server) < 35, `${listsOf(server)} lists in ten minutes`)
    assert.ok(listsOf(server) > 20, `${listsOf(server)} lists in ten minutes`)
  })

  it('begins with short delays again after two healthy minutes', async () => {
    const { server, runtime } = await startedInformer()
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
    const { server, runtime, informer } = await startedInformer((fresh) => fresh.put('a'))
    server.watchFaults.push(...Array.from({ length: 5 }, reset), refusal(429, 1000), gone())
    server.end(reset())
    while (server.watchFaults.length > 1) await runtime.clock.advance(100)
    server.put('b')
    await runtime.clock.advance(4000)
    assert.equal(server.watches, 1)
    assert.equal(informer.store.size, 2)
  })

  it('is still current for the seconds that a cut connection takes to come back', async () => {
    const { server, runtime, informer } = await startedInformer((fresh) => fresh.put('a'))
    server.watchFaults.push(reset(), reset())
    server.end(reset())
    await runtime.clock.advance(4500)
    assert.deepEqual([informer.current, server.watches, listsOf(server)], [true, 1, 1])
    await runtime.clock.advance(60_000)
    assert.equal(informer.current, true)
  })

  it('is not current in a longer outage, and again once it has listed what happened meanwhile', async () => {
    const { server, runtime, informer } = await startedInformer((fresh) => fresh.put('a'))
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
          const { server, runtime, informer, factory, deltas } = await startedInformer((fresh) => {
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

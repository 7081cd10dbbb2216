import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeError } from '../../../../src/kube/errors.ts'
import type { Transport, WatchEvent } from '../../../../src/kube/transport.ts'
import { objectOr } from '../../../../src/lib/json-value.ts'
import { aConfigMap, aServer, configMapsPath } from './server-builder.ts'

const configMaps = { group: '', version: 'v1', plural: 'configmaps' }

/** Reads a watch in the background. */
const follow = (transport: Transport, query: Readonly<Record<string, string>>) => {
  const controller = new AbortController()
  const events: WatchEvent[] = []
  const read = async (): Promise<void> => {
    const request = { path: configMapsPath, query, idleTimeoutMs: 60_000, signal: controller.signal }
    for await (const event of transport.watch(request)) events.push(event)
  }
  return { events, stop: () => controller.abort(), done: read() }
}

const typesOf = (events: readonly WatchEvent[]): readonly string[] => events.map(({ type }) => type)

describe('watches of the sandbox', () => {
  it('send a bookmark every minute to those who want it', async () => {
    const { server, clock } = aServer()
    const { events, stop, done } = follow(server.asUser('u'), { resourceVersion: '1', allowWatchBookmarks: 'true' })
    await clock.advance(180_000)
    assert.deepEqual(typesOf(events), ['BOOKMARK', 'BOOKMARK', 'BOOKMARK'])
    assert.equal(objectOr(events[0]?.object.metadata).resourceVersion, server.resourceVersion)
    stop()
    await done
  })

  it('end after the time that they asked for, on the clock of the server', async () => {
    const { server, clock } = aServer()
    const { done } = follow(server.asUser('u'), { resourceVersion: '1', timeoutSeconds: '290' })
    await clock.advance(290_000)
    await done
  })

  it('leave no timer behind when their reader stops', async () => {
    const { server, clock } = aServer()
    const { events, stop, done } = follow(server.asUser('u'), { resourceVersion: '1', allowWatchBookmarks: 'true' })
    await clock.advance(0)
    stop()
    await done
    await clock.advance(7_200_000)
    assert.deepEqual(events, [])
  })

  it('tell the state and a marked bookmark when they are asked for initial events', async () => {
    const { server, clock } = aServer()
    server.objects.create(configMaps, aConfigMap('a'))
    const query = { sendInitialEvents: 'true', allowWatchBookmarks: 'true', resourceVersionMatch: 'NotOlderThan' }
    const { events, stop, done } = follow(server.asUser('u'), query)
    await clock.advance(0)
    assert.deepEqual(typesOf(events), ['ADDED', 'BOOKMARK'])
    assert.deepEqual(objectOr(events[1]?.object.metadata).annotations, { 'k8s.io/initial-events-end': 'true' })
    stop()
    await done
  })

  it('can be held back for one user, whose cache then grows stale', async () => {
    const { server, clock } = aServer()
    const stale = follow(server.asUser('stale'), { resourceVersion: '1' })
    const fresh = follow(server.asUser('fresh'), { resourceVersion: '1' })
    await clock.advance(0)
    server.holdWatches('stale')
    server.objects.create(configMaps, aConfigMap('a'))
    server.objects.create(configMaps, aConfigMap('b'))
    await clock.advance(0)
    // One event may already have been under way when the watches were held.
    assert.equal(fresh.events.length, 2)
    assert.ok(stale.events.length <= 1)
    server.releaseWatches('stale')
    await clock.advance(0)
    assert.deepEqual(typesOf(stale.events), ['ADDED', 'ADDED'])
    stale.stop()
    fresh.stop()
    await Promise.all([stale.done, fresh.done])
  })

  it('can be closed like those of a server that restarts, in order or with an error', async () => {
    const { server, clock } = aServer()
    const { done } = follow(server.asUser('u'), { resourceVersion: '1' })
    await clock.advance(0)
    server.closeWatches({ user: 'somebody else' })
    server.closeWatches({ user: 'u', plural: 'configmaps' })
    await done
  })

  it('are answered with 410 once the history is shorter than what they missed', async () => {
    const { server } = aServer({ historyLimit: 2 })
    const before = server.resourceVersion
    for (const name of ['a', 'b', 'c', 'd', 'e']) server.objects.create(configMaps, aConfigMap(name))
    const { done } = follow(server.asUser('u'), { resourceVersion: before })
    await assert.rejects(done, (error: unknown) => error instanceof KubeError && error.code === 410)
  })

  it('give out copies, so that no reader can change what is stored', async () => {
    const { server, clock } = aServer()
    const { events, stop, done } = follow(server.asUser('u'), { resourceVersion: '1' })
    server.objects.create(configMaps, aConfigMap('a'))
    await clock.advance(0)
    objectOr(events[0]?.object.data).a = 'changed'
    assert.deepEqual(server.objects.get(configMaps, 'default', 'a')?.data, { a: '1' })
    stop()
    await done
  })
})

describe('pages of a list', () => {
  it('are answered with 410 once their state is forgotten', async () => {
    const { server } = aServer()
    const transport = server.asUser('u')
    for (const name of ['a', 'b']) server.objects.create(configMaps, aConfigMap(name))
    const first = await transport.request({ method: 'GET', path: configMapsPath, query: { limit: '1' } })
    server.objects.create(configMaps, aConfigMap('c'))
    server.compact()
    const query = { limit: '1', continue: String(objectOr(first.metadata).continue) }
    await assert.rejects(
      transport.request({ method: 'GET', path: configMapsPath, query }),
      (error: unknown) => error instanceof KubeError && error.code === 410 && error.reason === 'Expired',
    )
  })
})

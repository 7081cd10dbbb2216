import assert from 'node:assert/strict'
import type { WatchEvent } from '../../../src/kube/transport.ts'
import { objectOr } from '../../../src/lib/json-value.ts'
import type { ContractClient } from '../client.ts'
import { nameOf, refusal, versionOf } from '../client.ts'
import { configMap, configMaps, widget, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

const told = (events: readonly WatchEvent[]): readonly string[] =>
  events.map(({ type, object }) => `${type} ${nameOf(object)}`)

/** A change of each kind, in a known order. */
const change = async (client: ContractClient): Promise<void> => {
  await client.create(configMaps, configMap('a', { app: 'web' }))
  await client.create(configMaps, configMap('b'))
  await client.patch(configMaps, 'a', { data: { a: '2' } })
  await client.remove(configMaps, 'a')
}

/** What a watch tells, and from where it can go on. */
export const watchCases: readonly ContractCase[] = [
  {
    name: 'tells every change after a list, in order',
    async run(client) {
      const resourceVersion = versionOf(await client.list(configMaps))
      const events = client.watch(configMaps, { resourceVersion }, 4)
      await change(client)
      assert.deepEqual(told(await events), ['ADDED a', 'ADDED b', 'MODIFIED a', 'DELETED a'])
    },
  },
  {
    name: 'goes on from any resourceVersion that it has told',
    async run(client) {
      const resourceVersion = versionOf(await client.list(configMaps))
      await change(client)
      const all = await client.watch(configMaps, { resourceVersion }, 4)
      const second = all[1]
      assert.ok(second)
      const rest = await client.watch(configMaps, { resourceVersion: versionOf(second.object) }, 2)
      assert.deepEqual(told(rest), ['MODIFIED a', 'DELETED a'])
      const versions = all.map(({ object }) => Number(versionOf(object)))
      assert.deepEqual(
        versions,
        versions.toSorted((one, other) => one - other),
      )
    },
  },
  {
    name: 'tells that it was accepted, before anything happens',
    async run(client) {
      const resourceVersion = versionOf(await client.list(configMaps))
      const accepted = Promise.withResolvers<void>()
      const events = client.watch(configMaps, { resourceVersion }, 1, () => accepted.resolve())
      await accepted.promise
      await client.create(configMaps, configMap('a'))
      assert.deepEqual(told(await events), ['ADDED a'])
    },
  },
  {
    name: 'tells what is there when it starts from nothing',
    async run(client) {
      await client.create(configMaps, configMap('a'))
      await client.create(configMaps, configMap('b'))
      assert.deepEqual(told(await client.watch(configMaps, {}, 2)).toSorted(), ['ADDED a', 'ADDED b'])
    },
  },
  {
    name: 'shows objects that enter and leave a selection as added and deleted',
    async run(client) {
      const resourceVersion = versionOf(await client.list(configMaps))
      await client.create(configMaps, configMap('a'))
      await client.patch(configMaps, 'a', { metadata: { labels: { app: 'web' } } })
      await client.patch(configMaps, 'a', { data: { a: '2' } })
      await client.patch(configMaps, 'a', { metadata: { labels: { app: 'job' } } })
      const events = await client.watch(configMaps, { resourceVersion, labelSelector: 'app=web' }, 3)
      assert.deepEqual(told(events), ['ADDED a', 'MODIFIED a', 'DELETED a'])
      assert.equal(versionOf(events[2]?.object ?? {}), versionOf(await client.get(configMaps, 'a')))
    },
  },
  {
    name: 'tells a deletion with the last state and a new resourceVersion',
    async run(client) {
      const created = await client.create(widgets, widget('a', { replicas: 3 }))
      await client.remove(widgets, 'a')
      const [event] = await client.watch(widgets, { resourceVersion: versionOf(created) }, 1)
      assert.equal(event?.type, 'DELETED')
      assert.equal(objectOr(event.object.spec).replicas, 3)
      assert.ok(Number(versionOf(event.object)) > Number(versionOf(created)))
    },
  },
  {
    name: 'ends in order when its time is over, with nothing but bookmarks',
    async run(client, server) {
      await client.create(configMaps, configMap('a'))
      const list = await client.list(configMaps)
      const seen: string[] = []
      const query = { resourceVersion: versionOf(list), timeoutSeconds: '3', allowWatchBookmarks: 'true' }
      const path = `/api/v1/namespaces/${client.namespace}/configmaps`
      const read = async (): Promise<void> => {
        const signal = new AbortController().signal
        for await (const event of client.transport.watch({ path, query, idleTimeoutMs: 20_000, signal })) {
          seen.push(event.type)
          assert.ok(Number(versionOf(event.object)) >= Number(versionOf(list)))
          assert.equal(objectOr(event.object.metadata).name, undefined)
        }
      }
      await server.passTime(3_000, read())
      assert.deepEqual(
        seen.filter((type) => type !== 'BOOKMARK'),
        [],
      )
    },
  },
  {
    name: 'ends with 410 when its resourceVersion is too old',
    async run(client, server) {
      const created = await client.create(widgets, widget('old'))
      await client.patch(widgets, 'old', { spec: { replicas: 1 } })
      await server.compact?.()
      const error = await refusal(
        client.watch(widgets, { resourceVersion: server.compact ? versionOf(created) : '1' }, 1),
      )
      assert.equal(error.code, 410)
      assert.equal(error.reason, 'Expired')
      assert.match(error.serverMessage, /^too old resource version: \d+ \(\d+\)$/)
    },
  },
  {
    name: 'watches a single object by its name',
    async run(client) {
      const resourceVersion = versionOf(await client.list(configMaps))
      await client.create(configMaps, configMap('a'))
      await client.create(configMaps, configMap('b'))
      const events = await client.watch(configMaps, { resourceVersion, fieldSelector: 'metadata.name=b' }, 1)
      assert.deepEqual(told(events), ['ADDED b'])
    },
  },
]

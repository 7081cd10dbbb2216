import assert from 'node:assert/strict'
import { objectOr } from '../../../src/lib/json-value.ts'
import type { ContractClient } from '../client.ts'
import { namesIn, refusal, versionOf } from '../client.ts'
import { configMap, configMaps, events, widgets } from '../objects.ts'
import type { ContractCase } from '../suite.ts'

const fill = async (client: ContractClient): Promise<void> => {
  await client.create(configMaps, configMap('a', { app: 'web', tier: 'front' }))
  await client.create(configMaps, configMap('b', { app: 'web' }))
  await client.create(configMaps, configMap('c', { app: 'job', tier: 'back' }))
  await client.create(configMaps, configMap('d'))
}

const selections: readonly (readonly [string, readonly string[]])[] = [
  ['app=web', ['a', 'b']],
  ['app==web,tier=front', ['a']],
  ['app!=web', ['c', 'd']],
  ['app in (web,job)', ['a', 'b', 'c']],
  ['tier notin (front)', ['b', 'c', 'd']],
  ['tier', ['a', 'c']],
  ['!app', ['d']],
  ['app in (web),!tier', ['b']],
]

/** Selecting and paging. */
export const listCases: readonly ContractCase[] = [
  ...selections.map(
    ([labelSelector, expected]): ContractCase => ({
      name: `selects by labels: ${labelSelector}`,
      async run(client) {
        await fill(client)
        assert.deepEqual(namesIn(await client.list(configMaps, { labelSelector })), expected)
      },
    }),
  ),
  {
    name: 'refuses a label selector that is none',
    async run(client) {
      const error = await refusal(client.list(configMaps, { labelSelector: 'a b' }))
      assert.equal(error.code, 400)
      assert.equal(error.reason, 'BadRequest')
    },
  },
  {
    name: 'selects by name, and refuses fields that it cannot select by',
    async run(client) {
      await fill(client)
      assert.deepEqual(namesIn(await client.list(configMaps, { fieldSelector: 'metadata.name=b' })), ['b'])
      assert.deepEqual(namesIn(await client.list(configMaps, { fieldSelector: 'metadata.name!=b' })), ['a', 'c', 'd'])
      const error = await refusal(client.list(widgets, { fieldSelector: 'spec.template=abc' }))
      assert.equal(error.code, 400)
      assert.equal(error.serverMessage, 'field label not supported: spec.template')
    },
  },
  {
    name: 'selects events by the object that they are about',
    async run(client) {
      const { namespace } = client
      for (const name of ['one', 'two']) {
        await client.create(events, {
          metadata: { name: `event-${name}` },
          involvedObject: { kind: 'Widget', name, namespace, uid: `uid-${name}` },
          reason: 'Tested',
          message: 'happened',
          type: 'Normal',
        })
      }
      const fieldSelector = `involvedObject.name=two,involvedObject.namespace=${namespace},involvedObject.uid=uid-two`
      assert.deepEqual(namesIn(await client.list(events, { fieldSelector })), ['event-two'])
    },
  },
  {
    name: 'refuses an event that lies in another namespace than its object',
    async run(client) {
      const involvedObject = { kind: 'Widget', name: 'a', namespace: 'elsewhere' }
      const error = await refusal(client.create(events, { metadata: { name: 'a' }, involvedObject }))
      assert.equal(error.code, 422)
    },
  },
  {
    name: 'pages through a list that does not change while it is read',
    async run(client) {
      await fill(client)
      const first = await client.list(configMaps, { limit: '2' })
      assert.deepEqual(namesIn(first), ['a', 'b'])
      const { continue: token, remainingItemCount } = objectOr(first.metadata)
      assert.equal(remainingItemCount, 2)
      await client.create(configMaps, configMap('bb'))
      await client.remove(configMaps, 'c')
      const second = await client.list(configMaps, { limit: '2', continue: String(token) })
      assert.deepEqual(namesIn(second), ['c', 'd'])
      assert.equal(objectOr(second.metadata).continue, undefined)
      assert.equal(versionOf(second), versionOf(first))
    },
  },
  {
    name: 'refuses a continue token that is none',
    async run(client) {
      assert.equal((await refusal(client.list(configMaps, { limit: '1', continue: 'x' }))).code, 400)
    },
  },
  {
    name: 'refuses to list at a resourceVersion that it has not reached',
    async run(client) {
      const error = await refusal(
        client.list(configMaps, { resourceVersion: '999999999', resourceVersionMatch: 'NotOlderThan' }),
      )
      assert.equal(error.code, 504)
      assert.equal(error.causes[0]?.reason, 'ResourceVersionTooLarge')
    },
  },
]

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type CompletedCall, KubeClient } from '../../../src/kube/client.ts'
import { isAlreadyExists, isConflict, KubeError } from '../../../src/kube/errors.ts'
import type { KubeRequest } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { widgets } from '../../builders/fake-collection.ts'

const stored = { metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '7' } }
const at = { namespace: 'n', name: 'a' }
const path = '/apis/test.dev/v1/namespaces/n/widgets'

const setUp = (answer: (request: KubeRequest) => JsonObject = () => stored) => {
  const requests: KubeRequest[] = []
  const calls: CompletedCall[] = []
  const client = new KubeClient({
    fieldManager: 'me',
    onCall: (call) => calls.push(call),
    transport: {
      request: async (request) => {
        requests.push(request)
        return answer(request)
      },
      watch: () => {
        throw new Error('a client does not watch')
      },
    },
  })
  return { client, requests, calls }
}

describe('the client', () => {
  it('creates an object in its namespace, complete with kind and apiVersion', async () => {
    const { client, requests } = setUp()
    await client.create(widgets, { metadata: { name: 'a', namespace: 'n' }, spec: 1 }, { dryRun: true })
    assert.deepEqual(requests, [
      {
        method: 'POST',
        path,
        query: { fieldManager: 'me', dryRun: 'All' },
        body: { apiVersion: 'test.dev/v1', kind: 'Widget', metadata: { name: 'a', namespace: 'n' }, spec: 1 },
      },
    ])
  })

  it('patches a status under the lock of a version', async () => {
    const { client, requests } = setUp()
    await client.mergePatch(widgets, at, { status: { x: 1 } }, { subresource: 'status', resourceVersion: '5' })
    assert.deepEqual(requests, [
      {
        method: 'PATCH',
        path: `${path}/a/status`,
        query: { fieldManager: 'me' },
        body: { status: { x: 1 }, metadata: { resourceVersion: '5' } },
        contentType: 'application/merge-patch+json',
      },
    ])
  })

  it('keeps the metadata of a patch when it adds the lock', async () => {
    const { client, requests } = setUp()
    await client.strategicPatch(widgets, at, { metadata: { labels: { a: 'b' } } }, { resourceVersion: '5' })
    assert.deepEqual(requests[0]?.body, { metadata: { labels: { a: 'b' }, resourceVersion: '5' } })
    assert.equal(requests[0]?.contentType, 'application/strategic-merge-patch+json')
  })

  it('sends the operations of a JSON patch as they are', async () => {
    const { client, requests } = setUp()
    const operations = [{ op: 'replace', path: '/spec', value: 1 }] as const
    await client.jsonPatch(widgets, at, operations)
    assert.deepEqual(requests[0]?.body, operations)
    assert.equal(requests[0]?.contentType, 'application/json-patch+json')
  })

  it('deletes this very object, and what it owns in the background', async () => {
    const { client, requests } = setUp(() => ({ kind: 'Status', status: 'Success' }))
    await client.delete(widgets, at, { uid: 'u' })
    assert.deepEqual(requests[0]?.body, {
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
    })
  })

  it('reads all pages of a list', async () => {
    const { client, requests } = setUp(({ query }) =>
      query?.continue === undefined
        ? { metadata: { continue: 'more' }, items: [stored] }
        : { metadata: { continue: '' }, items: [stored] },
    )
    const objects = await client.list(widgets, { namespace: 'n', labelSelector: 'a=b' })
    assert.equal(objects.length, 2)
    assert.equal(objects[0]?.kind, 'Widget')
    assert.deepEqual(
      requests.map(({ query }) => query),
      [
        { limit: '500', labelSelector: 'a=b' },
        { limit: '500', labelSelector: 'a=b', continue: 'more' },
      ],
    )
  })

  it('calls an action of an object', async () => {
    const { client, requests } = setUp(() => ({ kind: 'Status' }))
    await client.createSubresource(widgets, at, 'eviction', { kind: 'Eviction' })
    assert.equal(requests[0]?.path, `${path}/a/eviction`)
  })

  it('refuses an answer that is no object', async () => {
    const { client } = setUp(() => ({ kind: 'Status' }))
    await assert.rejects(client.get(widgets, at), /the answer is not an object/)
  })

  it('tells a conflict from a name that is taken', async () => {
    const refuse = (reason: string) =>
      setUp(({ method, path: called }) => {
        throw new KubeError({ code: 409, reason }, { method, path: called })
      }).client
    await assert.rejects(refuse('Conflict').mergePatch(widgets, at, {}), isConflict)
    await assert.rejects(refuse('AlreadyExists').create(widgets, stored), isAlreadyExists)
  })

  it('tells of every call how it ended', async () => {
    const { client, calls } = setUp(({ method, path: called }) => {
      if (method === 'DELETE') throw new KubeError({ code: 404 }, { method, path: called })
      if (method === 'GET') throw new Error('no network')
      return stored
    })
    await client.create(widgets, stored)
    await client.mergePatch(widgets, at, {})
    await client.delete(widgets, at).catch(() => {})
    await client.get(widgets, at).catch(() => {})
    assert.deepEqual(
      calls.map(({ verb, namespace, name, code }) => `${verb} ${namespace}/${name} ${code}`),
      ['create n/a 201', 'patch n/a 200', 'delete n/a 404', 'get n/a 0'],
    )
  })
})

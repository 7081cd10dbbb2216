import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Write } from '../../../../src/sandbox/api-server/core.ts'
import { StatusError } from '../../../../src/sandbox/api-server/status-error.ts'
import { widget } from '../../../contract/objects.ts'
import { aConfigMap, aServer, configMapsPath } from './server-builder.ts'

const configMaps = { group: '', version: 'v1', plural: 'configmaps' }
const namespaces = { group: '', version: 'v1', plural: 'namespaces' }
const widgets = { group: 'contract.example.com', version: 'v1', plural: 'widgets' }

const told = ({ user, verb, type, subresource, change }: Write): string =>
  [user, verb, type.plural, subresource, change.object.metadata.name].filter((part) => part !== undefined).join(' ')

describe('synchronous access to the objects of the sandbox', () => {
  it('creates an object with its status and writes nothing that changes nothing', () => {
    const { server } = aServer()
    const created = server.objects.create(widgets, { ...widget('a'), status: { replicas: 3 } })
    assert.deepEqual(created.status, { replicas: 3 })
    const same = server.objects.update(widgets, 'default', 'a', () => {})
    assert.equal(same.metadata.resourceVersion, created.metadata.resourceVersion)
  })

  it('updates spec and status, each by the rules of the server', () => {
    const { server } = aServer()
    server.objects.create(widgets, widget('a'))
    const updated = server.objects.update(widgets, 'default', 'a', (draft) => {
      draft.spec = { template: 'abc', replicas: 2 }
      draft.status = { replicas: 1 }
    })
    assert.equal(updated.metadata.generation, 2)
    assert.deepEqual(updated.status, { replicas: 1 })
    const bad = (): unknown =>
      server.objects.update(widgets, 'default', 'a', (draft) => {
        draft.spec = { template: 'abc', replicas: -2 }
      })
    assert.throws(bad, (error: unknown) => error instanceof StatusError && error.code === 422)
  })

  it('puts an object in the place of another and keeps its identity', () => {
    const { server } = aServer()
    const first = server.objects.upsert(configMaps, aConfigMap('a'))
    const second = server.objects.upsert(configMaps, { ...aConfigMap('a'), data: { b: '2' } })
    assert.deepEqual(second.data, { b: '2' })
    assert.equal(second.metadata.uid, first.metadata.uid)
  })

  it('tells every write that changed something, with its author, in order', async () => {
    const { server } = aServer()
    const writes: string[] = []
    server.onWrite((write) => writes.push(told(write)))
    server.objects.as('scheduler').create(configMaps, aConfigMap('a'))
    const transport = server.asUser('controller')
    const patch = { method: 'PATCH', path: `${configMapsPath}/a`, contentType: 'application/merge-patch+json' } as const
    await transport.request({ ...patch, body: { data: { a: '2' } } })
    await transport.request({ ...patch, body: { data: { a: '2' } } })
    await transport.request({ ...patch, body: { data: { a: '3' } }, query: { dryRun: 'All' } })
    await transport.request({ method: 'DELETE', path: `${configMapsPath}/a` })
    assert.deepEqual(writes, [
      'scheduler create configmaps a',
      'controller patch configmaps a',
      'controller delete configmaps a',
    ])
  })

  it('tells writes that a listener makes after the one that it was told of', () => {
    const { server } = aServer()
    const heard: string[] = []
    server.onWrite(({ change }) => {
      if (change.object.metadata.name === 'a') server.objects.create(configMaps, aConfigMap('b'))
    })
    server.onWrite(({ change }) => heard.push(change.object.metadata.name))
    server.objects.create(configMaps, aConfigMap('a'))
    assert.deepEqual(heard, ['a', 'b'])
  })

  it('ends a namespace with everything in it', () => {
    const { server } = aServer()
    server.objects.create(namespaces, { metadata: { name: 'gone' } })
    server.objects.create(configMaps, { metadata: { name: 'a', namespace: 'gone' } })
    server.objects.create(widgets, {
      ...widget('held'),
      metadata: { name: 'held', namespace: 'gone', finalizers: ['example.com/hold'] },
    })
    server.objects.delete(namespaces, undefined, 'gone')
    assert.equal(server.objects.get(configMaps, 'gone', 'a'), undefined)
    assert.deepEqual(server.objects.get(namespaces, undefined, 'gone')?.status, { phase: 'Terminating' })
    const late = (): unknown => server.objects.create(configMaps, { metadata: { name: 'late', namespace: 'gone' } })
    assert.throws(late, /because it is being terminated/)
    server.objects.update(widgets, 'gone', 'held', (draft) => {
      delete draft.metadata.finalizers
    })
    assert.equal(server.objects.get(namespaces, undefined, 'gone'), undefined)
  })

  it('gives the same uids and names for the same seed', () => {
    const names = () => {
      const { server } = aServer()
      const { name, uid } = server.objects.create(configMaps, { metadata: { generateName: 'a-' } }).metadata
      return { name, uid }
    }
    assert.deepEqual(names(), names())
  })

  it('serves a kind from the moment its CRD is there until it is deleted', async () => {
    const { server } = aServer()
    const path = '/apis/contract.example.com/v1/namespaces/default/widgets'
    const crds = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }
    await server.asUser('u').request({ method: 'GET', path })
    server.objects.delete(crds, undefined, 'widgets.contract.example.com')
    await assert.rejects(server.asUser('u').request({ method: 'GET', path }), /could not find the requested resource/)
  })
})

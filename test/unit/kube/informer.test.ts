import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { CacheSyncError, InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import { ObjectStore } from '../../../src/kube/store.ts'
import type { DeepReadonly } from '../../../src/lib/json.ts'
import { FakeCollection, refusal, widgets } from '../../builders/fake-collection.ts'
import { testRuntime } from '../../builders/runtime.ts'

const object = (name: string, version: number, more: object = {}): StoredObject => ({
  metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: String(version) },
  ...more,
})

const colorOf = ({ color }: DeepReadonly<StoredObject>): string[] => (typeof color === 'string' ? [color] : [])

const storeOf = () => new ObjectStore<StoredObject>({ view: rawView, indexes: { color: colorOf } })

const namesOf = (objects: readonly { readonly metadata: { readonly name: string } }[]): string[] =>
  objects.map(({ metadata }) => metadata.name).sort()

describe('a store', () => {
  it('finds objects by name, namespace and index', () => {
    const store = storeOf()
    store.upsert(object('a', 1, { color: 'red' }))
    store.upsert(object('b', 2, { color: 'red' }))
    store.upsert({ metadata: { name: 'a', namespace: 'other', uid: 'x', resourceVersion: '3' }, color: 'blue' })
    assert.equal(store.get('default', 'a')?.color, 'red')
    assert.equal(store.get('other', 'a')?.color, 'blue')
    assert.equal(store.get('default', 'nobody'), undefined)
    assert.deepEqual(namesOf(store.list('default')), ['a', 'b'])
    assert.equal(store.list().length, 3)
    assert.deepEqual(namesOf(store.byIndex('color', 'red')), ['a', 'b'])
    assert.deepEqual(store.byIndex('color', 'green'), [])
    assert.throws(() => store.byIndex('size', 'red'), /no such index/)
  })

  it('moves an object to its new index value, and out when it goes', () => {
    const store = storeOf()
    store.upsert(object('a', 1, { color: 'red' }))
    store.upsert(object('a', 2, { color: 'blue' }))
    assert.deepEqual(namesOf(store.byIndex('color', 'red')), [])
    assert.deepEqual(namesOf(store.byIndex('color', 'blue')), ['a'])
    store.remove(object('a', 3))
    assert.deepEqual(namesOf(store.byIndex('color', 'blue')), [])
    assert.equal(store.size, 0)
  })

  it('builds an index that comes late over what is there', () => {
    const store = storeOf()
    store.upsert(object('a', 1, { size: 'L' }))
    store.addIndex('size', ({ size }) => (typeof size === 'string' ? [size] : []))
    assert.deepEqual(namesOf(store.byIndex('size', 'L')), ['a'])
  })

  it('takes a version that it has for no change, and keeps the object it has', () => {
    const store = storeOf()
    store.upsert(object('a', 1))
    const kept = store.get('default', 'a')
    assert.deepEqual(store.upsert(object('a', 1)), [])
    assert.deepEqual(store.replace([object('a', 1)]), [])
    assert.equal(store.get('default', 'a'), kept)
  })

  it('tells the difference when it is replaced: what is gone first, then what is new or changed', () => {
    const store = storeOf()
    for (const name of ['same', 'changed', 'gone']) store.upsert(object(name, 1))
    const deltas = store.replace([object('new', 2), object('same', 1), object('changed', 2)])
    assert.deepEqual(
      deltas.map((delta) => `${delta.type} ${delta.object.metadata.name}`),
      ['deleted gone', 'added new', 'updated changed'],
    )
  })

  it('leaves out an object that its view cannot read, and drops the version that it could', () => {
    const unreadable: string[] = []
    const store = new ObjectStore<StoredObject>({
      view: (raw) => {
        if (raw.bad) throw new Error('malformed')
        return raw
      },
      onUnreadable: (raw) => unreadable.push(raw.metadata.name),
    })
    store.upsert(object('a', 1))
    assert.equal(store.upsert(object('a', 2, { bad: true }))[0]?.type, 'deleted')
    store.replace([object('a', 3, { bad: true }), object('b', 4)])
    assert.deepEqual(namesOf(store.list()), ['b'])
    assert.deepEqual(unreadable, ['a', 'a'])
  })

  it('keeps what is the same of a spec, so that what was derived from it can be kept too', () => {
    const store = storeOf()
    const version = (resourceVersion: number, generation: number, replicas: number, image: string): StoredObject => {
      const { metadata } = object('a', resourceVersion)
      return { metadata: { ...metadata, generation }, spec: { replicas, template: { image } } }
    }
    const held = (): StoredObject['spec'] => store.get('default', 'a')?.spec as StoredObject['spec']
    const template = (): unknown => (held() as { template?: unknown }).template
    store.upsert(version(1, 1, 1, 'shop:1'))
    const [spec, first] = [held(), template()]
    store.upsert(version(2, 1, 1, 'shop:1'))
    assert.equal(held(), spec)
    store.upsert(version(3, 2, 5, 'shop:1'))
    assert.equal(template(), first)
    assert.deepEqual(held(), { replicas: 5, template: { image: 'shop:1' } })
    store.upsert(version(4, 3, 5, 'shop:2'))
    assert.deepEqual(template(), { image: 'shop:2' })
  })

  it('can freeze what it holds, so that a write in place fails in a test', () => {
    const store = new ObjectStore<StoredObject>({ view: rawView, freeze: true })
    store.upsert(object('a', 1, { spec: { steps: [1] } }))
    const held: unknown = store.get('default', 'a')?.spec
    assert.ok(Object.isFrozen(held))
    assert.throws(() => Object.assign(held ?? {}, { steps: [] }), TypeError)
  })
})

const setUp = () => {
  const server = new FakeCollection()
  const runtime = testRuntime()
  return { server, runtime, factory: new InformerFactory({ transport: server, runtime }) }
}

describe('the informer factory', () => {
  it('has one watch for all who read the same, and joins their indexes', async () => {
    const { server, runtime, factory } = setUp()
    server.put('a', { color: 'red', size: 'L' })
    const first = factory.informer({ resource: widgets, view: rawView, indexes: { color: colorOf } })
    factory.start()
    await runtime.clock.settle()
    const size = ({ size }: DeepReadonly<StoredObject>): string[] => (typeof size === 'string' ? [size] : [])
    const second = factory.informer({ resource: widgets, view: rawView, indexes: { size } })
    assert.equal(first, second)
    assert.deepEqual(namesOf(second.store.byIndex('size', 'L')), ['a'])
    assert.equal(server.watches, 1)
  })

  it('has watches of their own for other selectors and namespaces', async () => {
    const { runtime, factory, server } = setUp()
    factory.start()
    factory.informer({ resource: widgets, view: rawView })
    factory.informer({ resource: widgets, view: rawView, labelSelector: 'a=b' })
    factory.informer({ resource: widgets, view: rawView, namespace: 'default' })
    await runtime.clock.settle()
    assert.equal(server.watches, 3)
  })

  it('waits until every cache is filled', async () => {
    const { server, factory, runtime } = setUp()
    server.put('a')
    const informer = factory.informer({ resource: widgets, view: rawView })
    factory.start()
    await factory.waitForSync(1000)
    assert.equal(informer.store.size, 1)
    await factory.stop()
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('names what could not be read when waiting takes too long', async () => {
    const { server, factory, runtime } = setUp()
    server.listFaults.push(...Array.from({ length: 20 }, () => refusal(403)))
    factory.informer({ resource: widgets, view: rawView })
    factory.start()
    const waiting = assert.rejects(factory.waitForSync(120_000), (error) => {
      assert.ok(error instanceof CacheSyncError)
      assert.match(error.message, /widgets: GET \/x: HTTP 403/)
      return true
    })
    await runtime.clock.advance(120_000)
    await waiting
    await factory.stop()
  })
})

describe('a shared informer', () => {
  it('drops managed fields and the last applied manifest, and has kind and apiVersion on every object', async () => {
    const { server, factory, runtime } = setUp()
    const request = server.request.bind(server)
    server.request = async (list) => ({
      ...(await request(list)),
      items: [
        {
          metadata: {
            name: 'a',
            uid: 'u',
            resourceVersion: '1',
            managedFields: [{ manager: 'kubectl' }],
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' },
          },
        },
      ],
    })
    const informer = factory.informer({ resource: widgets, view: rawView })
    factory.start()
    await runtime.clock.settle()
    assert.deepEqual(informer.store.get(undefined, 'a'), {
      apiVersion: 'test.dev/v1',
      kind: 'Widget',
      metadata: { name: 'a', uid: 'u', resourceVersion: '1', annotations: { kept: 'yes' } },
    })
  })

  it('tells a handler that comes late of what is there', async () => {
    const { server, factory, runtime } = setUp()
    server.put('a')
    const informer = factory.informer({ resource: widgets, view: rawView })
    factory.start()
    await runtime.clock.settle()
    const told: string[] = []
    informer.onChange(({ type, object: changed }) => told.push(`${type} ${changed.metadata.name}`))
    assert.deepEqual(told, ['added a'])
  })

  it('tells a handler after the store has the change', async () => {
    const { server, factory, runtime } = setUp()
    const informer = factory.informer({ resource: widgets, view: rawView })
    const held: unknown[] = []
    informer.onChange(({ object: { metadata } }) =>
      held.push(informer.store.get(metadata.namespace, metadata.name)?.spec),
    )
    factory.start()
    await runtime.clock.settle()
    server.put('a', { spec: 1 })
    server.put('a', { spec: 2 })
    server.delete('a')
    await runtime.clock.settle()
    assert.deepEqual(held, [1, 2, undefined])
  })

  it('is synced when its handlers hear of the first list: they may ask it for all there is', async () => {
    const { server, factory, runtime } = setUp()
    server.put('a')
    server.put('b')
    const informer = factory.informer({ resource: widgets, view: rawView })
    const heard: unknown[] = []
    informer.onChange(() => heard.push([informer.synced, informer.store.size]))
    factory.start()
    await runtime.clock.settle()
    assert.deepEqual(heard, [
      [true, 2],
      [true, 2],
    ])
  })

  it('goes on when a handler throws, and other handlers still hear', async () => {
    const { server, factory, runtime } = setUp()
    const informer = factory.informer({ resource: widgets, view: rawView })
    const heard: string[] = []
    informer.onChange(() => {
      throw new Error('boom')
    })
    informer.onChange(({ type }) => heard.push(type))
    factory.start()
    await runtime.clock.settle()
    server.put('a')
    server.delete('a')
    await runtime.clock.settle()
    assert.deepEqual(heard, ['added', 'deleted'])
    assert.equal(runtime.log.messages('error').length, 2)
  })
})

import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { describe, it } from 'node:test'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import type { StoredObject } from '../../../src/kube/informer.ts'
import { InformerFactory, rawView } from '../../../src/kube/informer-factory.ts'
import { widgets } from '../../builders/fake-collection.ts'
import { json, MisbehavingServer } from '../../builders/misbehaving-server.ts'
import { testRuntime } from '../../builders/runtime.ts'

const widget = (name: string, version: number): StoredObject => ({
  metadata: { name, namespace: 'default', uid: `uid-${name}`, resourceVersion: String(version) },
})

/** A cache on a real socket whose server can be made to fail. */
const setUp = async () => {
  const runtime = testRuntime()
  const world = { objects: [widget('a', 1), widget('b', 2)], version: 2, compacted: 0, watches: [] as ServerResponse[] }
  const server = await MisbehavingServer.start((request, response, body) => {
    const url = new URL(request.url ?? '', 'http://x')
    if (url.searchParams.get('watch') !== 'true') {
      json(200, { metadata: { resourceVersion: String(world.version) }, items: world.objects })(request, response, body)
    } else if (Number(url.searchParams.get('resourceVersion')) < world.compacted) {
      json(410, { kind: 'Status', code: 410, reason: 'Expired' })(request, response, body)
    } else {
      response.writeHead(200).flushHeaders()
      world.watches.push(response)
    }
  })
  const connection = { server: server.url, namespace: 'default', authenticate: async () => ({ tls: {}, headers: {} }) }
  const transport = new HttpTransport({ connection, clock: runtime.clock, userAgent: 'test' })
  const factory = new InformerFactory({ transport, runtime })
  const informer = factory.informer({ resource: widgets, view: rawView })
  const told: string[] = []
  informer.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`))
  factory.start()
  /** Lets real sockets and virtual timers take turns until something is true. */
  const until = async (met: () => boolean): Promise<void> => {
    while (!met()) await runtime.clock.advance(5)
  }
  const lists = (): number => server.requests.filter(({ url }) => !url.includes('watch=true')).length
  await until(() => world.watches.length === 1)
  return { runtime, world, server, transport, factory, informer, told, until, lists }
}

describe('a cache over real sockets', () => {
  it('tells of what was deleted while the server was away', { timeout: 10_000 }, async () => {
    const { world, server, transport, factory, told, until } = await setUp()
    const { port } = server
    await server.stop()
    world.objects = [widget('b', 2), widget('c', 8)]
    world.version = 9
    world.compacted = 5
    await server.listen(port)
    await until(() => told.includes('added c'))
    assert.deepEqual(told, ['added a', 'added b', 'deleted a', 'added c'])
    await factory.stop()
    transport.close()
    await server.stop()
  })

  it('lists a few times only while a server answers every watch with 410', { timeout: 10_000 }, async () => {
    const { runtime, world, server, transport, factory, until, lists } = await setUp()
    world.compacted = 1_000_000
    world.watches[0]?.end()
    await until(() => lists() >= 2)
    const from = runtime.clock.monotonic()
    await until(() => runtime.clock.monotonic() - from > 60_000)
    assert.ok(lists() <= 9, `${lists()} lists in a minute`)
    await factory.stop()
    transport.close()
    await server.stop()
  })

  it('goes on from the last whole event after a reset in the middle of a line', { timeout: 10_000 }, async () => {
    const { world, server, transport, factory, told, until } = await setUp()
    const event = (object: StoredObject): string => `${JSON.stringify({ type: 'ADDED', object })}\n`
    world.watches[0]?.write(event(widget('c', 3)) + event(widget('d', 4)).slice(0, 30))
    await until(() => told.includes('added c'))
    for (const socket of server.sockets) socket.resetAndDestroy()
    await until(() => world.watches.length === 2)
    assert.match(server.requests.at(-1)?.url ?? '', /resourceVersion=3/)
    world.watches[1]?.write(event(widget('d', 4)))
    await until(() => told.includes('added d'))
    assert.deepEqual(told, ['added a', 'added b', 'added c', 'added d'])
    await factory.stop()
    transport.close()
    await server.stop()
  })

  it('is current again as soon as a watch is accepted, though nothing happens', { timeout: 10_000 }, async () => {
    const { runtime, world, server, transport, factory, informer, until } = await setUp()
    for (const socket of server.sockets) socket.resetAndDestroy()
    await until(() => world.watches.length === 2)
    await until(() => informer.problem === undefined)
    await runtime.clock.advance(20_000)
    assert.equal(informer.current, true)
    await factory.stop()
    transport.close()
    await server.stop()
  })

  it('watches anew when a connection is dead without having been closed', { timeout: 10_000 }, async () => {
    const { runtime, world, server, transport, factory, until, lists } = await setUp()
    await runtime.clock.advance(295_000)
    await until(() => world.watches.length === 2)
    assert.equal(lists(), 1)
    await factory.stop()
    transport.close()
    await server.stop()
  })
})

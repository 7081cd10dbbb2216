import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { Credentials } from '../../../src/kube/credentials.ts'
import { isGone, KubeError, NetworkError } from '../../../src/kube/errors.ts'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { type Behavior, json, MisbehavingServer, silence, statusBody } from '../../builders/misbehaving-server.ts'

describe('a watch over HTTP', () => {
  const open: { stop(): Promise<void> }[] = []

  const watchOn = async (behavior: Behavior, idleTimeoutMs = 60_000) => {
    const server = await MisbehavingServer.start(behavior)
    const clock = new ManualClock()
    const abort = new AbortController()
    const authenticate = async (fresh: boolean): Promise<Credentials> => ({
      tls: {},
      headers: { authorization: fresh ? 'Bearer two' : 'Bearer one' },
    })
    const connection = { server: server.url, namespace: 'default', authenticate }
    const transport = new HttpTransport({ connection, clock, userAgent: 'crossfade/test' })
    const query = { resourceVersion: '7' }
    const stream = transport.watch({ path: '/api/v1/pods', query, idleTimeoutMs, signal: abort.signal })
    open.push({
      stop: async () => {
        abort.abort()
        transport.close()
        await server.stop()
        await clock.settle()
        assert.equal(clock.pendingTimers, 0, 'no timer is left behind')
      },
    })
    return { server, clock, abort, stream, transport }
  }

  afterEach(async () => {
    for (const { stop } of open.splice(0)) await stop()
  })

  const event = (name: string, version: number): string =>
    `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: String(version) } } })}\n`

  const namesOf = async (stream: AsyncIterable<{ object: object }>, names: string[] = []): Promise<string[]> => {
    for await (const { object } of stream) {
      names.push('metadata' in object ? JSON.parse(JSON.stringify(object.metadata)).name : '')
    }
    return names
  }

  it('gives the events of a stream until the server closes it', async () => {
    const { server, stream } = await watchOn((_request, response) => response.end(event('a', 8) + event('b', 9)))
    assert.deepEqual(await namesOf(stream), ['a', 'b'])
    assert.equal(server.requests[0]?.url, '/api/v1/pods?resourceVersion=7&watch=true')
  })

  it('puts characters together that were split over packets', async () => {
    const bytes = Buffer.from(event('grün-🚦', 8))
    const { server, stream } = await watchOn((_request, response) => response.writeHead(200).flushHeaders())
    const names = namesOf(stream)
    await server.received(1)
    const [socket] = server.sockets
    assert.ok(socket)
    for (const byte of bytes)
      socket.write(`1\r\n${''}`) && socket.write(Buffer.concat([Buffer.from([byte]), Buffer.from('\r\n')]))
    socket.write('0\r\n\r\n')
    assert.deepEqual(await names, ['grün-🚦'])
  })

  it('gives what came before a reset in the middle of a line, then reports the reset', async () => {
    const { server, stream } = await watchOn((_request, response) => {
      response.writeHead(200)
      response.write(event('a', 8) + event('b', 9).slice(0, 20))
    })
    const names: string[] = []
    const end = assert.rejects(namesOf(stream, names), NetworkError)
    await server.received(1)
    while (names.length === 0) await new Promise((resolve) => setImmediate(resolve))
    for (const socket of server.sockets) socket.resetAndDestroy()
    await end
    assert.deepEqual(names, ['a'])
  })

  it('takes an orderly end within a line for a lost connection', async () => {
    const { stream } = await watchOn((_request, response) => response.end(event('a', 8).slice(0, 20)))
    await assert.rejects(namesOf(stream), /the stream ended within a line/)
  })

  it('throws an error of the stream as what it is', async () => {
    const error = { type: 'ERROR', object: statusBody(410, 'Expired') }
    const { stream } = await watchOn((_request, response) => response.end(`${event('a', 8)}${JSON.stringify(error)}\n`))
    await assert.rejects(namesOf(stream), isGone)
  })

  it('throws a refusal to watch as what it is', async () => {
    const { stream } = await watchOn(json(410, statusBody(410, 'Gone')))
    await assert.rejects(namesOf(stream), isGone)
  })

  it('tells how long an overloaded server asks to wait', async () => {
    const { stream } = await watchOn(json(429, statusBody(429, 'TooManyRequests'), { 'retry-after': '7' }))
    await assert.rejects(namesOf(stream), (error) => error instanceof KubeError && error.retryAfterMs === 7000)
  })

  it('watches with a new token when the old one is refused', async () => {
    const { stream } = await watchOn((request, response, body) => {
      if (request.headers.authorization === 'Bearer two') response.end(event('a', 8))
      else json(401, statusBody(401, 'Unauthorized'))(request, response, body)
    })
    assert.deepEqual(await namesOf(stream), ['a'])
  })

  it('notices a connection that has fallen silent, and not one that is only slow', async () => {
    const responses: { write(text: string): void }[] = []
    const { server, clock, stream } = await watchOn((_request, response) => {
      response.writeHead(200)
      response.write(event('a', 8))
      responses.push(response)
    }, 60_000)
    const names: string[] = []
    const end = assert.rejects(namesOf(stream, names), /nothing was heard on the watch within 60000 ms/)
    await server.received(1)
    while (names.length < 1) await clock.settle()
    await clock.advance(59_000)
    responses[0]?.write(event('b', 9))
    while (names.length < 2) await clock.settle()
    await clock.advance(59_000)
    assert.equal(server.sockets.size, 1)
    await clock.advance(1000)
    await end
    assert.deepEqual(names, ['a', 'b'])
  })

  it('notices within 30 s a server that does not even begin to answer', async () => {
    const { server, clock, stream } = await watchOn(silence, 300_000)
    const end = assert.rejects(namesOf(stream), /no answer within 30000 ms/)
    await server.received(1)
    await clock.advance(30_000)
    await end
  })

  it('ends without an error when it is aborted, before and while it streams', async () => {
    const { server, abort, stream, transport } = await watchOn((_request, response) => {
      response.writeHead(200)
      response.write(event('a', 8))
    })
    const names: string[] = []
    const end = namesOf(stream, names)
    await server.received(1)
    while (names.length < 1) await new Promise((resolve) => setImmediate(resolve))
    abort.abort()
    assert.deepEqual(await end, ['a'])
    const never = transport.watch({ path: '/x', query: {}, idleTimeoutMs: 1000, signal: abort.signal })
    assert.deepEqual(await namesOf(never), [])
    assert.equal(server.requests.length, 1)
  })

  it('has its own connection, so that calls do not wait behind watches', async () => {
    const { server, stream, transport } = await watchOn((request, response, body) => {
      if (request.url?.includes('watch')) response.writeHead(200).flushHeaders()
      else json(200, {})(request, response, body)
    })
    void namesOf(stream)
    await server.received(1)
    await transport.request({ method: 'GET', path: '/api/v1/pods' })
    assert.deepEqual(
      server.requests.map(({ connection }) => connection),
      [1, 2],
    )
  })
})

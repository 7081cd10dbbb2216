import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Connection, Credentials } from '../../../src/kube/credentials.ts'
import { isRefusedByBudget, KubeError, NetworkError } from '../../../src/kube/errors.ts'
import { HttpTransport } from '../../../src/kube/http-transport.ts'
import type { KubeRequest } from '../../../src/kube/transport.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import {
  type Behavior,
  hangUp,
  inTurn,
  json,
  MisbehavingServer,
  silence,
  statusBody,
} from '../../builders/misbehaving-server.ts'

const get: KubeRequest = { method: 'GET', path: '/api/v1/pods' }

describe('the HTTP transport', () => {
  const open: { stop(): Promise<void> }[] = []

  const connectTo = async (
    behavior: Behavior,
    authenticate: Connection['authenticate'] = async () => ({ tls: {}, headers: { authorization: 'Bearer one' } }),
  ) => {
    const server = await MisbehavingServer.start(behavior)
    const clock = new ManualClock()
    const connection = { server: server.url, namespace: 'default', authenticate }
    const transport = new HttpTransport({ connection, clock, userAgent: 'crossfade/test' })
    open.push({
      stop: async () => {
        transport.close()
        await server.stop()
        assert.equal(clock.pendingTimers, 0, 'no timer is left behind')
      },
    })
    return { server, clock, transport }
  }

  afterEach(async () => {
    for (const { stop } of open.splice(0)) await stop()
  })

  it('makes one connection for a hundred calls in a row', async () => {
    const { server, transport } = await connectTo(json(200, {}))
    for (let index = 0; index < 100; index++) await transport.request(get)
    assert.equal(server.connections, 1)
  })

  it('makes sixteen connections at most for two hundred calls at a time', async () => {
    const { server, transport } = await connectTo(json(200, {}))
    await Promise.all(Array.from({ length: 200 }, () => transport.request(get)))
    assert.equal(server.requests.length, 200)
    assert.ok(server.connections <= 16, `${server.connections} connections`)
  })

  it('says who it is, what it sends and what it asks for', async () => {
    const { server, transport } = await connectTo(json(200, {}))
    await transport.request({
      method: 'PATCH',
      path: '/apis/apps/v1/namespaces/a/replicasets/b',
      query: { fieldManager: 'me & you' },
      body: { metadata: { name: 'ä' } },
      contentType: 'application/merge-patch+json',
    })
    const [request] = server.requests
    assert.equal(request?.method, 'PATCH')
    assert.equal(request?.url, '/apis/apps/v1/namespaces/a/replicasets/b?fieldManager=me+%26+you')
    assert.equal(request?.headers['content-type'], 'application/merge-patch+json')
    assert.equal(request?.headers['user-agent'], 'crossfade/test')
    assert.equal(request?.headers.authorization, 'Bearer one')
    assert.equal(request?.body, '{"metadata":{"name":"ä"}}')
  })

  it('keeps the path that a gateway in front of the server adds', async () => {
    const server = await MisbehavingServer.start(json(200, {}))
    const connection = {
      server: `${server.url}/k8s/clusters/c1/`,
      namespace: 'default',
      authenticate: async (): Promise<Credentials> => ({ tls: {}, headers: {} }),
    }
    const transport = new HttpTransport({ connection, clock: new ManualClock(), userAgent: 'test' })
    open.push({
      stop: () => {
        transport.close()
        return server.stop()
      },
    })
    await transport.request(get)
    assert.equal(server.requests[0]?.url, '/k8s/clusters/c1/api/v1/pods')
  })

  it('reads a zipped answer', async () => {
    const { transport } = await connectTo((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync('{"items":["ü"]}'))
    })
    assert.deepEqual(await transport.request(get), { items: ['ü'] })
  })

  it('turns a Status into a typed error with its causes', async () => {
    const causes = [{ reason: 'FieldValueInvalid', field: 'spec.replicas', message: 'must be positive' }]
    const { transport } = await connectTo(json(422, statusBody(422, 'Invalid', { details: { causes } })))
    await assert.rejects(transport.request({ ...get, method: 'POST', body: {} }), (error) => {
      assert.ok(error instanceof KubeError)
      assert.deepEqual([error.code, error.reason, error.serverMessage], [422, 'Invalid', 'Invalid it is'])
      assert.deepEqual(error.causes, causes)
      return true
    })
  })

  it('keeps code and beginning of an error that is no Status, such as that of a proxy', async () => {
    const { transport } = await connectTo((_request, response) => {
      response.writeHead(502)
      response.end(`<html>bad gateway${'x'.repeat(10_000)}`)
    })
    await assert.rejects(transport.request(get), (error) => {
      assert.ok(error instanceof KubeError)
      assert.equal(error.code, 502)
      assert.match(error.message, /HTTP 502: <html>bad gateway/)
      assert.ok(error.message.length < 300)
      return true
    })
  })

  it('takes a success without JSON for a lost answer', async () => {
    const { transport } = await connectTo((_request, response) => response.end('surprise'))
    await assert.rejects(transport.request(get), NetworkError)
  })

  it('never sends a write again when its answer is lost', async () => {
    const { server, transport } = await connectTo(inTurn(json(200, {}), hangUp))
    await transport.request(get)
    await assert.rejects(transport.request({ ...get, method: 'POST', body: {} }), NetworkError)
    assert.equal(server.requests.length, 2)
  })

  it('reads again when the connection that it had kept turns out to be closed', async () => {
    const { server, transport } = await connectTo(inTurn(json(200, {}), hangUp, json(200, { fine: true })))
    await transport.request(get)
    assert.deepEqual(await transport.request(get), { fine: true })
    assert.equal(server.connections, 2)
  })

  it('gives up a call that is not answered in 30 s, and a lease call after 5 s', async () => {
    const { server, clock, transport } = await connectTo(silence)
    const slow = assert.rejects(transport.request(get), /no answer within 30000 ms/)
    const lease = assert.rejects(transport.request({ ...get, purpose: 'lease' }), /no answer within 5000 ms/)
    await server.received(2)
    await clock.advance(5000)
    await lease
    await clock.advance(25_000)
    await slow
  })

  it('gives up an answer that stops half way', async () => {
    const { server, clock, transport } = await connectTo((_request, response) => {
      response.writeHead(200)
      response.write('{"items":[')
    })
    const call = assert.rejects(transport.request({ ...get, timeoutMs: 1000 }), /no answer within 1000 ms/)
    await server.received(1)
    await clock.advance(1000)
    await call
  })

  it('ends a call whose signal aborts', async () => {
    const { server, transport } = await connectTo(silence)
    const abort = new AbortController()
    const call = assert.rejects(transport.request({ ...get, signal: abort.signal }), NetworkError)
    await server.received(1)
    abort.abort(new Error('enough'))
    await call
    await assert.rejects(transport.request({ ...get, signal: abort.signal }), /enough/)
  })

  it('waits as long as an overloaded server asks, then sends again, since nothing was carried out', async () => {
    const { server, clock, transport } = await connectTo(
      inTurn(json(429, statusBody(429, 'TooManyRequests'), { 'retry-after': '3' }), json(201, { made: true })),
    )
    const call = transport.request({ ...get, method: 'POST', body: {} })
    await server.received(1)
    while (clock.pendingTimers < 2) await clock.settle()
    await clock.advance(2999)
    assert.equal(server.requests.length, 1)
    await clock.advance(1)
    assert.deepEqual(await call, { made: true })
  })

  it('reports overload when the server keeps saying so', async () => {
    const { server, clock, transport } = await connectTo(
      json(429, statusBody(429, 'TooManyRequests'), { 'retry-after': '1' }),
    )
    const call = assert.rejects(transport.request(get), (error) => {
      assert.ok(error instanceof KubeError)
      assert.deepEqual([error.code, error.retryAfterMs], [429, 1000])
      return true
    })
    for (let attempt = 1; attempt <= 6; attempt++) {
      await server.received(attempt)
      if (attempt === 6) break
      while (clock.pendingTimers < 2) await clock.settle()
      await clock.advance(1000)
    }
    await call
  })

  it('takes an eviction that a disruption budget refuses for an answer, not for overload', async () => {
    const refused = {
      ...statusBody(429, 'TooManyRequests'),
      details: { causes: [{ reason: 'DisruptionBudget', message: 'needs 3 healthy pods and has 3 currently' }] },
    }
    const { server, transport } = await connectTo(inTurn(json(429, refused, { 'retry-after': '10' }), json(200, {})))
    const path = '/api/v1/namespaces/default/pods/web-1/eviction'
    await assert.rejects(transport.request({ method: 'POST', path, body: {} }), isRefusedByBudget)
    assert.deepEqual(await transport.request(get), {})
    assert.equal(server.requests.length, 2)
  })

  it('renews its leadership while all other traffic waits for an overloaded server', async () => {
    const { server, clock, transport } = await connectTo((request, response, body) => {
      const answer =
        request.url === '/lease'
          ? json(200, {})
          : json(429, statusBody(429, 'TooManyRequests'), { 'retry-after': '20' })
      answer(request, response, body)
    })
    const abort = new AbortController()
    const call = assert.rejects(transport.request({ ...get, signal: abort.signal }), /enough/)
    await server.received(1)
    while (clock.pendingTimers < 2) await clock.settle()
    assert.deepEqual(await transport.request({ method: 'GET', path: '/lease', purpose: 'lease' }), {})
    abort.abort(new Error('enough'))
    await call
  })

  it('reads its token anew when it is refused, and sends the call again', async () => {
    const tokens: boolean[] = []
    const { server, transport } = await connectTo(
      (request, response, body) => {
        const answer =
          request.headers.authorization === 'Bearer two' ? json(200, {}) : json(401, statusBody(401, 'Unauthorized'))
        answer(request, response, body)
      },
      async (fresh) => {
        tokens.push(fresh)
        return { tls: {}, headers: { authorization: fresh ? 'Bearer two' : 'Bearer one' } }
      },
    )
    await transport.request({ ...get, method: 'POST', body: {} })
    assert.deepEqual(tokens, [false, true])
    assert.equal(server.requests.length, 2)
  })

  it('reports a refusal that a new token does not mend', async () => {
    const { server, transport } = await connectTo(json(401, statusBody(401, 'Unauthorized')))
    await assert.rejects(transport.request(get), (error) => error instanceof KubeError && error.code === 401)
    assert.equal(server.requests.length, 2)
  })

  it('reports credentials that cannot be read', async () => {
    const { transport } = await connectTo(json(200, {}), async () => {
      throw new Error('the plugin failed')
    })
    await assert.rejects(transport.request(get), /the plugin failed/)
  })
})

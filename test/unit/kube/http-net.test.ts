import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { HttpNet } from '../../../src/kube/http-net.ts'
import { NetFailure } from '../../../src/kube/net.ts'
import { followRedirect, type Hop } from '../../../src/kube/redirect.ts'
import { makeCertificate } from '../../builders/certificate.ts'
import { ManualClock } from '../../builders/manual-clock.ts'
import { type Behavior, hangUp, inTurn, json, MisbehavingServer, silence } from '../../builders/misbehaving-server.ts'

const servers: MisbehavingServer[] = []

const serve = async (behavior: Behavior, tls?: { key: string; cert: string }): Promise<MisbehavingServer> => {
  const server = await MisbehavingServer.start(behavior, tls)
  servers.push(server)
  return server
}

const netOn = (clock = new ManualClock()): HttpNet => new HttpNet({ clock, userAgent: 'crossfade/test', proxyEnv: {} })
const request = { method: 'GET', timeoutMs: 5000 }

const redirectTo =
  (location: string, code = 302): Behavior =>
  (_request, response) => {
    response.writeHead(code, { location })
    response.end()
  }

describe('the network', () => {
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
  })

  it('gives status, headers and text of any answer, also of an error', async () => {
    const server = await serve(json(503, { sorry: 'ä' }, { 'X-Reason': 'load' }))
    const answer = await netOn().fetch({ ...request, method: 'post', url: server.url, body: '{"ü":1}' })
    assert.equal(answer.status, 503)
    assert.equal(answer.headers['x-reason'], 'load')
    assert.equal(answer.text, '{"sorry":"ä"}')
    assert.equal(server.requests[0]?.method, 'POST')
    assert.equal(server.requests[0]?.body, '{"ü":1}')
    assert.equal(server.requests[0]?.headers['user-agent'], 'crossfade/test')
  })

  it('keeps its connection', async () => {
    const server = await serve(json(200, {}))
    const net = netOn()
    for (let index = 0; index < 5; index++) await net.fetch({ ...request, url: server.url })
    assert.equal(server.connections, 1)
  })

  it('reads a zipped answer, and limits what it may unfold to', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync('x'.repeat(100_000)))
    })
    const answer = await netOn().fetch({ ...request, url: server.url })
    assert.equal(answer.text.length, 100_000)
    const bomb = netOn().fetch({ ...request, url: server.url, maxBytes: 50_000 })
    await assert.rejects(bomb, /longer than 50000 bytes/)
  })

  it('refuses an answer that is too long before it has it all', async () => {
    const server = await serve((_request, response) => {
      response.write('x'.repeat(2000))
    })
    const answer = netOn().fetch({ ...request, url: server.url, maxBytes: 1000 })
    await assert.rejects(answer, (error) => error instanceof NetFailure && /longer than 1000 bytes/.test(error.message))
  })

  it('gives up when the time is over, wherever the answer stands', async () => {
    const clock = new ManualClock()
    for (const behavior of [silence, ((_request, response) => response.write('half')) satisfies Behavior]) {
      const server = await serve(behavior)
      const answer = assert.rejects(
        netOn(clock).fetch({ ...request, url: server.url }),
        /no whole answer within 5000 ms/,
      )
      await server.received(1)
      await clock.advance(5000)
      await answer
    }
    assert.equal(clock.pendingTimers, 0)
  })

  it('ends when its caller gives up', async () => {
    const server = await serve(silence)
    const abort = new AbortController()
    const answer = assert.rejects(netOn().fetch({ ...request, url: server.url, signal: abort.signal }), NetFailure)
    await server.received(1)
    abort.abort(new Error('terminated'))
    await answer
  })

  it('names the host of a failure, and no credentials', async () => {
    const server = await serve(hangUp)
    const url = server.url.replace('http://', 'http://user:s3cret@')
    await assert.rejects(netOn().fetch({ ...request, url, method: 'POST' }), (error) => {
      assert.ok(error instanceof NetFailure)
      assert.match(error.message, /127\.0\.0\.1/)
      assert.doesNotMatch(error.message, /s3cret/)
      return true
    })
  })

  it('speaks HTTP and HTTPS only', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://host/x', 'no address', '']) {
      await assert.rejects(netOn().fetch({ ...request, url }), (error) => {
        assert.ok(error instanceof NetFailure)
        assert.match(error.message, /must begin with http:\/\/ or https:\/\//)
        return true
      })
    }
  })

  it('follows redirects, but not in circles', async () => {
    const server = await serve(inTurn(redirectTo('/there'), json(200, { there: true })))
    const answer = await netOn().fetch({ ...request, url: `${server.url}/here`, headers: { authorization: 'x' } })
    assert.equal(answer.text, '{"there":true}')
    assert.deepEqual(
      server.requests.map(({ url, headers }) => `${url} ${headers.authorization}`),
      ['/here x', '/there x'],
    )
    const circle = await serve(redirectTo('/'))
    await assert.rejects(netOn().fetch({ ...request, url: circle.url }), /more than 10 redirects/)
  })

  it('tells another host no secret', async () => {
    const other = await serve(json(200, {}))
    const server = await serve(redirectTo(other.url))
    const headers = { Authorization: 'Bearer s3cret', 'X-Api-Key': 's3cret', Accept: 'text/plain' }
    await netOn().fetch({ ...request, url: server.url.replace('//', '//user:s3cret@'), headers })
    const [seen] = other.requests
    assert.equal(seen?.headers.accept, 'text/plain')
    assert.doesNotMatch(JSON.stringify(seen), /s3cret|[aA]uthorization/)
  })

  it('trusts an authority that it is told besides the known ones, or none at all when told so', async () => {
    const certificate = makeCertificate('metrics')
    const server = await serve(json(200, {}), certificate)
    const net = netOn()
    await assert.rejects(net.fetch({ ...request, url: server.url }), NetFailure)
    assert.equal((await net.fetch({ ...request, url: server.url, ca: certificate.cert })).status, 200)
    assert.equal((await net.fetch({ ...request, url: server.url, insecure: true })).status, 200)
    await assert.rejects(net.fetch({ ...request, url: server.url }), NetFailure)
  })
})

describe('a redirect', () => {
  const hop: Hop = {
    url: new URL('https://a.example/x'),
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'x-key': 'k' },
    body: 'b',
  }

  it('turns a write into a read where browsers do, and keeps it where it must', () => {
    for (const status of [301, 302, 303]) {
      const next = followRedirect(hop, status, '/y')
      assert.deepEqual([next?.method, next?.body, next?.headers], ['GET', undefined, { 'x-key': 'k' }])
    }
    for (const status of [307, 308]) {
      const next = followRedirect(hop, status, '/y')
      assert.deepEqual([next?.method, next?.body], ['POST', 'b'])
    }
  })

  it('is none without an address, or with another status', () => {
    assert.equal(followRedirect(hop, 302, undefined), undefined)
    assert.equal(followRedirect(hop, 304, '/y'), undefined)
  })

  it('never carries a body to another origin, nor to an unencrypted one', () => {
    assert.throws(() => followRedirect(hop, 307, 'https://b.example/'), NetFailure)
    assert.throws(() => followRedirect(hop, 308, 'http://a.example/'), NetFailure)
  })

  it('leads to HTTP and HTTPS only', () => {
    assert.throws(() => followRedirect(hop, 302, 'file:///etc/passwd'), NetFailure)
  })
})

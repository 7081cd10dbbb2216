import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeError, NetworkError } from '../../../../src/kube/errors.ts'
import type { Call } from '../../../../src/sandbox/api-server/interceptor.ts'
import { aConfigMap, aServer, configMapsPath } from './server-builder.ts'

const lost = new NetworkError({ method: 'POST', path: configMapsPath }, new Error('connection reset'))
const create = (name: string) => ({ method: 'POST', path: configMapsPath, body: aConfigMap(name) }) as const

describe('interceptors', () => {
  it('see every call with its number, user, verb and object', async () => {
    const { server } = aServer()
    const calls: Call[] = []
    server.intercept({
      before: (call) => {
        calls.push(call)
        return undefined
      },
    })
    const transport = server.asUser('somebody')
    await transport.request(create('a'))
    await transport.request({ method: 'GET', path: `${configMapsPath}/a` })
    await transport.request({ method: 'GET', path: configMapsPath })
    await transport.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/kube-system/status',
      contentType: 'application/merge-patch+json',
      body: {},
    })
    assert.deepEqual(
      calls.map(({ number, user, verb, resource, name, subresource }) => [
        number,
        user,
        verb,
        resource,
        name,
        subresource,
      ]),
      [
        [1, 'somebody', 'create', 'configmaps', undefined, undefined],
        [2, 'somebody', 'get', 'configmaps', 'a', undefined],
        [3, 'somebody', 'list', 'configmaps', undefined, undefined],
        [4, 'somebody', 'patch', 'namespaces', 'kube-system', 'status'],
      ],
    )
  })

  it('can keep a call from the server', async () => {
    const { server } = aServer()
    server.intercept({ before: () => ({ type: 'fail', error: lost }) })
    await assert.rejects(server.asUser('u').request(create('a')), lost)
    assert.equal(server.objects.get({ group: '', version: 'v1', plural: 'configmaps' }, 'default', 'a'), undefined)
  })

  it('can lose the answer of a call that was carried out', async () => {
    const { server } = aServer()
    const remove = server.intercept({ before: () => ({ type: 'loseResponse', error: lost }) })
    await assert.rejects(server.asUser('u').request(create('a')), lost)
    remove()
    const found = await server.asUser('u').request({ method: 'GET', path: `${configMapsPath}/a` })
    assert.deepEqual(found.data, { a: '1' })
  })

  it('can delay a call on the clock of the server', async () => {
    const { server, clock } = aServer()
    server.intercept({ before: () => ({ type: 'delay', ms: 5000 }) })
    const call = server.asUser('u').request(create('a'))
    await clock.advance(4999)
    assert.equal(server.objects.list({ group: '', version: 'v1', plural: 'configmaps' }).length, 0)
    await clock.advance(1)
    await call
  })

  it('can leave a call without an answer until its time is over', async () => {
    const { server, clock } = aServer()
    server.intercept({ before: () => ({ type: 'hang' }) })
    const call = server.asUser('u').request({ ...create('a'), timeoutMs: 5000 })
    const refused = assert.rejects(call, NetworkError)
    await clock.advance(5000)
    await refused
  })

  it('hear of a call after it was carried out and before its caller does', async () => {
    const { server } = aServer()
    const order: string[] = []
    server.intercept({
      after: (call, { error }) => order.push(`${call.verb} ${error === undefined ? 'done' : 'failed'}`),
    })
    await server
      .asUser('u')
      .request(create('a'))
      .then(() => order.push('told'))
    await assert.rejects(server.asUser('u').request(create('a')), KubeError)
    assert.deepEqual(order, ['create done', 'told', 'create failed'])
  })

  it('can crash the caller between two calls', async () => {
    const { server } = aServer()
    server.intercept({
      after: () => {
        throw new Error('crashed')
      },
    })
    await assert.rejects(server.asUser('u').request(create('a')), /crashed/)
    assert.equal(server.objects.list({ group: '', version: 'v1', plural: 'configmaps' }).length, 1)
  })
})

describe('request counts', () => {
  it('count by user, verb and resource, failures included', async () => {
    const { server } = aServer()
    const transport = server.asUser('one')
    await transport.request(create('a'))
    await assert.rejects(transport.request(create('a')))
    await server.asUser('two').request({ method: 'GET', path: configMapsPath })
    assert.equal(server.requests.total({ user: 'one', verb: 'create', resource: 'configmaps' }), 2)
    assert.deepEqual(server.requests.list('two'), [{ user: 'two', verb: 'list', resource: 'configmaps', count: 1 }])
    server.requests.reset()
    assert.equal(server.requests.total(), 0)
  })
})

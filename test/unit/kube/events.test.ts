import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KubeClient } from '../../../src/kube/client.ts'
import { KubeError, NetworkError } from '../../../src/kube/errors.ts'
import { EventRecorder, type EventRecorderOptions } from '../../../src/kube/events.ts'
import type { KubeRequest } from '../../../src/kube/transport.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { isJsonObject } from '../../../src/lib/json-value.ts'
import { testRuntime } from '../../builders/runtime.ts'

const rollout = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  namespace: 'default',
  name,
  uid: `uid-${name}`,
})

const normal = (message: string) => ({ type: 'Normal', reason: 'RolloutUpdated', message }) as const

const setUp = (options: Partial<EventRecorderOptions> = {}) => {
  const runtime = testRuntime()
  const requests: KubeRequest[] = []
  /** What happens to requests before they are answered; each may fail or take time. */
  const server = { before: async (_request: KubeRequest): Promise<void> => {} }
  const client = new KubeClient({
    fieldManager: 'rollouts-controller',
    transport: {
      request: async (request) => {
        requests.push(request)
        await server.before(request)
        return { metadata: { name: 'e', uid: 'u', resourceVersion: '1' } }
      },
      watch: () => {
        throw new Error('a recorder does not watch')
      },
    },
  })
  const recorder = new EventRecorder({ client, runtime, component: 'rollouts-controller', ...options })
  return { runtime, requests, server, recorder }
}

const bodyOf = (request: KubeRequest | undefined): JsonObject => (isJsonObject(request?.body) ? request.body : {})
const messages = (requests: readonly KubeRequest[]): unknown[] => requests.map((request) => bodyOf(request).message)

describe('the event recorder', () => {
  it('writes core/v1 Events as the published controller does', async () => {
    const { runtime, requests, recorder } = setUp()
    recorder.record(rollout('web'), normal('Rollout updated to revision 2'))
    await runtime.clock.settle()
    assert.equal(requests[0]?.path, '/api/v1/namespaces/default/events')
    const { metadata, ...event } = bodyOf(requests[0])
    assert.match(String(isJsonObject(metadata) ? metadata.name : ''), /^web\.[0-9a-f]{16}$/)
    assert.deepEqual(event, {
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: rollout('web'),
      type: 'Normal',
      reason: 'RolloutUpdated',
      message: 'Rollout updated to revision 2',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:00:00Z',
      source: { component: 'rollouts-controller' },
      reportingComponent: 'rollouts-controller',
      reportingInstance: '',
    })
  })

  it('sends the events of one object one at a time, in order', async () => {
    const { runtime, requests, server, recorder } = setUp()
    server.before = () => runtime.clock.sleep(100)
    for (const message of ['one', 'two', 'three']) recorder.record(rollout('web'), normal(message))
    await runtime.clock.settle()
    assert.deepEqual(messages(requests), ['one'])
    await runtime.clock.advance(300)
    assert.deepEqual(messages(requests), ['one', 'two', 'three'])
  })

  it('sends those of different objects at the same time, but not of too many', async () => {
    const { runtime, requests, server, recorder } = setUp({ maxParallel: 3 })
    server.before = () => runtime.clock.sleep(100)
    for (const name of ['a', 'b', 'c', 'd', 'e']) recorder.record(rollout(name), normal(name))
    await runtime.clock.settle()
    assert.deepEqual(messages(requests), ['a', 'b', 'c'])
    await runtime.clock.advance(100)
    assert.deepEqual(messages(requests), ['a', 'b', 'c', 'd', 'e'])
  })

  it('raises the count of an event that is repeated word for word, and only then', async () => {
    const { runtime, requests, recorder } = setUp()
    for (const message of ['same', 'same', 'other', 'same']) recorder.record(rollout('web'), normal(message))
    recorder.record(rollout('db'), normal('same'))
    await runtime.clock.settle()
    assert.deepEqual(
      requests
        .filter(({ path }) => path.includes('/events'))
        .map(({ method, body }) => (isJsonObject(body) ? `${method} ${body.count} ${body.message ?? ''}` : ''))
        .sort(),
      ['PATCH 2 ', 'PATCH 3 ', 'POST 1 other', 'POST 1 same', 'POST 1 same'],
    )
  })

  it('writes an event anew when the server has forgotten the one it repeats', async () => {
    const { runtime, requests, server, recorder } = setUp()
    recorder.record(rollout('web'), normal('same'))
    await runtime.clock.settle()
    server.before = async ({ method, path }) => {
      if (method === 'PATCH') throw new KubeError({ code: 404, reason: 'NotFound' }, { method, path })
    }
    recorder.record(rollout('web'), normal('same'))
    await runtime.clock.settle()
    assert.deepEqual(
      requests.map(({ method }) => method),
      ['POST', 'PATCH', 'POST'],
    )
  })

  it('is done with a flush once the events are sent', async () => {
    const { runtime, server, recorder } = setUp()
    server.before = () => runtime.clock.sleep(50)
    recorder.record(rollout('web'), normal('one'))
    let flushed = false
    const flush = recorder.flush(rollout('web'), 200).then(() => {
      flushed = true
    })
    await runtime.clock.advance(49)
    assert.equal(flushed, false)
    await runtime.clock.advance(1)
    await flush
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('does not hold up what it tells about for longer than a flush may take', async () => {
    const { runtime, server, recorder } = setUp()
    server.before = () => new Promise(() => {})
    recorder.record(rollout('web'), normal('one'))
    let flushed = false
    const flush = recorder.flush(rollout('web'), 200).then(() => {
      flushed = true
    })
    await runtime.clock.advance(199)
    assert.equal(flushed, false)
    await runtime.clock.advance(1)
    await flush
  })

  it('holds nothing up for an object whose turn has not come, since too many others have events', async () => {
    const { runtime, server, recorder } = setUp()
    server.before = () => new Promise(() => {})
    for (let other = 0; other < 8; other++) recorder.record(rollout(`other-${other}`), normal('one'))
    recorder.record(rollout('web'), normal('one'))
    await recorder.flush(rollout('web'), 200)
    assert.equal(runtime.clock.pendingTimers, 0)
    assert.equal(recorder.pending, 9)
  })

  it('has nothing to flush for an object without events', async () => {
    const { runtime, recorder } = setUp()
    await recorder.flush(rollout('web'), 200)
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('tries again under the same name when the answer was lost, so that one event stays one', async () => {
    const { runtime, requests, server, recorder } = setUp()
    let calls = 0
    server.before = async ({ method, path }) => {
      calls++
      if (calls === 1) throw new NetworkError({ method, path }, new Error('reset'))
      if (calls === 2) throw new KubeError({ code: 409, reason: 'AlreadyExists' }, { method, path })
    }
    recorder.record(rollout('web'), normal('one'))
    recorder.record(rollout('web'), normal('two'))
    await runtime.clock.advance(1000)
    const names = requests.map((request) => {
      const { metadata } = bodyOf(request)
      return isJsonObject(metadata) ? metadata.name : undefined
    })
    assert.equal(names[0], names[1])
    assert.notEqual(names[1], names[2])
    assert.deepEqual(messages(requests), ['one', 'one', 'two'])
    assert.deepEqual(runtime.log.lines, [])
  })

  it('drops an event that is refused, says so in the log, and goes on with the next', async () => {
    const { runtime, requests, server, recorder } = setUp()
    server.before = async (request) => {
      if (bodyOf(request).message === 'bad') {
        throw new KubeError({ code: 403, reason: 'Forbidden' }, { method: 'POST', path: request.path })
      }
    }
    recorder.record(rollout('web'), normal('bad'))
    recorder.record(rollout('web'), normal('good'))
    await runtime.clock.settle()
    assert.deepEqual(messages(requests), ['bad', 'good'])
    assert.deepEqual(runtime.log.messages('warn'), ['dropping an event'])
  })

  it('gives up after five attempts', async () => {
    const { runtime, requests, server, recorder } = setUp()
    server.before = async ({ method, path }) => {
      throw new NetworkError({ method, path }, new Error('down'))
    }
    recorder.record(rollout('web'), normal('one'))
    await runtime.clock.advance(60_000)
    assert.equal(requests.length, 5)
    assert.equal(recorder.pending, 0)
  })

  it('keeps a bounded number of events while the server is away, the newest', async () => {
    const { runtime, requests, server, recorder } = setUp({ maxWaitingPerObject: 2 })
    let release = (): void => {}
    server.before = () =>
      new Promise((resolve) => {
        release = resolve
      })
    for (const message of ['1', '2', '3', '4']) recorder.record(rollout('web'), normal(message))
    await runtime.clock.settle()
    server.before = async () => {}
    release()
    await runtime.clock.settle()
    assert.deepEqual(messages(requests), ['1', '3', '4'])
  })

  it('sends what waits when it is closed, and takes nothing after', async () => {
    const { runtime, requests, server, recorder } = setUp()
    server.before = () => runtime.clock.sleep(50)
    recorder.record(rollout('a'), normal('one'))
    recorder.record(rollout('b'), normal('two'))
    const closed = recorder.close(5000)
    await runtime.clock.advance(100)
    await closed
    recorder.record(rollout('a'), normal('late'))
    assert.deepEqual(messages(requests), ['one', 'two'])
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('stores the events of a cluster-scoped object in the default namespace, and shortens a name that is too long', async () => {
    const { runtime, requests, recorder } = setUp()
    const { namespace: _, ...clusterScoped } = rollout('x'.repeat(253))
    recorder.record(clusterScoped, normal('one'))
    await runtime.clock.settle()
    assert.equal(requests[0]?.path, '/api/v1/namespaces/default/events')
    const { metadata } = bodyOf(requests[0])
    assert.equal(String(isJsonObject(metadata) ? metadata.name : '').length, 253)
  })
})

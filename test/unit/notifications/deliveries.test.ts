import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubeEvent } from '../../../src/kube/event-object.ts'
import { Deliveries, type Delivery } from '../../../src/notifications/deliveries.ts'
import { NotificationMetrics } from '../../../src/notifications/metrics.ts'
import { noConnections } from '../../../src/notifications/services/connection.ts'
import { newMemory } from '../../../src/notifications/services/memory.ts'
import { SendError } from '../../../src/notifications/services/send-error.ts'
import type { Service } from '../../../src/notifications/services/service.ts'
import { closedHost, surroundingsOf } from '../../../src/providers/surroundings.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { AnsweringNet } from '../../builders/answering-net.ts'
import { testRuntime } from '../../builders/runtime.ts'

const object = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', namespace: 'default', name: 'web', uid: 'u' }

/** Deliveries to a service of which a test says what becomes of each message. */
const setUp = (send: (text: string, signal: AbortSignal) => Promise<void>, maxWaiting?: number) => {
  const runtime = testRuntime(1)
  const registry = new PrometheusMetrics({ runtime: false })
  const recorded: KubeEvent[] = []
  const metrics = new NotificationMetrics(registry, { waiting: () => deliveries.pending, exists: () => true })
  const deliveries: Deliveries = new Deliveries({
    runtime,
    metrics,
    events: { record: (_, event) => void recorded.push(event) },
    context: {
      net: new AnsweringNet(() => undefined),
      connect: noConnections,
      clock: runtime.clock,
      surroundings: surroundingsOf(closedHost()),
      memory: newMemory(),
    },
    ...(maxWaiting !== undefined && { maxWaiting }),
  })
  const service: Service = {
    type: 'test',
    section: undefined,
    retries: undefined,
    send: ({ message }, _, { signal }) => send(message, signal),
  }
  const tell = (message: string, recipient = 'ops', find: Delivery['service'] = () => service): void =>
    deliveries.add({
      object,
      event: { type: 'Normal', reason: 'RolloutCompleted' },
      trigger: 'on-rollout-completed',
      destination: { service: 'test', recipient },
      notification: { message, sections: {}, template: 'x' },
      namespace: 'argo-rollouts',
      service: find,
    })
  const counted = async (name: string) => {
    const line = (await registry.text()).split('\n').find((each) => each.startsWith(`${name}{`))
    return line === undefined ? 0 : Number(line.split(' ').at(-1))
  }
  return { runtime, deliveries, recorded, tell, counted }
}

const refuse = (status: number, retryAfterMs?: number): never => {
  throw new SendError(`answered ${status}`, { retry: status === 429 || status >= 500, status, retryAfterMs })
}

const forever = (): Promise<never> => new Promise(() => {})

describe('a notification', () => {
  it('is sent at once, and counted', async () => {
    const sent: string[] = []
    const { runtime, tell, deliveries, counted } = setUp(async (text) => void sent.push(text))
    tell('one')
    tell('two')
    assert.equal(deliveries.pending, 2)
    await runtime.clock.settle()
    assert.deepEqual(sent, ['one', 'two'])
    assert.equal(deliveries.pending, 0)
    assert.equal(await counted('notification_send_success'), 2)
    assert.equal(await counted('notification_send_count'), 2)
  })

  it('is tried again with growing delays where that may help, and then given up', async () => {
    const at: number[] = []
    const { runtime, tell, recorded, counted } = setUp(async () => {
      at.push(runtime.clock.monotonic())
      refuse(503)
    })
    tell('one')
    await runtime.clock.settle()
    for (let second = 0; second < 60; second += 1) await runtime.clock.advance(1000)
    assert.deepEqual(at, [0, 1000, 3000, 7000, 15_000])
    assert.match(
      recorded[0]?.message ?? '',
      /on-rollout-completed to test:ops was not delivered: answered 503 \(5 tries\)/,
    )
    assert.equal(await counted('notification_send_error'), 1)
  })

  it('waits as long as the receiver asks for', async () => {
    const at: number[] = []
    const { runtime, tell } = setUp(async () => {
      at.push(runtime.clock.monotonic())
      if (at.length === 1) refuse(429, 20_000)
    })
    tell('one')
    await runtime.clock.settle()
    for (let second = 0; second < 30; second += 1) await runtime.clock.advance(1000)
    assert.deepEqual(at, [0, 20_000])
  })

  it('that is refused is given up at once', async () => {
    const { runtime, tell, recorded } = setUp(async () => refuse(403))
    tell('one')
    await runtime.clock.settle()
    assert.deepEqual(
      recorded.map(({ type, reason }) => [type, reason]),
      [['Warning', 'NotificationFailed']],
    )
  })

  it('to a service that is not configured is given up, and says where to configure it', async () => {
    const { runtime, tell, recorded } = setUp(async () => {})
    tell('one', 'ops', () => undefined)
    await runtime.clock.settle()
    assert.match(recorded[0]?.message ?? '', /no usable service test in the ConfigMap of namespace argo-rollouts/)
  })

  it('that is not answered is ended after half a minute, whatever the service makes of it', async () => {
    const { runtime, tell, deliveries, recorded } = setUp(forever)
    tell('one')
    await runtime.clock.settle()
    for (let minute = 0; minute < 5; minute += 1) {
      for (let part = 0; part < 4; part += 1) await runtime.clock.advance(15_000)
    }
    assert.equal(deliveries.pending, 0)
    assert.match(recorded[0]?.message ?? '', /no answer within 30 s/)
  })
})

describe('notifications to one service', () => {
  it('do not wait for each other where they go to different recipients, and keep their order where not', async () => {
    const sent: string[] = []
    const { runtime, tell } = setUp((text) =>
      text.startsWith('slow') ? forever() : Promise.resolve(void sent.push(text)),
    )
    tell('slow', 'ops')
    tell('behind it', 'ops')
    tell('beside it', 'dev')
    await runtime.clock.settle()
    assert.deepEqual(sent, ['beside it'])
  })

  it('are bounded', async () => {
    const { runtime, tell, recorded, deliveries } = setUp(forever, 2)
    for (const text of ['one', 'two', 'three']) tell(text)
    await runtime.clock.settle()
    assert.equal(deliveries.pending, 2)
    assert.match(recorded[0]?.message ?? '', /2 notifications wait for this service already/)
  })
})

describe('at the end', () => {
  it('what waits is sent first', async () => {
    let arrive = (): void => {}
    const { runtime, tell, deliveries } = setUp(
      () =>
        new Promise((resolve) => {
          arrive = resolve
        }),
    )
    tell('one')
    await runtime.clock.settle()
    let closed = false
    void deliveries.close(5000).then(() => {
      closed = true
    })
    await runtime.clock.advance(1000)
    assert.equal(closed, false)
    arrive()
    await runtime.clock.settle()
    assert.equal(closed, true)
    assert.equal(deliveries.pending, 0)
  })

  it('what takes longer is dropped, and told', async () => {
    const { runtime, tell, deliveries } = setUp(forever)
    tell('one')
    let closed = false
    void deliveries.close(5000).then(() => {
      closed = true
    })
    await runtime.clock.advance(5000)
    assert.equal(closed, true)
    assert.deepEqual(runtime.log.messages('warn'), ['dropping notifications that were not delivered in time'])
    tell('two')
    assert.deepEqual(runtime.log.messages('info'), [])
  })
})

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Controller, type ControllerOptions, type Outcome } from '../../../src/kube/controller.ts'
import { KubeError } from '../../../src/kube/errors.ts'
import { ReconcileMetrics } from '../../../src/kube/reconcile-metrics.ts'
import { PrometheusMetrics } from '../../../src/telemetry/metrics.ts'
import { type TestRuntime, testRuntime } from '../../builders/runtime.ts'

const done: Outcome = { type: 'done' }

const setUp = (
  reconcile: ControllerOptions['reconcile'],
  options: Partial<ControllerOptions> = {},
): { runtime: TestRuntime; controller: Controller } => {
  const runtime = testRuntime()
  return { runtime, controller: new Controller({ name: 'test', workers: 2, runtime, reconcile, ...options }) }
}

const call = { method: 'PATCH', path: '/x' }

describe('a controller', () => {
  it('reconciles each key that is queued, also those queued before it starts', async () => {
    const seen: string[] = []
    const { runtime, controller } = setUp(async (key) => {
      seen.push(key)
      return done
    })
    controller.queue.add('a')
    controller.start()
    controller.queue.add('b')
    await runtime.clock.settle()
    assert.deepEqual(seen, ['a', 'b'])
  })

  it('calls a key again after the time it asked for, and not before', async () => {
    let calls = 0
    const { runtime, controller } = setUp(async () => (calls++ === 0 ? { type: 'requeueAfter', ms: 5000 } : done))
    controller.start()
    controller.queue.add('a')
    await runtime.clock.advance(4999)
    assert.equal(calls, 1)
    await runtime.clock.advance(1)
    assert.equal(calls, 2)
  })

  it('tries a failing key again with growing delays, and logs each failure', async () => {
    const times: number[] = []
    const { runtime, controller } = setUp(async () => {
      times.push(runtime.clock.monotonic())
      if (times.length < 4) throw new Error('boom')
      return done
    })
    controller.start()
    controller.queue.add('a')
    await runtime.clock.advance(60_000)
    assert.deepEqual(times, [0, 1, 3, 7])
    assert.equal(runtime.log.messages('error').length, 3)
    assert.equal(controller.queue.failures('a'), 0)
  })

  it('survives a reconcile that throws before it returns a promise', async () => {
    let calls = 0
    const { runtime, controller } = setUp(() => {
      calls++
      if (calls === 1) throw new TypeError('not even a promise')
      return Promise.resolve(done)
    })
    controller.start()
    controller.queue.add('a')
    await runtime.clock.advance(10)
    assert.equal(calls, 2)
  })

  it('takes a conflict for a reason to look again, not for an error', async () => {
    let calls = 0
    const { runtime, controller } = setUp(async () => {
      calls++
      if (calls === 1) throw new KubeError({ code: 409, reason: 'Conflict' }, call)
      return done
    })
    controller.start()
    controller.queue.add('a')
    await runtime.clock.advance(10)
    assert.equal(calls, 2)
    assert.deepEqual(runtime.log.messages('error'), [])
  })

  it('leaves an overloaded server alone as long as it asked', async () => {
    const times: number[] = []
    const { runtime, controller } = setUp(async () => {
      times.push(runtime.clock.monotonic())
      if (times.length === 1) throw new KubeError({ code: 429, retryAfterMs: 4000 }, call)
      return done
    })
    controller.start()
    controller.queue.add('a')
    await runtime.clock.advance(10_000)
    assert.deepEqual(times, [0, 4000])
  })

  it('works on as many keys at a time as it has workers, and never on one key twice', async () => {
    const working: string[] = []
    const finish: (() => void)[] = []
    const { runtime, controller } = setUp(async (key) => {
      working.push(key)
      await new Promise<void>((resolve) => finish.push(resolve))
      return done
    })
    controller.start()
    for (const key of ['a', 'b', 'c']) controller.queue.add(key)
    await runtime.clock.settle()
    assert.deepEqual(working, ['a', 'b'])
    controller.queue.add('a')
    finish[1]?.()
    await runtime.clock.settle()
    assert.deepEqual(working, ['a', 'b', 'c'])
    finish[0]?.()
    await runtime.clock.settle()
    assert.deepEqual(working, ['a', 'b', 'c', 'a'])
  })

  it('goes on with other keys when its metrics throw', async () => {
    const seen: string[] = []
    const { runtime, controller } = setUp(
      async (key) => {
        seen.push(key)
        return done
      },
      {
        workers: 1,
        metrics: {
          reconciled: () => {
            throw new Error('no such label')
          },
        },
      },
    )
    controller.start()
    controller.queue.add('a')
    controller.queue.add('b')
    await runtime.clock.settle()
    assert.deepEqual(seen, ['a', 'b'])
  })

  it('yields to the event loop when reconciles without I/O take long', async () => {
    const runtime = testRuntime()
    let yields = 0
    let elapsed = 0
    const { now, setTimer, sleep } = runtime.clock
    const controller = new Controller({
      name: 'busy',
      workers: 1,
      runtime: {
        ...runtime,
        clock: { now, setTimer, sleep, monotonic: () => elapsed },
        yieldToLoop: async () => {
          yields++
        },
      },
      reconcile: async () => {
        elapsed += 6
        return done
      },
    })
    for (let index = 0; index < 10; index++) controller.queue.add(`key-${index}`)
    controller.start()
    await runtime.clock.settle()
    assert.equal(yields, 4)
  })

  it('finishes what is queued when it stops', async () => {
    const seen: string[] = []
    const { runtime, controller } = setUp(async (key) => {
      await runtime.clock.sleep(100)
      seen.push(key)
      return done
    })
    controller.start()
    for (const key of ['a', 'b', 'c']) controller.queue.add(key)
    const stopped = controller.stop(20_000)
    await runtime.clock.advance(200)
    await stopped
    assert.deepEqual(seen, ['a', 'b', 'c'])
    assert.equal(runtime.clock.pendingTimers, 0)
  })

  it('aborts reconciles that outlast the deadline of its stop', async () => {
    const { runtime, controller } = setUp(async (_key, signal) => {
      await runtime.clock.sleep(1_000_000, signal)
      return done
    })
    controller.start()
    controller.queue.add('a')
    await runtime.clock.settle()
    const stopped = controller.stop(20_000)
    await runtime.clock.advance(20_000)
    await stopped
    assert.deepEqual(runtime.log.messages('error'), [])
  })

  it('shows every outcome at zero before the first reconcile', async () => {
    const metrics = new PrometheusMetrics({ runtime: false })
    const ofPods = new ReconcileMetrics(metrics, { get: () => ({}) }, 'pod', 'a Pod')
    const { runtime, controller } = setUp(async () => done, { metrics: ofPods })
    for (const result of ['done', 'requeue', 'requeueAfter', 'error']) {
      const line = `crossfade_pod_reconcile_total{result="${result}"} 0`
      assert.ok((await metrics.text()).includes(line), line)
    }
    controller.start()
    controller.queue.add('a')
    await runtime.clock.settle()
    assert.ok((await metrics.text()).includes('crossfade_pod_reconcile_total{result="done"} 1'))
  })
})

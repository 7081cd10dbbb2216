import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOperator, type Operator } from '../../src/operator/operator.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import { silentLogger } from '../../src/telemetry/silent-logger.ts'
import type { FinishedSpan } from '../../src/telemetry/span.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'

const web = aRollout('web').withReplicas(3).withSteps(setWeight(34), pause('60s'), setWeight(67))
const { isHealthy, isPaused, isStableAt, isDegraded } = rollout('web')

/** A cluster with a Rollout, whose controller tells its traces. */
const traced = async (told = true) => {
  const sandbox = createSandbox({ crds: [...productCrds(), ...routingCrds] })
  const spans: FinishedSpan[] = []
  const start = (identity: string): Operator => {
    const operator = createOperator({
      transport: sandbox.transport(identity),
      net: sandbox.net,
      clock: sandbox.clock,
      random: seededRandom(1),
      logger: silentLogger,
      traces: told ? (span) => spans.push(span) : undefined,
      config: { instanceId: '' },
    })
    void operator.start()
    return operator
  }
  const until = async (holds: (sandbox: Sandbox) => boolean): Promise<void> => {
    assert.equal(await sandbox.clock.run({ until: () => holds(sandbox), forMs: 600_000 }), 'until')
    await sandbox.clock.run({ forMs: 2000 })
  }
  const release = (image: string): void => carryOut(sandbox, { setImage: { rollout: 'web', image } }, 'default')
  applyObjects(sandbox, JSON.parse(JSON.stringify([web.build()])), 'default')
  const operator = start('one')
  await until((seen) => isHealthy().holds(seen))
  spans.length = 0
  return { sandbox, spans, operator, start, until, release }
}

const namesOf = (spans: readonly FinishedSpan[]): string[] => spans.map(({ name }) => name)
const seconds = ({ startMs, endMs }: FinishedSpan): number => (endMs - startMs) / 1000

const traceIds = (sandbox: Sandbox, reason: string): (string | undefined)[] =>
  sandbox.cluster
    .list('Event')
    .filter((event) => event.reason === reason)
    .map(({ metadata }) => metadata.annotations?.['crossfade.dev/trace-id'])

describe('the trace of a release', () => {
  it('has a span for the whole of it, and one for each step, in their order', async () => {
    const { sandbox, spans, until, release } = await traced()
    release('web:2')
    await until((seen) => isStableAt(2).holds(seen))
    assert.deepEqual(namesOf(spans), ['setWeight: 34', 'pause: 60s', 'setWeight: 67', 'promotion', 'release web'])
    const root = spans.at(-1)
    assert.ok(root !== undefined && root.parentSpanId === undefined && root.failure === undefined)
    for (const step of spans.slice(0, -1)) {
      assert.deepEqual([step.traceId, step.parentSpanId], [root.traceId, root.spanId])
      assert.equal(step.attributes['crossfade.step.start_is_exact'], true)
    }
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length)
    assert.equal(root.attributes['crossfade.release.completion'], 'Promoted')
    const [, paused] = spans
    assert.ok(paused && seconds(paused) >= 59 && seconds(paused) < 63)
    assert.ok(spans[0]?.events.some(({ name }) => name === 'ScalingReplicaSet'))
    assert.ok(traceIds(sandbox, 'RolloutPaused').every((id) => id === root.traceId))
  })

  it('tells where and why a release was aborted', async () => {
    const { spans, until, release, sandbox } = await traced()
    release('web:2')
    await until((seen) => isPaused().holds(seen))
    carryOut(sandbox, { abort: { rollout: 'web' } }, 'default')
    await until((seen) => isDegraded().holds(seen))
    assert.deepEqual(namesOf(spans), ['setWeight: 34', 'pause: 60s', 'release web'])
    assert.match(spans.at(-1)?.failure ?? '', /aborted update to revision 2/)
    assert.match(spans.at(-2)?.failure ?? '', /aborted update to revision 2/)
  })

  it('ends when another version takes its place, which has a trace of its own', async () => {
    const { spans, until, release } = await traced()
    release('web:2')
    await until((seen) => isPaused().holds(seen))
    release('web:3')
    await until((seen) => isStableAt(3).holds(seen))
    const [first, second] = spans.filter(({ name }) => name === 'release web')
    assert.equal(first?.attributes['crossfade.release.completion'], 'Superseded')
    assert.equal(second?.attributes['crossfade.release.completion'], 'Promoted')
    assert.notEqual(first?.traceId, second?.traceId)
  })

  it('goes on as the same trace when another controller takes over', async () => {
    const { spans, operator, start, until, release } = await traced()
    release('web:2')
    await until((seen) => isPaused().holds(seen))
    operator.crash()
    start('two')
    await until((seen) => isStableAt(2).holds(seen))
    assert.deepEqual(namesOf(spans), ['setWeight: 34', 'pause: 60s', 'setWeight: 67', 'promotion', 'release web'])
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1)
    const [, paused] = spans
    assert.equal(paused?.attributes['crossfade.step.start_is_exact'], false)
    assert.ok(paused && seconds(paused) >= 59 && seconds(paused) < 63)
  })

  it('is not told, nor linked from events, unless somebody wants it', async () => {
    const { sandbox, spans, until, release } = await traced(false)
    release('web:2')
    await until((seen) => isStableAt(2).holds(seen))
    assert.deepEqual(spans, [])
    assert.deepEqual(new Set(traceIds(sandbox, 'ScalingReplicaSet')), new Set([undefined]))
  })
})

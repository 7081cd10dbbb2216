import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StepPluginStatus } from '../../../src/api/canary-status.ts'
import type { StepAnswer } from '../../../src/plugins/contract/step.ts'
import { decide } from '../../../src/rollout/decide.ts'
import type { Observed } from '../../../src/rollout/observer.ts'
import type { Plan } from '../../../src/rollout/plan.ts'
import type { Snapshot } from '../../../src/rollout/snapshot.ts'
import { afterEnd, afterRun, begunRun, dueAt, isEnded } from '../../../src/rollout/step-plugin-status.ts'
import { directoryWith, pluginName } from '../../builders/plugins.ts'
import { aRollout, plugin, setWeight } from '../../builders/rollout-builder.ts'
import {
  aReplicaSet,
  aSnapshot,
  at,
  eventsOf,
  noon,
  releasingStatus,
  storedRollout,
} from '../../builders/rollout-snapshot.ts'

const begun = begunRun(0, pluginName, noon)

describe('the status of a step plugin', () => {
  const rows: readonly (readonly [string, StepAnswer, Partial<StepPluginStatus>])[] = [
    ['runs on', {}, { phase: 'Running', backoff: '30s' }],
    ['waits as it wants to', { phase: 'Running', requeueAfterSeconds: 90 }, { phase: 'Running', backoff: '1m30s' }],
    ['is not asked too often', { phase: 'Running', requeueAfterSeconds: 10 }, { phase: 'Running', backoff: '30s' }],
    ['keeps its state', { status: { at: 3 } }, { phase: 'Running', backoff: '30s', status: { at: 3 } }],
    ['succeeds', { phase: 'Successful', message: 'ok' }, { phase: 'Successful', message: 'ok', finishedAt: at(0) }],
    ['fails', { phase: 'Failed' }, { phase: 'Failed', finishedAt: at(0) }],
    ['errs', { phase: 'Error', message: 'hm', status: { no: 1 } }, { phase: 'Error', message: 'hm', backoff: '30s' }],
  ]
  for (const [what, answer, expected] of rows) {
    it(`of one that ${what}`, () => {
      const { index, name, operation, startedAt, executions, updatedAt, ...rest } = afterRun(begun, { answer }, noon)
      assert.deepEqual(
        { index, name, operation, startedAt },
        { index: 0, name: pluginName, operation: 'Run', startedAt: at(0) },
      )
      assert.deepEqual([executions, updatedAt], [1, at(0)])
      assert.deepEqual(rest, expected)
    })
  }

  it('keeps the state of before while calls fail, and counts them', () => {
    const running = afterRun(begun, { answer: { status: { at: 3 } } }, noon)
    const failed = afterRun(afterRun(running, { error: 'down' }, noon), { error: 'x'.repeat(2000) }, noon)
    assert.deepEqual(
      [failed.phase, failed.executions, failed.status, failed.message?.length],
      ['Error', 3, { at: 3 }, 1000],
    )
  })

  it('waits for the whole of its back-off, though times are cut to seconds', () => {
    assert.equal(dueAt({ ...begun, updatedAt: at(0), backoff: '30s' }), noon + 31_000)
    assert.equal(dueAt({ ...begun, updatedAt: at(0), backoff: 'soon' }), noon + 31_000)
  })

  it('of an end is final: it cannot go on beside the loop, and is given up after five tries', () => {
    const end = afterEnd(begun, 'Abort', undefined, { answer: { phase: 'Running' } }, noon)
    assert.deepEqual([end.operation, end.phase, isEnded(end)], ['Abort', 'Failed', true])
    let tried: ReturnType<typeof afterEnd> | undefined
    for (let times = 1; times <= 5; times++) {
      tried = afterEnd(begun, 'Abort', tried, { error: 'down' }, noon)
      assert.deepEqual([tried.phase, isEnded(tried)], ['Error', times === 5])
    }
  })
})

describe('a pass at a plugin step', () => {
  const stable = aRollout('web').withReplicas(2).withSteps(plugin(pluginName), setWeight(50))
  const next = stable.withImage('web:2')
  const plugins = directoryWith({ location: 'http://plugin.tools' })

  const pass = (statuses: StepPluginStatus[], over: Partial<Pick<Snapshot, 'stepPlugin'>> = {}): Plan => {
    const status = releasingStatus(stable, next, { canary: { stepPluginStatuses: statuses } })
    const replicaSets = [aReplicaSet(stable, { revision: 1, pods: 2 }), aReplicaSet(next, { revision: 2, pods: 0 })]
    const { stepPlugin } = over
    return decide(
      aSnapshot({ rollout: storedRollout(next, status), replicaSets, plugins, ...(stepPlugin && { stepPlugin }) }),
    )
  }
  const asked = (plan: Plan) => plan.effects.flatMap((effect) => (effect.type === 'askStepPlugin' ? [effect.call] : []))
  const statusesIn = ({ status }: Plan) => status.canary?.stepPluginStatuses ?? []
  const replied = (statuses: StepPluginStatus[], answer: StepAnswer): Observed<StepAnswer> => ({
    reply: { id: asked(pass(statuses))[0]?.id ?? '', atMs: noon, answer, failures: 0, isNews: true },
  })

  it('notes the step before anything is asked, so that nothing can make it forgotten', () => {
    const plan = pass([])
    assert.deepEqual(statusesIn(plan), [begun])
    assert.deepEqual(asked(plan), [])
  })

  it('asks once the status tells of it, and not again while that is on its way', () => {
    const [call] = asked(pass([begun]))
    assert.deepEqual([call?.operation, call?.name, call?.execution], ['Run', pluginName, 0])
    assert.deepEqual(asked(pass([begun], { stepPlugin: { asking: call?.id } })), [])
  })

  it('notes a reply once, and goes on in the same pass', () => {
    const plan = pass([begun], { stepPlugin: replied([begun], { phase: 'Successful' }) })
    assert.deepEqual([statusesIn(plan)[0]?.executions, plan.status.currentStepIndex], [1, 1])
  })

  it('does not take the reply to an earlier call for one of now', () => {
    const running: StepPluginStatus = { ...begun, executions: 1, updatedAt: at(-60), backoff: '30s' }
    const plan = pass([running], { stepPlugin: replied([begun], { phase: 'Successful' }) })
    assert.equal(statusesIn(plan)[0]?.phase, 'Running')
    assert.equal(asked(plan)[0]?.execution, 1)
  })

  it('waits for the back-off, and wakes when it is over', () => {
    const running: StepPluginStatus = { ...begun, executions: 1, updatedAt: at(-10), backoff: '30s' }
    const plan = pass([running])
    assert.deepEqual(asked(plan), [])
    assert.equal(plan.wakeAt, noon + 21_000)
  })

  it('aborts the release when the step failed, with the reason', () => {
    const plan = pass([begun], { stepPlugin: replied([begun], { phase: 'Failed', message: 'no' }) })
    assert.equal(plan.status.abort, true)
    assert.ok(eventsOf(plan).some((event) => event.endsWith(`Step Plugin 1 (${pluginName}) failed: no`)))
  })
})

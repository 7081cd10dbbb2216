import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TriggerCondition } from '../../../src/notifications/configuration.ts'
import { triggerOf } from '../../../src/notifications/trigger-name.ts'
import { asksTime, type Condition, compileTriggers, judge } from '../../../src/notifications/triggers.ts'
import { nanoseconds, variablesOf } from '../../../src/notifications/variables.ts'

const nowMs = Date.parse('2026-03-01T12:00:00Z')

const rollout = {
  metadata: {
    ...{ name: 'web', uid: 'u', resourceVersion: '1' },
    annotations: { 'rollout.argoproj.io/revision': '2' },
    creationTimestamp: '2026-03-01T11:00:00Z',
  },
  spec: { replicas: 3 },
  status: { phase: 'Healthy', currentPodHash: 'abc' },
}

const run = (name: string, revision: string, createdAt: string, hash = 'abc') => ({
  metadata: {
    ...{ name, uid: name, resourceVersion: '1', creationTimestamp: createdAt },
    annotations: { 'rollout.argoproj.io/revision': revision },
    labels: { 'rollouts-pod-template-hash': hash },
  },
  status: { phase: name === 'new' ? 'Failed' : 'Successful' },
})

const analysisRuns = [
  run('old', '2', '2026-03-01T11:10:00Z'),
  run('new', '2', '2026-03-01T11:20:00Z'),
  run('former', '1', '2026-03-01T11:30:00Z'),
  run('other', '2', '2026-03-01T11:30:00Z', 'def'),
]

const variables = variablesOf({ rollout, analysisRuns, nowMs }, { secrets: { key: 'value' }, context: { a: 'b' } })

const only = (condition: TriggerCondition): Condition => {
  const { byName, faults } = compileTriggers(new Map([['on-x', [{ send: ['x'], ...condition }]]]))
  assert.deepEqual(faults, [])
  const [compiled] = byName.get('on-x') ?? []
  assert.ok(compiled)
  return compiled
}

const outcome = (condition: TriggerCondition) => judge(only(condition), variables, () => nanoseconds(nowMs))

describe('the trigger of an event', () => {
  it('is named after its reason', () => {
    const names = ['RolloutStepCompleted', 'ScalingReplicaSet', 'AnalysisRunError', 'Updated VirtualService'].map(
      triggerOf,
    )
    assert.deepEqual(names, [
      'on-rollout-step-completed',
      'on-scaling-replica-set',
      'on-analysis-run-error',
      'on-updated -virtual-service',
    ])
  })
})

describe('a condition', () => {
  it('always holds when it says nothing', () => {
    assert.deepEqual(outcome({}), { holds: true })
  })

  for (const [when, holds] of [
    ["rollout.status.phase in ['Healthy']", true],
    ['rollout.spec.replicas == 3', true],
    ['rollout.spec.replicas > 3', false],
    ['time.Now().Sub(time.Parse(rollout.metadata.creationTimestamp)).Minutes() >= 60', true],
    ['len(analysisRuns) == 2 and analysisRuns[0].status.phase == "Failed"', true],
    ["secrets.key == 'value' and context.a == 'b'", true],
    ['rollout.spec.replicas', false],
  ] as const) {
    it(`${when} is ${holds}`, () => {
      assert.deepEqual(outcome({ when }), { holds })
    })
  }

  it('about a field that is not there is false, and says why', () => {
    const { holds, problem } = outcome({ when: 'rollout.status.canary.weights.canary.weight > 0' })
    assert.equal(holds, false)
    assert.match(problem ?? '', /^when: cannot fetch/)
  })

  it('that is told once for a value says for which', () => {
    assert.deepEqual(outcome({ when: 'true', oncePer: 'rollout.status.currentPodHash' }), {
      holds: true,
      oncePer: 'abc',
    })
  })

  it('knows whether it may become true while nothing changes', () => {
    assert.deepEqual(
      ['time.Now().Hour() > 3', 'now().Hour() > 3', 'rollout.known(1)', 'true'].map((when) => asksTime(only({ when }))),
      [true, true, false, false],
    )
  })

  it('has the key under which the published controller remembers it', () => {
    assert.equal(only({ when: 'true' }).key, '[0].X_5TO4MPCKAyY0ipFgr6_IraRNs')
  })

  it('that cannot be used is named with its place, and the others of its trigger count', () => {
    const conditions = [
      { send: ['a'], when: 'rollot.x' },
      { when: 'true' },
      { send: ['a'], oncePer: '1' },
      { send: ['b'] },
    ]
    const { byName, faults } = compileTriggers(new Map([['on-x', conditions]]))
    assert.deepEqual(
      byName.get('on-x')?.map(({ send }) => send),
      [['b']],
    )
    assert.match(faults[0]?.message ?? '', /^\[0\]\.when: unknown name rollot; the names are rollout, /)
    assert.match(faults[1]?.message ?? '', /^\[1\]\.send: names no template/)
    assert.match(faults[2]?.message ?? '', /^\[2\]\.oncePer: needs a condition in when/)
  })
})

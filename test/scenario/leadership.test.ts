import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createOperator, type Operator } from '../../src/operator/operator.ts'
import { productCrds, routingCrds } from '../../src/sandbox/crds.ts'
import { watchInvariants } from '../../src/sandbox/invariants/watch.ts'
import { seededRandom } from '../../src/sandbox/random.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'
import { applyObjects, carryOut } from '../../src/sandbox/scenario/actions.ts'
import { silentLogger } from '../../src/telemetry/silent-logger.ts'
import { aMetric, anAnalysisTemplate, anHttpRoute, servicePair } from '../builders/objects.ts'
import { aRollout, pause, setWeight } from '../builders/rollout-builder.ts'
import { rollout } from './expect.ts'

const crds = [...productCrds(), ...routingCrds]
const web = aRollout('web')
  .withReplicas(3)
  .withSteps(setWeight(34), pause('30s'), setWeight(67), pause('30s'))
  .routedByHttpRoute('web')

/** Several controllers on one cluster, each as a user of its own, so that their writes can be told apart. */
const controllers = (names: readonly string[]) => {
  const sandbox = createSandbox({ crds })
  const writers: string[] = []
  const lost: string[] = []
  sandbox.cluster.onChange(({ user, kind }) => {
    if (names.includes(user) && kind !== 'Lease' && kind !== 'Event') writers.push(user)
  })
  const violations = names.map((name) => watchInvariants(sandbox, name))
  const start = (identity: string): Operator => {
    const operator = createOperator({
      transport: sandbox.transport(identity),
      net: sandbox.net,
      clock: sandbox.clock,
      random: seededRandom(identity.length),
      logger: silentLogger,
      config: {
        instanceId: '',
        leaderElection: {
          namespace: 'default',
          identity,
          leaseDurationMs: 15_000,
          renewDeadlineMs: 10_000,
          retryPeriodMs: 2000,
        },
      },
      onLeadershipLost: () => lost.push(identity),
    })
    void operator.start()
    return operator
  }
  const until = async (holds: (sandbox: Sandbox) => boolean, within = 600_000): Promise<void> => {
    assert.equal(await sandbox.clock.run({ until: () => holds(sandbox), forMs: within }), 'until')
  }
  const pass = (forMs: number) => sandbox.clock.run({ forMs })
  /** Who wrote since the last question, each once. */
  const whoWrote = (): readonly string[] => [...new Set(writers.splice(0))]
  return { sandbox, violations, lost, start, until, pass, whoWrote }
}

const begin = (sandbox: Sandbox): void => {
  const objects = [...servicePair('web'), anHttpRoute('web'), web.build()]
  applyObjects(sandbox, JSON.parse(JSON.stringify(objects)), 'default')
}

const { isHealthy, isPaused, isStableAt } = rollout('web')

describe('two controllers with leader election', () => {
  it('never both act; the other takes over when the leader is killed in the middle of a release', async () => {
    const { sandbox, violations, start, until, pass, whoWrote } = controllers(['one', 'two'])
    begin(sandbox)
    const leader = start('one')
    await pass(5000)
    start('two')
    await until((seen) => isHealthy().holds(seen))
    assert.deepEqual(whoWrote(), ['one'])
    carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
    await until((seen) => isPaused().holds(seen))
    leader.crash()
    const killedMs = sandbox.clock.monotonic()
    assert.deepEqual(whoWrote(), ['one'])
    await until((seen) => isStableAt(2).holds(seen))
    assert.deepEqual(whoWrote(), ['two'])
    assert.ok(sandbox.clock.monotonic() - killedMs < 120_000)
    await pass(120_000)
    assert.deepEqual(violations, [[], []])
  })

  it('hand over at once when the leader ends in order', async () => {
    const { sandbox, start, until, pass, whoWrote } = controllers(['one', 'two'])
    begin(sandbox)
    const leader = start('one')
    await pass(1000)
    start('two')
    await until((seen) => isHealthy().holds(seen))
    await pass(10_000)
    whoWrote()
    void leader.stop()
    await pass(3000)
    carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
    await until((seen) => isPaused().holds(seen), 5000)
    assert.deepEqual(whoWrote(), ['two'])
  })

  it('tell what happens to a Rollout once, and not each for itself', async () => {
    const { sandbox, start, until, pass } = controllers(['one', 'two', 'three'])
    begin(sandbox)
    for (const name of ['one', 'two', 'three']) start(name)
    await until((seen) => isHealthy().holds(seen))
    carryOut(sandbox, { delete: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' } }, 'default')
    await pass(10_000)
    const told = sandbox.cluster.list('Event').filter(({ reason }) => reason === 'RolloutDeleted')
    assert.deepEqual(
      told.map(({ count }) => count),
      [1],
    )
  })

  it('tell once of a template that can never be measured', async () => {
    const { sandbox, start, until, pass } = controllers(['one', 'two', 'three'])
    begin(sandbox)
    for (const name of ['one', 'two', 'three']) start(name)
    await until((seen) => isHealthy().holds(seen))
    const template = anAnalysisTemplate('check', aMetric('check', { successCondition: 'result[0] >' }))
    applyObjects(sandbox, JSON.parse(JSON.stringify([template])), 'default')
    await pass(30_000)
    const told = sandbox.cluster.list('Event').filter(({ reason }) => reason === 'InvalidTemplate')
    assert.deepEqual(
      told.map(({ count }) => count),
      [1],
    )
  })

  it('a leader that is cut off from the API server stops before the other may begin', async () => {
    const { sandbox, lost, start, until, pass, whoWrote } = controllers(['one', 'two'])
    begin(sandbox)
    start('one')
    await pass(1000)
    start('two')
    await until((seen) => isHealthy().holds(seen))
    whoWrote()
    const heal = sandbox.server.intercept({
      before: ({ user }) => (user === 'one' ? { type: 'hang' } : { type: 'proceed' }),
    })
    carryOut(sandbox, { setImage: { rollout: 'web', image: 'web:2' } }, 'default')
    await pass(60_000)
    assert.deepEqual(lost, ['one'])
    heal()
    await until((seen) => isStableAt(2).holds(seen))
    assert.deepEqual(whoWrote(), ['two'])
  })
})

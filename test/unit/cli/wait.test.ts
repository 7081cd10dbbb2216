import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { rollouts } from '../../../src/api/resources.ts'
import { CliSession, type Outcome } from '../../builders/cli-session.ts'
import { ClusterWithRollout } from '../../builders/cluster-with-rollout.ts'
import { aRollout } from '../../builders/rollout-builder.ts'

let cluster: ClusterWithRollout

const setUp = (): void => {
  cluster = new ClusterWithRollout()
}

/** Runs `wait` while time passes and something happens. */
const wait = async (words: string, happens: readonly (() => void)[] = []): Promise<Outcome> => {
  const session = new CliSession({ transport: cluster.transport, clock: cluster.sandbox.clock })
  let outcome: Outcome | undefined
  void session.run('wait', ...words.split(' ')).then((ended) => {
    outcome = ended
  })
  const until = (): boolean => outcome !== undefined
  for (const event of happens) {
    await cluster.sandbox.clock.run({ forMs: 5000, until })
    assert.equal(outcome, undefined, 'it did not wait')
    event()
  }
  await cluster.sandbox.clock.run({ forMs: 120_000, until })
  return outcome ?? assert.fail('it did not end')
}

const healthy = { phase: 'Healthy', message: '', currentStepIndex: 3 }
const paused = { phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 1 }
const degraded = { phase: 'Degraded', message: 'RolloutAborted: why', currentStepIndex: 0 }
const then = '2026-01-01T00:00:00Z'
const unavailable = {
  type: 'Available' as const,
  status: 'False' as const,
  reason: 'x',
  message: '',
  lastTransitionTime: then,
  lastUpdateTime: then,
}
const weights = (weight: number) => ({
  ...paused,
  canary: { weights: { canary: { weight }, stable: { weight: 100 - weight } } },
})

describe('wait', () => {
  beforeEach(setUp)

  it('ends at once when it is so already', async () => {
    cluster.setStatus(healthy)
    assert.deepEqual(await wait('web'), { code: 0, stdout: "rollout 'web' is healthy\n", stderr: '' })
  })

  const set = (status: Parameters<ClusterWithRollout['setStatus']>[0]) => () => cluster.setStatus(status)
  const cases: readonly (readonly [string, readonly (() => void)[], string])[] = [
    ['web', [set(paused), set(healthy)], 'is healthy'],
    ['web --for=Paused', [set(paused)], 'is paused'],
    ['web --for=degraded', [set(paused), set(degraded)], 'is degraded'],
    ['web --for step=1', [set(paused)], 'is at step 1 or behind it'],
    ['web --for=weight=40', [set(weights(20)), set(weights(60))], 'has a canary weight of 40 or more'],
    [
      'web --for=condition=Available=false',
      [set({ ...paused, conditions: [unavailable] })],
      'has condition Available=false',
    ],
    ['web --for=delete', [() => cluster.sandbox.server.objects.delete(rollouts, 'default', 'web')], 'is deleted'],
  ]
  for (const [words, happens, said] of cases) {
    it(words, async () => {
      const expected = { code: 0, stdout: `rollout 'web' ${said}\n`, stderr: '' }
      assert.deepEqual(await wait(`${words} --timeout 1m`, happens), expected)
    })
  }

  it('waits for several, one after another', async () => {
    cluster.add(aRollout('shop'))
    cluster.setStatus(healthy)
    const { stdout } = await wait('web shop', [() => cluster.setStatus(healthy, 'shop')])
    assert.equal(stdout, "rollout 'web' is healthy\nrollout 'shop' is healthy\n")
  })

  const failures: readonly (readonly [string, string, readonly (() => void)[], string])[] = [
    ['when the time is over', 'web', [set(paused)], "timed out waiting until rollout 'web' is healthy"],
    [
      'at once when the release is given up',
      'web --timeout 0',
      [set(degraded)],
      "rollout 'web' will not come to be so: it is degraded: RolloutAborted: why",
    ],
    [
      'at once when the release has ended before',
      'web --for=paused --timeout 0',
      [set(healthy)],
      "rollout 'web' will not come to be so: it is healthy: its release has ended",
    ],
    [
      'when the Rollout is deleted',
      'web',
      [() => cluster.sandbox.server.objects.delete(rollouts, 'default', 'web')],
      "rollout 'web' was deleted while it was waited for",
    ],
    [
      'for a form that there is not',
      'web --for=happiness',
      [],
      '--for takes healthy, paused, degraded, step=N, weight=N, condition=TYPE[=STATUS], delete, not "happiness"',
    ],
    ['for a step that is no number', 'web --for=step=last', [], '--for=step takes a whole number, not "last"'],
    ['for a Rollout that does not exist', 'typo', [], 'rollouts.argoproj.io "typo" not found'],
  ]
  for (const [what, words, happens, sentence] of failures) {
    it(`fails ${what}`, async () => {
      assert.deepEqual(await wait(words, happens), { code: 1, stdout: '', stderr: `Error: ${sentence}\n` })
    })
  }
})

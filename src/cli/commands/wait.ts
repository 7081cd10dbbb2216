import { Command } from 'commander'
import { readRollout } from '../../client/write-rollout.ts'
import { isNotFound } from '../../kube/errors.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { followRollout } from '../follow-rollout.ts'
import { type Bind, type Invocation, names, type Run, say } from '../invocation.ts'
import { type WaitCondition, waitConditionOf, waitForms } from '../wait-condition.ts'

const waitForOne = async (
  invocation: Invocation,
  cluster: Cluster,
  name: string,
  condition: WaitCondition,
  limit: number,
): Promise<void> => {
  const first = await readRollout(cluster, name).catch((error: unknown) => {
    if (isNotFound(error) && condition.holds(undefined)) return undefined
    throw error
  })
  if (!condition.holds(first)) {
    await followRollout(invocation, cluster, {
      name,
      limit,
      tooLate: `timed out waiting until rollout '${name}' ${condition.said}`,
      look: (rollout) => {
        if (condition.holds(rollout)) return true
        if (rollout === undefined) throw new CommandError(`rollout '${name}' was deleted while it was waited for`)
        const why = condition.hopeless(rollout)
        if (why !== undefined) throw new CommandError(`rollout '${name}' will not come to be so: ${why}`)
        return undefined
      },
    })
  }
  say(invocation, `rollout '${name}' ${condition.said}`)
}

const wait: Run = async (invocation) => {
  const { clock } = invocation.context
  const condition = waitConditionOf(invocation.options.text('for') ?? 'healthy')
  const limit = clock.monotonic() + (invocation.options.limitMs('timeout', '-t, --timeout') ?? Number.POSITIVE_INFINITY)
  await invocation.withCluster(async (cluster) => {
    for (const name of names(invocation)) await waitForOne(invocation, cluster, name, condition, limit)
  })
}

/** `wait`: ends when a Rollout is as asked for. */
export const waitCommand = (bind: Bind): Command =>
  new Command('wait')
    .summary('Wait until a Rollout is as asked for')
    .description(
      `Waits until Rollouts are as asked for, one after another: ${waitForms.join(', ')}. ` +
        'Steps count from 0, and count as reached when they are behind. It exits with 1 when the time is over, and at once when it cannot come to be so any more: ' +
        'a release that has ended reaches no further step, and one that is degraded does not get healthy by itself.',
    )
    .argument('<ROLLOUT_NAME...>', 'Names of Rollouts')
    .option('--for <condition>', 'What to wait for', 'healthy')
    .option('-t, --timeout <duration>', 'Longest time to wait for all of them, such as 5m; 0 for no limit', '30s')
    .action(bind(wait))

import { Command } from 'commander'
import { retryPatch } from '../../api/rollout-commands.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'
import { sendPatches } from '../write-rollout.ts'

const retryRollout: Run = async (invocation) => {
  const name = argument(invocation, 0)
  await invocation.withCluster((cluster) => sendPatches(cluster, name, [retryPatch]))
  say(invocation, `rollout '${name}' retried`)
}

/** `retry rollout`: begins an aborted release again. */
export const retryCommand = (bind: Bind): Command =>
  new Command('retry')
    .summary('Begin an aborted release again')
    .description('Begins something again that has ended.')
    .addCommand(
      new Command('rollout')
        .aliases(['ro', 'rollouts'])
        .summary('Begin an aborted release again')
        .description('Begins an aborted release again, at its first step.')
        .argument('<ROLLOUT>', 'Name of the Rollout')
        .action(bind(retryRollout)),
    )

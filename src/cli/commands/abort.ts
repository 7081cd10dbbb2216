import { Command } from 'commander'
import { abortPatch } from '../../api/rollout-commands.ts'
import { sendPatches } from '../../client/write-rollout.ts'
import { type Bind, names, type Run, say } from '../invocation.ts'

const abort: Run = async (invocation) => {
  await invocation.withCluster(async (cluster) => {
    for (const name of names(invocation)) {
      await sendPatches(cluster, name, [abortPatch])
      say(invocation, `rollout '${name}' aborted`)
    }
  })
}

/** `abort`: gives everything back to the stable version. */
export const abortCommand = (bind: Bind): Command =>
  new Command('abort')
    .summary('Abort a release')
    .description(
      'Aborts a release: all pods and all traffic go back to the stable version, until a retry or a new version.',
    )
    .argument('<ROLLOUT_NAME...>', 'Names of Rollouts')
    .action(bind(abort))

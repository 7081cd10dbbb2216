import { Command } from 'commander'
import { pausePatch } from '../../api/rollout-commands.ts'
import { sendPatches } from '../../client/write-rollout.ts'
import { type Bind, names, type Run, say } from '../invocation.ts'

const pause: Run = async (invocation) => {
  await invocation.withCluster(async (cluster) => {
    for (const name of names(invocation)) {
      await sendPatches(cluster, name, [pausePatch])
      say(invocation, `rollout '${name}' paused`)
    }
  })
}

/** `pause`: holds a release where it is. */
export const pauseCommand = (bind: Bind): Command =>
  new Command('pause')
    .summary('Hold a release where it is')
    .description('Holds a release where it is, until it is promoted.')
    .argument('<ROLLOUT_NAME...>', 'Names of Rollouts')
    .action(bind(pause))

import { Command } from 'commander'
import { pausePatch } from '../../api/rollout-commands.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'
import { sendPatches } from '../write-rollout.ts'

const pause: Run = async (invocation) => {
  const name = argument(invocation, 0)
  await invocation.withCluster((cluster) => sendPatches(cluster, name, [pausePatch]))
  say(invocation, `rollout '${name}' paused`)
}

/** `pause`: holds a release where it is. */
export const pauseCommand = (bind: Bind): Command =>
  new Command('pause')
    .summary('Hold a release where it is')
    .description('Holds a release where it is, until it is promoted.')
    .argument('<ROLLOUT>', 'Name of the Rollout')
    .action(bind(pause))

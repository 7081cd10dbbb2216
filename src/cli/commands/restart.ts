import { Command } from 'commander'
import { restartPatch } from '../../api/rollout-commands.ts'
import { sendPatches } from '../../client/write-rollout.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'

const restart: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const delay = invocation.options.text('in') ?? ''
  const delayMs = delay === '' ? 0 : (invocation.options.limitWithUnitMs('in', '-i, --in') ?? 0)
  const at = invocation.context.clock.now() + delayMs
  await invocation.withCluster((cluster) => sendPatches(cluster, name, [restartPatch(at)]))
  say(invocation, `rollout '${name}' restarts in ${delay === '' ? '0s' : delay}`)
}

/** `restart`: replaces all pods, a few at a time. */
export const restartCommand = (bind: Bind): Command =>
  new Command('restart')
    .summary('Replace all pods, a few at a time')
    .description('Replaces all pods of a Rollout, a few at a time. This is no release: the version stays the same.')
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('-i, --in <duration>', 'How long from now, such as 10m')
    .action(bind(restart))

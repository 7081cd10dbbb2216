import { Command } from 'commander'
import { undoRollout } from '../../client/undo-rollout.ts'
import { argument, type Bind, type Run, say } from '../invocation.ts'

const undo: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const wanted = invocation.options.count('toRevision', '--to-revision') ?? 0
  say(invocation, await invocation.withCluster((cluster) => undoRollout(cluster, name, wanted)))
}

/** `undo`: asks for the template of an earlier revision again. */
export const undoCommand = (bind: Bind): Command =>
  new Command('undo')
    .summary('Go back to an earlier revision')
    .description(
      'Asks for the pod template of an earlier revision again. The way back is a release like any other, with its steps.',
    )
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('--to-revision <revision>', 'Revision to go back to; 0 for the one before the newest', '0')
    .action(bind(undo))

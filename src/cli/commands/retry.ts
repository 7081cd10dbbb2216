import { Command } from 'commander'
import { experiments } from '../../api/resources.ts'
import { retryPatch } from '../../api/rollout-commands.ts'
import { sendPatches } from '../../client/write-rollout.ts'
import { type Bind, names, type Run, say } from '../invocation.ts'

const retryRollout: Run = async (invocation) => {
  await invocation.withCluster(async (cluster) => {
    for (const name of names(invocation)) {
      await sendPatches(cluster, name, [retryPatch])
      say(invocation, `rollout '${name}' retried`)
    }
  })
}

/** The status is part of the object itself; without one, an Experiment begins as if it were new. */
const retryExperiment: Run = async (invocation) => {
  await invocation.withCluster(async ({ client, namespace }) => {
    for (const name of names(invocation)) {
      await client.mergePatch(experiments, { namespace, name }, { status: null })
      say(invocation, `experiment '${name}' retried`)
    }
  })
}

/** `retry`: begins an aborted release, or an Experiment that has ended, again. */
export const retryCommand = (bind: Bind): Command =>
  new Command('retry')
    .summary('Begin an aborted release, or an Experiment, again')
    .description('Begins something again that has ended.')
    .addCommand(
      new Command('rollout')
        .aliases(['ro', 'rollouts'])
        .summary('Begin an aborted release again')
        .description('Begins an aborted release again, at its first step.')
        .argument('<ROLLOUT_NAME...>', 'Names of Rollouts')
        .action(bind(retryRollout)),
    )
    .addCommand(
      new Command('experiment')
        .aliases(['exp', 'experiments'])
        .summary('Run an Experiment again')
        .description(
          'Runs an Experiment again that has ended. One with spec.terminate ends at once: remove that first.',
        )
        .argument('<EXPERIMENT_NAME...>', 'Names of Experiments')
        .action(bind(retryExperiment)),
    )

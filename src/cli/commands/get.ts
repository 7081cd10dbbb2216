import { Command, Option } from 'commander'
import { renderRollout } from '../../view/render-rollout.ts'
import { type RolloutInfo, type RolloutObjects, rolloutInfo } from '../../view/rollout-info.ts'
import { withCaches } from '../caches.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { formatData, viewFormats } from '../format-data.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { showLive } from '../live-view.ts'
import { shownRollout } from '../read-object.ts'
import { cachedTree, readTree, treeScopes } from '../rollout-objects.ts'
import { styleOf } from '../style.ts'
import { getExperimentCommand } from './get-experiment.ts'

const printOnce = async (invocation: Invocation, objects: RolloutObjects): Promise<void> => {
  const { context, options } = invocation
  const info = rolloutInfo(objects, context.clock.now())
  const format = options.text('output')
  if (format !== undefined && format !== 'wide') say(invocation, await formatData(info, format))
  else say(invocation, renderRollout(info, styleOf(invocation), { wide: format === 'wide' }).join('\n'))
}

/** Shows the tree of a Rollout until the user interrupts, or so many milliseconds have passed. */
export const watchRollout = async (
  invocation: Invocation,
  cluster: Cluster,
  name: string,
  limitMs?: number,
): Promise<void> => {
  const { context } = invocation
  const { namespace } = cluster
  // A name that is wrong, or may not be read, is told before anything is watched.
  await shownRollout(cluster, name)
  const style = styleOf(invocation)
  const wide = invocation.options.text('output') === 'wide'
  const startedAt = context.clock.now()
  await withCaches(invocation, cluster, treeScopes(namespace, name), async (caches) => {
    const infoAt = (now: number): RolloutInfo => {
      const objects = cachedTree(caches, namespace, name)
      if (objects === undefined) throw new CommandError(`rollout '${name}' was deleted while it was watched`)
      return rolloutInfo(objects, now)
    }
    const view = {
      lines: (width: number | undefined) => renderRollout(infoAt(context.clock.now()), { ...style, width }, { wide }),
      fingerprint: () => JSON.stringify(infoAt(startedAt)),
    }
    await showLive(context, view, { bell: caches.bell, limitMs })
  })
}

const getRollout: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const watch = invocation.options.isOn('watch')
  const format = invocation.options.text('output')
  if (watch && format !== undefined && format !== 'wide')
    throw new CommandError('--watch shows a tree and cannot be used with --output: leave out one of the two')
  const timeout = invocation.options.count('timeoutSeconds', '--timeout-seconds') ?? 0
  await invocation.withCluster(async (cluster) => {
    if (watch) await watchRollout(invocation, cluster, name, timeout > 0 ? timeout * 1000 : undefined)
    else await printOnce(invocation, await readTree(cluster, name))
  })
}

/** `get`: the tree of a Rollout or an Experiment. */
export const getCommand = (bind: Bind): Command =>
  new Command('get')
    .summary('Show a Rollout or an Experiment and all that belongs to it')
    .description('Shows an object and all that belongs to it.')
    .addCommand(
      new Command('rollout')
        .aliases(['ro', 'rollouts'])
        .summary('Show a Rollout and all that belongs to it')
        .description(
          'Shows how far a release is, and a tree of revisions with their ReplicaSets, pods, Experiments, AnalysisRuns and Jobs.',
        )
        .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
        .option('-w, --watch', 'Keep the tree up to date until interrupted')
        .option('--no-color', 'Use no colours')
        .option('--timeout-seconds <seconds>', 'With --watch: end after so many seconds; 0 for no limit', '0')
        .addOption(
          new Option('-o, --output <format>', 'Print what the tree shows as data, or show more').choices(viewFormats),
        )
        .action(bind(getRollout)),
    )
    .addCommand(getExperimentCommand(bind))

import { Command, Option } from 'commander'
import { type StandaloneExperimentInfo, standaloneExperimentInfo } from '../../view/experiment-info.ts'
import { renderExperiment } from '../../view/render-experiment.ts'
import { withCaches } from '../caches.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { cachedExperimentTree, experimentScopes, readExperimentTree } from '../experiment-objects.ts'
import { formatData, viewFormats } from '../format-data.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { showLive } from '../live-view.ts'
import { shownExperiment } from '../read-object.ts'
import { styleOf } from '../style.ts'

const printOnce = async (invocation: Invocation, cluster: Cluster, name: string): Promise<void> => {
  const { context, options } = invocation
  const info = standaloneExperimentInfo(await readExperimentTree(cluster, name), context.clock.now())
  const format = options.text('output')
  if (format !== undefined && format !== 'wide') say(invocation, await formatData(info, format))
  else say(invocation, renderExperiment(info, styleOf(invocation), { wide: format === 'wide' }).join('\n'))
}

/** Shows the tree of an Experiment until the user interrupts. */
export const watchExperiment = async (invocation: Invocation, cluster: Cluster, name: string): Promise<void> => {
  const { context } = invocation
  const { namespace } = cluster
  // A name that is wrong, or may not be read, is told before anything is watched.
  await shownExperiment(cluster, name)
  const style = styleOf(invocation)
  const wide = invocation.options.text('output') === 'wide'
  const startedAt = context.clock.now()
  await withCaches(invocation, cluster, experimentScopes(namespace, name), async (caches) => {
    const infoAt = (now: number): StandaloneExperimentInfo => {
      const objects = cachedExperimentTree(caches, namespace, name)
      if (objects === undefined) throw new CommandError(`experiment '${name}' was deleted while it was watched`)
      return standaloneExperimentInfo(objects, now)
    }
    const view = {
      lines: (width: number | undefined) =>
        renderExperiment(infoAt(context.clock.now()), { ...style, width }, { wide }),
      fingerprint: () => JSON.stringify(infoAt(startedAt)),
    }
    await showLive(context, view, { bell: caches.bell })
  })
}

const getExperiment: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const watch = invocation.options.isOn('watch')
  const format = invocation.options.text('output')
  if (watch && format !== undefined && format !== 'wide')
    throw new CommandError('--watch shows a tree and cannot be used with --output: leave out one of the two')
  await invocation.withCluster((cluster) =>
    watch ? watchExperiment(invocation, cluster, name) : printOnce(invocation, cluster, name),
  )
}

/** `get experiment`: the tree of an Experiment. */
export const getExperimentCommand = (bind: Bind): Command =>
  new Command('experiment')
    .aliases(['exp', 'experiments'])
    .summary('Show an Experiment and all that belongs to it')
    .description('Shows how an Experiment fares, and a tree of its ReplicaSets, pods, AnalysisRuns and Jobs.')
    .argument('<EXPERIMENT_NAME>', 'Name of the Experiment')
    .option('-w, --watch', 'Keep the tree up to date until interrupted')
    .option('--no-color', 'Use no colours')
    .addOption(
      new Option('-o, --output <format>', 'Print what the tree shows as data, or show more').choices(viewFormats),
    )
    .action(bind(getExperiment))

import { Command } from 'commander'
import { CommandError, UsageError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { collectWhole } from '../options.ts'
import { createAnalysisRunCommand } from './create-analysis-run.ts'
import type { Created } from './create-from-file.ts'
import { watchRollout } from './get.ts'
import { watchExperiment } from './get-experiment.ts'

const watch = async (invocation: Invocation, cluster: Cluster, created: Created | undefined): Promise<void> => {
  const place = { ...cluster, namespace: created?.namespace ?? cluster.namespace }
  if (created?.kind === 'Rollout') await watchRollout(invocation, place, created.name)
  else if (created?.kind === 'Experiment') await watchExperiment(invocation, place, created.name)
  else throw new CommandError('Can only watch resources of type Rollout or Experiment')
}

const create: Run = async (invocation) => {
  const { options, context } = invocation
  const files = options.texts('filename')
  if (files.length === 0) throw new UsageError('a file is needed')
  if (files.length > 1 && options.isOn('watch')) throw new CommandError('Cannot watch multiple resources')
  // The schemas of all kinds take longer to load than most commands take.
  const { createFromFile } = await import('./create-from-file.ts')
  await invocation.withCluster(async (cluster) => {
    let last: Created | undefined
    for (const file of files) {
      last = await createFromFile(context, cluster, file)
      say(invocation, last.said)
    }
    if (options.isOn('watch')) await watch(invocation, cluster, last)
  })
}

/** `create`: makes objects of files, or an AnalysisRun of a template. */
export const createCommand = (bind: Bind): Command =>
  new Command('create')
    .summary('Create objects of files, or an AnalysisRun of a template')
    .description(
      'Creates a Rollout, an Experiment, an AnalysisTemplate, a ClusterAnalysisTemplate or an AnalysisRun of a file, in YAML or JSON. ' +
        'Fields that the kind does not have are refused.',
    )
    .option('-f, --filename <file>', 'File with the object; may be given several times', collectWhole)
    .option('-w, --watch', 'Watch the Rollout or the Experiment that was created')
    .option('--no-color', 'Use no colours')
    .action(bind(create))
    .addCommand(createAnalysisRunCommand(bind))

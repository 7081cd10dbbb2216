import { Command } from 'commander'
import { analysisRuns, experiments } from '../../api/resources.ts'
import type { Resource } from '../../kube/resource.ts'
import { type Bind, names, type Run, say } from '../invocation.ts'

/** The published patch. */
const terminatePatch = { spec: { terminate: true } }

const terminate =
  (resource: Resource, kind: string): Run =>
  async (invocation) => {
    await invocation.withCluster(async ({ client, namespace }) => {
      for (const name of names(invocation)) {
        await client.mergePatch(resource, { namespace, name }, terminatePatch)
        say(invocation, `${kind} '${name}' terminated`)
      }
    })
  }

/** `terminate`: ends an AnalysisRun or an Experiment before its time. */
export const terminateCommand = (bind: Bind): Command =>
  new Command('terminate')
    .summary('End an AnalysisRun or an Experiment before its time')
    .description('Ends something before its time.')
    .addCommand(
      new Command('analysisrun')
        .aliases(['ar', 'analysisruns'])
        .summary('End an AnalysisRun before its time')
        .description('Ends an AnalysisRun before its time. A release takes it for no verdict.')
        .argument('<ANALYSISRUN_NAME...>', 'Names of AnalysisRuns')
        .action(bind(terminate(analysisRuns, 'analysisRun'))),
    )
    .addCommand(
      new Command('experiment')
        .aliases(['exp', 'experiments'])
        .summary('End an Experiment before its time')
        .description('Ends an Experiment before its time: what it measures is cut off, and its pods go.')
        .argument('<EXPERIMENT_NAME...>', 'Names of Experiments')
        .action(bind(terminate(experiments, 'experiment'))),
    )

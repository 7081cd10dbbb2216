import { Command, Option } from 'commander'
import type { Experiment } from '../../api/experiment.ts'
import { experiments } from '../../api/resources.ts'
import { asExperiment } from '../../client/stored-objects.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { standaloneExperimentInfo } from '../../view/experiment-info.ts'
import { experimentListHead, experimentListRow } from '../../view/experiment-list.ts'
import { drawLines } from '../../view/line.ts'
import { layOutTable } from '../../view/table.ts'
import { dataFormats, formatData } from '../format-data.ts'
import { type Bind, type Run, say } from '../invocation.ts'

const byName = (a: DeepReadonly<Experiment>, b: DeepReadonly<Experiment>): number => {
  const [left, right] = [a, b].map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

const listExperiments: Run = (invocation) =>
  invocation.withCluster(async ({ client, namespace }) => {
    const { context, options } = invocation
    const everywhere = options.isOn('allNamespaces')
    const found = await client.list(experiments, { ...(!everywhere && { namespace }) })
    const format = options.text('output')
    const now = context.clock.now()
    const all = found.map(asExperiment).sort(byName)
    if (format !== undefined) {
      const nothing = { replicaSets: [], pods: [], analysisRuns: [] }
      const entries = all.map((experiment) => {
        const { name, phase, message, ageMs } = standaloneExperimentInfo({ experiment, ...nothing }, now)
        return { namespace: experiment.metadata.namespace ?? '', name, phase, message, ageMs }
      })
      return say(invocation, await formatData(entries, format))
    }
    if (found.length === 0) {
      context.err.write('No resources found.\n')
      return
    }
    const rows = all.map((experiment) => experimentListRow(experiment, everywhere, now))
    const lines = drawLines(layOutTable([experimentListHead(everywhere), ...rows]), { color: false })
    context.out.write(`${lines.join('\n')}\n`)
  })

/** `list experiments`: one line for each Experiment. */
export const listExperimentsCommand = (bind: Bind): Command =>
  new Command('experiments')
    .aliases(['exp', 'experiment'])
    .summary('List Experiments')
    .description('Lists Experiments with their phase, their duration and what is left of it.')
    .option('-A, --all-namespaces', 'Those of all namespaces')
    .addOption(new Option('-o, --output <format>', 'Print data').choices(dataFormats))
    .allowExcessArguments()
    .action(bind(listExperiments))

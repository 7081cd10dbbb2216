import { Command } from 'commander'
import type { Experiment } from '../../api/experiment.ts'
import { experiments } from '../../api/resources.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { experimentListHead, experimentListRow } from '../../view/experiment-list.ts'
import { drawLines } from '../../view/line.ts'
import { layOutTable } from '../../view/table.ts'
import type { Bind, Run } from '../invocation.ts'
import { asExperiment } from '../stored-objects.ts'

const byName = (a: DeepReadonly<Experiment>, b: DeepReadonly<Experiment>): number => {
  const [left, right] = [a, b].map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

const listExperiments: Run = ({ context, options, withCluster }) =>
  withCluster(async ({ client, namespace }) => {
    const everywhere = options.isOn('allNamespaces')
    const found = await client.list(experiments, { ...(!everywhere && { namespace }) })
    if (found.length === 0) {
      context.err.write('No resources found.\n')
      return
    }
    const now = context.clock.now()
    const rows = found
      .map(asExperiment)
      .sort(byName)
      .map((experiment) => experimentListRow(experiment, everywhere, now))
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
    .action(bind(listExperiments))

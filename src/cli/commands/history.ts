import { Command, Option } from 'commander'
import { revisionAnnotation } from '../../api/labels.ts'
import { templateOfRevision } from '../../api/revision-template.ts'
import { historyOf, historyRows } from '../../view/history.ts'
import { drawLines } from '../../view/line.ts'
import { type RolloutObjects, rolloutInfo } from '../../view/rollout-info.ts'
import { layOutTable } from '../../view/table.ts'
import { CommandError } from '../command-error.ts'
import { formatData } from '../format-data.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { readTree } from '../rollout-objects.ts'

const formats = ['wide', 'json', 'yaml'] as const

const causeAnnotation = 'kubernetes.io/change-cause'

const printTemplate = async (
  invocation: Invocation,
  { rollout, replicaSets }: RolloutObjects,
  wanted: number,
): Promise<void> => {
  const found = replicaSets
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).some(({ uid }) => uid === rollout.metadata.uid))
    .find(({ metadata }) => Number(metadata.annotations?.[revisionAnnotation]) === wanted)
  if (found === undefined) throw new CommandError(`unable to find specified revision ${wanted} in history`)
  const format = invocation.options.text('output')
  say(invocation, await formatData(templateOfRevision(found), format === 'json' ? 'json' : 'yaml'))
}

const printHistory = async (invocation: Invocation, objects: RolloutObjects): Promise<void> => {
  const { context, options } = invocation
  const causes = new Map(
    objects.replicaSets.map(({ metadata }) => [metadata.name, metadata.annotations?.[causeAnnotation] ?? '']),
  )
  const entries = historyOf(rolloutInfo(objects, context.clock.now()), causes)
  const format = options.text('output')
  if (format === 'json' || format === 'yaml') return say(invocation, await formatData(entries, format))
  if (entries.length === 0) {
    context.err.write('No revisions found.\n')
    return
  }
  const lines = drawLines(layOutTable(historyRows(entries, format === 'wide')), { color: false })
  say(invocation, lines.join('\n'))
}

const history: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const wanted = invocation.options.count('revision', '--revision')
  const objects = await invocation.withCluster((cluster) => readTree(cluster, name))
  if (wanted === undefined) await printHistory(invocation, objects)
  else await printTemplate(invocation, objects, wanted)
}

/** `history`: the revisions that a Rollout can go back to. */
export const historyCommand = (bind: Bind): Command =>
  new Command('history')
    .summary('List the revisions of a Rollout')
    .description(
      'Lists the revisions of a Rollout that there are still ReplicaSets of, newest first: those that undo can go back to. With --revision, prints the pod template of one.',
    )
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('--revision <revision>', 'Print the pod template of this revision')
    .addOption(new Option('-o, --output <format>', 'Print more columns, or data').choices(formats))
    .action(bind(history))

import { Command, Option } from 'commander'
import { rollouts } from '../../api/resources.ts'
import type { Rollout } from '../../api/rollout.ts'
import { asRollout } from '../../client/stored-objects.ts'
import type { StoredObject } from '../../kube/informer.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { drawLines } from '../../view/line.ts'
import { type ListColumns, listCells, listEntry, listHead, listRow } from '../../view/rollout-list.ts'
import { columnWidths, layOutRow, type Row } from '../../view/table.ts'
import { withCaches } from '../caches.ts'
import { CommandError } from '../command-error.ts'
import type { Cluster } from '../context.ts'
import { formatData, viewFormats } from '../format-data.ts'
import { type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { listExperimentsCommand } from './list-experiments.ts'

type R = DeepReadonly<Rollout>

/** Prints rows whose columns stand below each other, also those that come later. */
class ListPrinter {
  readonly #invocation: Invocation
  readonly #columns: ListColumns
  #widths: readonly number[] = []
  /** What was last printed of each Rollout. */
  readonly #printed = new Map<string, string>()

  constructor(invocation: Invocation, columns: ListColumns) {
    this.#invocation = invocation
    this.#columns = columns
  }

  /** Prints the head and all Rollouts, or that there are none. */
  begin(all: readonly R[]): void {
    const { context } = this.#invocation
    if (all.length === 0) context.err.write('No resources found.\n')
    if (all.length > 0 || this.#invocation.options.isOn('watch'))
      this.#print([listHead(this.#columns), ...this.#rows(all)])
  }

  /** Prints those that are not what was last printed of them. */
  update(all: readonly R[]): void {
    const changed = all.filter((rollout) => this.#printed.get(rollout.metadata.uid) !== listCells(rollout).join('\t'))
    if (changed.length > 0) this.#print(this.#rows(changed))
  }

  #rows(all: readonly R[]): Row[] {
    const now = this.#invocation.context.clock.now()
    for (const rollout of all) this.#printed.set(rollout.metadata.uid, listCells(rollout).join('\t'))
    return all.map((rollout) => listRow(rollout, this.#columns, now))
  }

  #print(rows: readonly Row[]): void {
    this.#widths = columnWidths(rows, this.#widths)
    const lines = drawLines(
      rows.map((row) => layOutRow(row, this.#widths)),
      { color: false },
    )
    this.#invocation.context.out.write(`${lines.join('\n')}\n`)
  }
}

const byName = (a: R, b: R): number => {
  const [left, right] = [a, b].map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
  return (left ?? '') < (right ?? '') ? -1 : 1
}

const sorted = (objects: readonly StoredObject[]): R[] => objects.map(asRollout).sort(byName)

const listOf = async (invocation: Invocation, cluster: Cluster): Promise<void> => {
  const { options, context } = invocation
  const everywhere = options.isOn('allNamespaces')
  const name = options.text('name')
  const scope = {
    ...(!everywhere && { namespace: cluster.namespace }),
    ...(name && { fieldSelector: `metadata.name=${name}` }),
  }
  const format = options.text('output')
  const isData = format === 'json' || format === 'yaml'
  if (isData && options.isOn('watch'))
    throw new CommandError(
      '--watch prints lines and cannot be used with --output json or yaml: leave out one of the two',
    )
  const columns = { timestamp: options.isOn('timestamps'), namespace: everywhere, wide: format === 'wide' }
  const printer = new ListPrinter(invocation, columns)
  if (!options.isOn('watch')) {
    const found = sorted(await cluster.client.list(rollouts, scope))
    if (!isData) return printer.begin(found)
    const entries = found.map((rollout) => listEntry(rollout, context.clock.now()))
    return say(invocation, await formatData(entries, format))
  }
  await withCaches(invocation, cluster, { rollouts: { resource: rollouts, ...scope } }, async ({ of, bell }) => {
    const current = (): R[] => sorted(of.rollouts.store.list() as readonly StoredObject[])
    printer.begin(current())
    while (!context.signal.aborted) {
      await bell.wait(context.clock, Number.POSITIVE_INFINITY, context.signal)
      printer.update(current())
    }
  })
}

const listRollouts: Run = (invocation) => invocation.withCluster((cluster) => listOf(invocation, cluster))

/** `list`: one line for each Rollout or Experiment. */
export const listCommand = (bind: Bind): Command =>
  new Command('list')
    .summary('List Rollouts or Experiments')
    .description('Lists objects of a kind.')
    .addCommand(
      new Command('rollouts')
        .aliases(['ro', 'rollout'])
        .summary('List Rollouts')
        .description('Lists Rollouts with their phase, their step and their pods.')
        .option('--name <name>', 'Only the Rollout of this name')
        .option('-A, --all-namespaces', 'Those of all namespaces')
        .option('-w, --watch', 'Go on printing those that change until interrupted')
        .option('--timestamps', 'Print when each line was printed')
        .addOption(new Option('-o, --output <format>', 'Print data, or more columns').choices(viewFormats))
        .allowExcessArguments()
        .action(bind(listRollouts)),
    )
    .addCommand(listExperimentsCommand(bind))

import { Command, Option } from 'commander'
import type { KubeEvent } from '../../api/kubernetes/event.ts'
import { events } from '../../api/resources.ts'
import type { StoredObject } from '../../kube/informer.ts'
import { eventListHead, eventListRow, inOrder } from '../../view/event-list.ts'
import { drawLines } from '../../view/line.ts'
import type { RolloutObjects } from '../../view/rollout-info.ts'
import { columnWidths, layOutRow, type Row } from '../../view/table.ts'
import { withCaches } from '../caches.ts'
import type { Cluster } from '../context.ts'
import { dataFormats, formatData } from '../format-data.ts'
import { argument, type Bind, type Invocation, type Run, say } from '../invocation.ts'
import { shownRollout } from '../read-object.ts'
import { cachedTree, readTree, treeScopes } from '../rollout-objects.ts'

const asEvent = (object: StoredObject): KubeEvent => object as unknown as KubeEvent

/** The uids of a Rollout and of all that belongs to it, at whatever depth. */
const familyOf = ({ rollout, replicaSets, pods, analysisRuns, experiments = [] }: RolloutObjects): Set<string> => {
  const family = new Set([rollout.metadata.uid])
  // Parents before children: a pod is found by its ReplicaSet, which is found by an Experiment or the Rollout.
  for (const { metadata } of [...experiments, ...replicaSets, ...analysisRuns, ...pods]) {
    if (metadata.ownerReferences?.some(({ uid }) => family.has(uid))) family.add(metadata.uid)
  }
  return family
}

/** Events of the family, and of objects of the Rollout's name that are gone. */
const eventsOf = (objects: RolloutObjects, all: readonly KubeEvent[]): KubeEvent[] => {
  const family = familyOf(objects)
  const { name } = objects.rollout.metadata
  return all
    .filter(
      ({ involvedObject: { uid, kind, name: about } }) =>
        (uid !== undefined && family.has(uid)) || (kind === 'Rollout' && about === name),
    )
    .sort(inOrder)
}

/** Prints events once, and again when they are counted up. */
class EventPrinter {
  readonly #invocation: Invocation
  readonly #printed = new Map<string, number>()
  #widths: readonly number[] = []

  constructor(invocation: Invocation) {
    this.#invocation = invocation
  }

  print(all: readonly KubeEvent[]): void {
    const fresh = all.filter(({ metadata, count = 1 }) => this.#printed.get(metadata.uid) !== count)
    if (fresh.length === 0) return
    const head = this.#printed.size === 0 ? [eventListHead] : []
    for (const { metadata, count = 1 } of fresh) this.#printed.set(metadata.uid, count)
    const now = this.#invocation.context.clock.now()
    const rows: readonly Row[] = [...head, ...fresh.map((event) => eventListRow(event, now))]
    this.#widths = columnWidths(rows, this.#widths)
    const lines = rows.map((row) => layOutRow(row, this.#widths))
    say(this.#invocation, drawLines(lines, { color: false }).join('\n'))
  }
}

const printOnce = async (invocation: Invocation, cluster: Cluster, name: string): Promise<void> => {
  const { client, namespace } = cluster
  const objects = await readTree(cluster, name)
  const found = eventsOf(objects, (await client.list(events, { namespace })).map(asEvent))
  const format = invocation.options.text('output')
  if (format !== undefined) return say(invocation, await formatData(found, format))
  if (found.length === 0) invocation.context.err.write('No events found.\n')
  new EventPrinter(invocation).print(found)
}

const watch = async (invocation: Invocation, cluster: Cluster, name: string): Promise<void> => {
  const { clock, signal } = invocation.context
  const { namespace } = cluster
  await shownRollout(cluster, name)
  const printer = new EventPrinter(invocation)
  const scopes = { ...treeScopes(namespace, name), events: { resource: events, namespace } }
  await withCaches(invocation, cluster, scopes, async (caches) => {
    while (!signal.aborted) {
      const objects = cachedTree(caches, namespace, name)
      const all = caches.of.events.store.list(namespace) as readonly StoredObject[]
      if (objects !== undefined) printer.print(eventsOf(objects, all.map(asEvent)))
      await caches.bell.wait(clock, Number.POSITIVE_INFINITY, signal)
    }
  })
}

const showEvents: Run = async (invocation) => {
  const name = argument(invocation, 0)
  const isWatching = invocation.options.isOn('watch')
  await invocation.withCluster((cluster) =>
    isWatching ? watch(invocation, cluster, name) : printOnce(invocation, cluster, name),
  )
}

/** `events`: what happened to a Rollout and all that belongs to it. */
export const eventsCommand = (bind: Bind): Command =>
  new Command('events')
    .summary('Show what happened to a Rollout and all that belongs to it')
    .description(
      'Shows the events of a Rollout and of its ReplicaSets, pods, Experiments and AnalysisRuns in one list, the latest last. A cluster keeps events for an hour, where nobody has set another time.',
    )
    .argument('<ROLLOUT_NAME>', 'Name of the Rollout')
    .option('-w, --watch', 'Go on with what happens until interrupted')
    .addOption(new Option('-o, --output <format>', 'Print the events as data').choices(dataFormats))
    .action(bind(showEvents))

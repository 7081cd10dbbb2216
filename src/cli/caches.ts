import { setImmediate as nextTurn } from 'node:timers/promises'
import { KubeError } from '../kube/errors.ts'
import type { StoredObject } from '../kube/informer.ts'
import { InformerFactory } from '../kube/informer-factory.ts'
import type { InformerScope, SharedInformer } from '../kube/shared-informer.ts'
import type { Cluster } from './context.ts'
import { Doorbell } from './doorbell.ts'
import type { Invocation } from './invocation.ts'

/** Watched collections, and a bell that rings when anything in them changes. */
export interface Caches<Names extends string> {
  readonly of: Readonly<Record<Names, SharedInformer<StoredObject>>>
  readonly bell: Doorbell
}

/** Between two looks at whether the first lists have arrived. */
const syncCheckMs = 50
/** Longer than any server takes for a list; what keeps it from answering is told on standard error meanwhile. */
const syncLimitMs = 60_000

const refusalOf = (informers: readonly SharedInformer<StoredObject>[]): KubeError | undefined =>
  informers
    .map(({ problem }) => problem)
    .find((problem): problem is KubeError => problem instanceof KubeError && [401, 403].includes(problem.code))

/** The reflectors go on for ever; a person wants to know at once that a list is refused. */
const untilSynced = async (factory: InformerFactory, bell: Doorbell, { context }: Invocation): Promise<void> => {
  const { clock, signal } = context
  const informers = factory.all.map((informer) => informer as SharedInformer<StoredObject>)
  const limit = clock.monotonic() + syncLimitMs
  while (!signal.aborted && !informers.every(({ synced }) => synced)) {
    const refusal = refusalOf(informers)
    if (refusal) throw refusal
    if (clock.monotonic() >= limit) await factory.waitForSync(0)
    await bell.wait(clock, syncCheckMs, signal)
  }
}

/**
 * Watches collections while `work` runs. It begins when all of them are known, and its watches end with it.
 * @throws KubeError when the server refuses a list
 */
export const withCaches = async <Names extends string, T>(
  invocation: Invocation,
  { transport }: Cluster,
  scopes: Readonly<Record<Names, InformerScope>>,
  work: (caches: Caches<Names>) => Promise<T>,
): Promise<T> => {
  const { clock, random } = invocation.context
  const yieldToLoop = async (): Promise<void> => {
    await nextTurn()
  }
  const factory = new InformerFactory({ transport, runtime: { clock, random, yieldToLoop, log: invocation.log } })
  const bell = new Doorbell()
  const of = Object.fromEntries(
    Object.entries<InformerScope>(scopes).map(([name, scope]) => {
      const informer = factory.informer({ ...scope, view: (object) => object })
      informer.onChange(() => bell.ring())
      return [name, informer]
    }),
  ) as Caches<Names>['of']
  factory.start()
  try {
    await untilSynced(factory, bell, invocation)
    return await work({ of, bell })
  } finally {
    await factory.stop()
  }
}

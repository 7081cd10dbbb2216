import { NetworkError } from '../../src/kube/errors.ts'
import type { Delta, StoredObject } from '../../src/kube/informer.ts'
import { InformerFactory, rawView } from '../../src/kube/informer-factory.ts'
import type { SharedInformer } from '../../src/kube/shared-informer.ts'
import { FakeCollection, widgets } from './fake-collection.ts'
import { type TestRuntime, testRuntime } from './runtime.ts'

/** An informer of widgets with its server, in virtual time. */
export interface WidgetInformer {
  readonly server: FakeCollection
  readonly runtime: TestRuntime
  readonly factory: InformerFactory
  readonly informer: SharedInformer<StoredObject>
  /** All that it has told, the oldest first. */
  readonly deltas: Delta<StoredObject>[]
}

/** An informer that is not started. */
export const aWidgetInformer = (): WidgetInformer => {
  const server = new FakeCollection()
  const runtime = testRuntime()
  const factory = new InformerFactory({ transport: server, runtime, freeze: true })
  const informer = factory.informer({ resource: widgets, view: rawView })
  const deltas: Delta<StoredObject>[] = []
  informer.onChange((delta) => deltas.push(delta))
  return { server, runtime, factory, informer, deltas }
}

/** An informer that has begun to follow a server; `prepare` is called before. */
export const startedInformer = async (
  prepare: (server: FakeCollection) => void = () => {},
): Promise<WidgetInformer> => {
  const all = aWidgetInformer()
  prepare(all.server)
  all.factory.start()
  await all.runtime.clock.settle()
  return all
}

/** Deltas as `<type> <name>`. */
export const told = (deltas: readonly Delta<StoredObject>[]): string[] =>
  deltas.map(({ type, object }) => `${type} ${object.metadata.name}`)

/** How a watch ends whose connection is reset. */
export const reset = (): NetworkError => new NetworkError({ method: 'WATCH', path: '/x' }, new Error('socket hang up'))

/** How often a server was asked for the whole collection. */
export const listsOf = (server: FakeCollection): number => server.calls.filter((call) => call === 'LIST').length

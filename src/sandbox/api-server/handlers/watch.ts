import { apiVersionOf } from '../../../kube/resource.ts'
import type { WatchEvent } from '../../../kube/transport.ts'
import type { Timer } from '../../../lib/clock.ts'
import { cloneJson } from '../../../lib/json-value.ts'
import type { Core } from '../core.ts'
import type { Change, Collection } from '../objects/storage.ts'
import type { StoredObject } from '../objects/stored-object.ts'
import type { ResourceType } from '../resources/resource-type.ts'
import { expired, StatusError } from '../status-error.ts'
import type { Query } from './list.ts'
import { inVersion, selectorOf } from './list.ts'

/** Where a watch sends what happens. Nothing comes after `end`. */
export interface WatchSink {
  readonly event: (event: WatchEvent) => void
  /** The stream ends: in order without an error, or with an in-stream ERROR. */
  readonly end: (error?: StatusError) => void
}

/** A running watch. */
export interface Watch {
  readonly user: string
  readonly type: ResourceType
  /** Stops it without telling the sink. */
  readonly stop: () => void
  /** Ends it as the server does: the sink is told. */
  readonly close: (error?: StatusError) => void
}

/** The server sends a bookmark about once a minute, and one shortly before it ends a watch. */
const bookmarkIntervalMs = 60_000

const withRevision = (object: StoredObject, revision: number): StoredObject => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion: String(revision) },
})

/** What a change is for those who see only a part of the collection: an object may enter or leave that part. */
const seenThrough = (selects: (object: StoredObject) => boolean, change: Change): WatchEvent | undefined => {
  const before = change.before !== undefined && selects(change.before)
  const after = change.type !== 'DELETED' && selects(change.object)
  if (before && after) return { type: 'MODIFIED', object: change.object }
  if (after) return { type: 'ADDED', object: change.object }
  if (!before || change.before === undefined) return undefined
  const last = change.type === 'DELETED' ? change.object : change.before
  return { type: 'DELETED', object: withRevision(last, change.revision) }
}

const bookmark = (type: ResourceType, revision: number, initial = false): WatchEvent => ({
  type: 'BOOKMARK',
  object: {
    kind: type.kind,
    apiVersion: apiVersionOf(type),
    metadata: {
      resourceVersion: String(revision),
      creationTimestamp: null,
      ...(initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  },
})

/** How long the server lets a watch run that does not say (`--min-request-timeout` and up to twice that). */
const timeoutMs = (core: Core, query: Query): number => {
  const asked = Number(query.timeoutSeconds ?? '0')
  return asked > 0 ? asked * 1000 : Math.floor(1_800_000 * (1 + core.random()))
}

/** The state as events, for watches that start from nothing. */
const initialEvents = (
  collection: Collection,
  namespace: string | undefined,
  selects: (object: StoredObject) => boolean,
): readonly WatchEvent[] =>
  collection
    .list(namespace)
    .filter(selects)
    .map((object) => ({ type: 'ADDED', object }))

const missedEvents = (
  collection: Collection,
  revision: number,
  see: (change: Change) => WatchEvent | undefined,
): readonly WatchEvent[] =>
  collection
    .since(revision)
    .map(see)
    .filter((event) => event !== undefined)

/** Everything about a watch that does not change while it runs. */
interface Plan {
  readonly core: Core
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly query: Query
  readonly sink: WatchSink
}

const firstEvents = ({ core, type, namespace, query }: Plan, see: (change: Change) => WatchEvent | undefined) => {
  const collection = core.storage.collection(type)
  const from = query.resourceVersion ?? ''
  const selects = selectorOf(type, query)
  if (query.sendInitialEvents === 'true') {
    const events = initialEvents(collection, namespace, selects)
    return query.allowWatchBookmarks === 'true' ? [...events, bookmark(type, core.storage.revision, true)] : events
  }
  if (from === '' || from === '0') return initialEvents(collection, namespace, selects)
  const revision = Number(from)
  if (revision >= collection.compactedAt) return missedEvents(collection, revision, see)
  throw expired(`too old resource version: ${revision} (${collection.compactedAt})`)
}

const startTimers = ({ core, type, query, sink }: Plan, close: () => void): { cancel: () => void } => {
  const bookmarks = query.allowWatchBookmarks === 'true'
  let timer: Timer | undefined
  const tell = (): void => sink.event(bookmark(type, core.storage.revision))
  const arm = (): void => {
    timer = core.clock.setTimer(bookmarkIntervalMs, () => {
      tell()
      arm()
    })
  }
  if (bookmarks) arm()
  const end = core.clock.setTimer(timeoutMs(core, query), () => {
    if (bookmarks) tell()
    close()
  })
  return {
    cancel: () => {
      timer?.cancel()
      end.cancel()
    },
  }
}

/**
 * Watches a collection. Selectors that cannot be read throw at once; a resourceVersion that is too old ends the stream with
 * an in-stream 410, as the real server does.
 */
export const startWatch = (plan: Plan, user: string): Watch => {
  const { core, type, namespace, query } = plan
  const selects = selectorOf(type, query)
  const collection = core.storage.collection(type)
  const see = (change: Change): WatchEvent | undefined => {
    const elsewhere = namespace !== undefined && change.object.metadata.namespace !== namespace
    return elsewhere ? undefined : seenThrough(selects, change)
  }
  const sink: WatchSink = {
    event: (event) => {
      const object = event.type === 'BOOKMARK' ? event.object : inVersion(type, event.object as StoredObject)
      plan.sink.event({ type: event.type, object: cloneJson(object) })
    },
    end: plan.sink.end,
  }
  const listener = (change: Change): void => {
    const event = see(change)
    if (event !== undefined) sink.event(event)
  }
  const stop = (): void => {
    collection.listeners.delete(listener)
    timers.cancel()
  }
  const close = (error?: StatusError): void => {
    stop()
    sink.end(error)
  }
  const timers = startTimers({ ...plan, sink }, () => close())
  try {
    for (const event of firstEvents(plan, see)) sink.event(event)
    collection.listeners.add(listener)
  } catch (error) {
    timers.cancel()
    if (!(error instanceof StatusError)) throw error
    sink.end(error)
  }
  return { user, type, stop, close }
}

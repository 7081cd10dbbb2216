import type { KubeEvent } from '../api/kubernetes/event.ts'
import { humanDuration } from '../lib/human-duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import { cell, type Row } from './table.ts'

type E = DeepReadonly<KubeEvent> & { readonly eventTime?: string | null }

/** When an event was last seen; milliseconds since the epoch. */
export const seenAt = (event: E): number =>
  fromRfc3339(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp) ?? 0

/** The order in which things happened; of the same second, that in which they were stored. */
export const inOrder = (a: E, b: E): number =>
  seenAt(a) - seenAt(b) || (a.metadata.name < b.metadata.name ? -1 : Number(a.metadata.name !== b.metadata.name))

/** The head of the list: that of `kubectl events`. */
export const eventListHead: Row = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'].map(cell)

/** A row of the list. `now` in milliseconds since the epoch. */
export const eventListRow = (event: E, now: number): Row =>
  [
    `${humanDuration(Math.max(0, now - seenAt(event)))}${(event.count ?? 1) > 1 ? ` (x${event.count})` : ''}`,
    event.type,
    event.reason,
    `${event.involvedObject.kind}/${event.involvedObject.name}`,
    event.message.trim(),
  ].map(cell)

import type { JsonObject } from '../lib/json.ts'

/** Severity of an event. */
export type EventType = 'Normal' | 'Warning'

/** What happened. Two events are the same, and counted as one, only when type, reason and message are equal. */
export interface KubeEvent {
  readonly type: EventType
  readonly reason: string
  readonly message: string
  /** Annotations of the Event; those of the first count where it is repeated. */
  readonly annotations?: Readonly<Record<string, string>>
}

/** What it happened to. */
export interface InvolvedObject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string | undefined
  readonly name: string
  readonly uid: string
  readonly resourceVersion?: string | undefined
}

/** Longest name that Kubernetes allows (DNS-1123 subdomain). */
const longestName = 253

/** Where the event of an object is stored: cluster-scoped objects have theirs in `default`, as client-go does. */
export const eventNamespace = (object: InvolvedObject): string => object.namespace ?? 'default'

/**
 * `<object>.<hexadecimal nanoseconds>`, as client-go names events. `sequence` stands for the nanoseconds that a clock of
 * milliseconds does not have, so that two events of one millisecond differ.
 */
export const eventName = (object: InvolvedObject, nowMs: number, sequence: number): string => {
  const suffix = (BigInt(Math.floor(nowMs)) * 1_000_000n + BigInt(sequence % 1_000_000)).toString(16)
  return `${object.name.slice(0, longestName - suffix.length - 1)}.${suffix}`
}

/** RFC 3339 in whole seconds, as `metav1.Time` is written. */
export const eventTime = (nowMs: number): string => `${new Date(nowMs).toISOString().slice(0, 19)}Z`

/** A core/v1 Event, with the fields that client-go's recorder fills. */
export const eventObject = (
  object: InvolvedObject,
  event: KubeEvent,
  at: { readonly name: string; readonly nowMs: number; readonly component: string },
): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: at.name,
    namespace: eventNamespace(object),
    ...(event.annotations && { annotations: { ...event.annotations } }),
  },
  involvedObject: { ...object },
  type: event.type,
  reason: event.reason,
  message: event.message,
  count: 1,
  firstTimestamp: eventTime(at.nowMs),
  lastTimestamp: eventTime(at.nowMs),
  source: { component: at.component },
  reportingComponent: at.component,
  reportingInstance: '',
})

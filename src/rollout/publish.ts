import { conditionReasons } from '../api/conditions.ts'
import { rollouts } from '../api/resources.ts'
import type { KubeClient } from '../kube/client.ts'
import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { equalJson, listOr, objectOr } from '../lib/json-value.ts'
import { mergeDiff } from '../lib/merge-diff.ts'
import type { Report } from './conclude.ts'
import { normalStatus } from './normal-status.ts'
import { storedStatus } from './read-rollout.ts'
import { traceAnnotation } from './release-trace.ts'

/** How long a status waits for the events before it. */
const eventFlushMs = 200

/** Fields that count, and the message that follows from them: a change of nothing else may wait a moment. */
const counts: ReadonlySet<string> = new Set([
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'message',
])

const { newReplicaSetCreated, foundNewReplicaSet, resumed, replicaSetUpdated } = conditionReasons

/** What Progressing says of a release that goes on; which of it follows from the counts. */
const goingOn: ReadonlySet<unknown> = new Set([newReplicaSetCreated, foundNewReplicaSet, resumed, replicaSetUpdated])

/** Conditions by type: neither their order nor the time of their last renewal means anything, nor how a release goes on. */
const withoutProgress = (conditions: unknown): unknown =>
  Object.fromEntries(
    listOr(conditions).map((condition) => {
      const { lastUpdateTime: _, type, ...rest } = objectOr(condition)
      return [String(type), type === 'Progressing' && goingOn.has(rest.reason) ? 'goes on' : rest]
    }),
  )

/** Whether a patch of the status changes nothing but counts, their message, and the progress that they show. */
export const onlyCounts = (patch: DeepReadonly<JsonObject>, before: DeepReadonly<JsonObject>): boolean =>
  Object.keys(patch).every((field) => {
    if (field !== 'conditions') return counts.has(field)
    return equalJson(withoutProgress(patch.conditions), withoutProgress(before.conditions))
  })

/**
 * Whether nothing but the number for autoscalers differs. That is so only where another controller, which counts the
 * canary's pods too, brought the Rollout to where it stands: in all else this number moves together with other counts.
 */
const isCountedOtherwise = (patch: JsonObject, before: DeepReadonly<JsonObject>): boolean =>
  typeof patch.HPAReplicas === 'number' && typeof before.HPAReplicas === 'number' && Object.keys(patch).length === 1

/**
 * The merge patch that makes the stored status the reported one; `undefined` when they mean the same. A Rollout that is
 * taken over is not written for its HPAReplicas alone: that is put right with the next change, and the first thing that an
 * autoscaler does is one.
 */
export const statusPatch = (object: DeepReadonly<StoredObject>, status: Report['status']): JsonObject | undefined => {
  const before = normalStatus(storedStatus(object))
  const patch = mergeDiff(before, status)
  return patch === undefined || isCountedOtherwise(patch, storedStatus(object)) ? undefined : patch
}

/** How events name a Rollout. */
export const involvedRollout = ({ metadata }: DeepReadonly<StoredObject>): InvolvedObject => {
  const { namespace, name, uid, resourceVersion } = metadata
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', namespace, name, uid, resourceVersion }
}

/** What a report is published with. */
export interface PublishContext {
  readonly client: KubeClient
  readonly events: EventRecorder
  readonly signal: AbortSignal
}

/** Records the events of a pass, in order. With the id of a trace they lead from the event to it. */
export const recordEvents = (
  context: PublishContext,
  object: DeepReadonly<StoredObject>,
  report: Report,
  traceId?: string,
): void => {
  const link = traceId === undefined ? {} : { annotations: { [traceAnnotation]: traceId } }
  for (const event of report.events) context.events.record(involvedRollout(object), { ...event, ...link })
}

/** Waits until the events of the object have been sent, or have had their chance. */
export const flushEvents = (
  { events }: PublishContext,
  { metadata: { uid } }: DeepReadonly<StoredObject>,
): Promise<void> => events.flush({ uid }, eventFlushMs)

/** Whether people wait for this: a release that is given up. */
const tellsAbort = ({ status }: DeepReadonly<StoredObject>, patch: JsonObject): boolean =>
  patch.phase === 'Degraded' && objectOr(status).phase !== 'Degraded'

/**
 * Writes the status; the events of the pass go first, see {@link flushEvents}. The patch carries the version that was
 * judged, so that no command that came in between is overwritten: that is a conflict, and a reason to look again.
 */
export const writeStatus = (
  { client, signal }: PublishContext,
  object: DeepReadonly<StoredObject>,
  status: JsonObject,
  resourceVersion: string,
): Promise<StoredObject> => {
  const { namespace, name } = object.metadata
  return client.mergePatch(
    rollouts,
    { namespace, name },
    { status },
    { subresource: 'status', resourceVersion, signal, urgency: tellsAbort(object, status) ? 'first' : 'later' },
  )
}

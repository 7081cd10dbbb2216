// Conditions of the Rollout `shop` as `Type Status Reason: message`, in the words of the published controller.

/** Enough pods are available. */
export const available = 'Available True AvailableReason: Rollout has minimum availability'

/** Too few pods are. */
export const unavailable = 'Available False AvailableReason: Rollout does not have minimum availability'

/** All is as asked for. */
export const healthy = 'Healthy True RolloutHealthy: Rollout is healthy'

/** It was once. */
export const unhealthy = 'Healthy False RolloutHealthy: Rollout is not healthy'

/** What is asked for is the stable version. */
export const complete = 'Completed True RolloutCompleted: RolloutCompleted'

/** It is not yet. */
export const incomplete = 'Completed False RolloutCompleted: RolloutCompleted'

/** Held by a pause. */
export const isPaused = 'Paused True RolloutPaused: Rollout is paused'

/** No longer held. */
export const noLongerPaused = 'Paused False RolloutPaused: Rollout is paused'

/** Progress is not expected while it is held. */
export const waiting = 'Progressing Unknown RolloutPaused: Rollout is paused'

/** A version is whole. */
export const progressed = (tag: string): string =>
  `Progressing True NewReplicaSetAvailable: ReplicaSet "shop-<${tag}>" has successfully progressed.`

/** A version takes longer than it may. */
export const timedOut = (tag: string): string =>
  `Progressing False ProgressDeadlineExceeded: ReplicaSet "shop-<${tag}>" has timed out progressing.`

/**
 * Types and reasons of the conditions in the status. They are interfaces: health checks and alerts read them. The texts
 * that go with them are written where the conditions are set.
 */

/** Condition types of a Rollout. */
export const rolloutConditions = {
  available: 'Available',
  progressing: 'Progressing',
  replicaFailure: 'ReplicaFailure',
  invalidSpec: 'InvalidSpec',
  paused: 'Paused',
  healthy: 'Healthy',
  completed: 'Completed',
  /** Our own: a plugin that the Rollout names cannot be asked. Absent while all can. */
  pluginUnavailable: 'PluginUnavailable',
  /**
   * Our own: whether the routers are as the release wants them, and what each of them says. Absent without routers, and before
   * anything is routed.
   */
  trafficRouted: 'TrafficRouted',
} as const

/** See {@link rolloutConditions}. */
export type RolloutConditionType = (typeof rolloutConditions)[keyof typeof rolloutConditions]

/** Condition types of an Experiment. */
export const experimentConditions = {
  invalidSpec: 'InvalidSpec',
  completed: 'Completed',
  progressing: 'Progressing',
  running: 'Running',
  replicaFailure: 'ReplicaFailure',
} as const

/** See {@link experimentConditions}. */
export type ExperimentConditionType = (typeof experimentConditions)[keyof typeof experimentConditions]

/** Whether a condition holds. */
export type ConditionStatus = 'True' | 'False' | 'Unknown'

/** Reasons of conditions of a Rollout. */
export const conditionReasons = {
  invalidSpec: 'InvalidSpec',
  /** Of Available, whichever way it stands. */
  available: 'AvailableReason',
  newReplicaSetCreated: 'NewReplicaSetCreated',
  foundNewReplicaSet: 'FoundNewReplicaSet',
  replicaSetUpdated: 'ReplicaSetUpdated',
  newReplicaSetAvailable: 'NewReplicaSetAvailable',
  /** A promoted version lost available pods. */
  replicaSetNotAvailable: 'ReplicaSetNotAvailable',
  replicaSetCreateError: 'ReplicaSetCreateError',
  paused: 'RolloutPaused',
  resumed: 'RolloutResumed',
  retry: 'RolloutRetry',
  aborted: 'RolloutAborted',
  progressDeadlineExceeded: 'ProgressDeadlineExceeded',
  healthy: 'RolloutHealthy',
  completed: 'RolloutCompleted',
  /** Of TrafficRouted: every router that can tell has taken the routing over. */
  trafficVerified: 'TrafficVerified',
  /** Of TrafficRouted: the objects say so, and no router tells more. */
  trafficSet: 'TrafficSet',
  /** Of TrafficRouted: it is not read back yet. */
  trafficUpdating: 'TrafficUpdating',
  /** Of TrafficRouted: a router has not taken it over yet. */
  trafficNotVerified: 'TrafficNotVerified',
  /** Of TrafficRouted: somebody keeps changing the objects. */
  trafficContested: 'TrafficContested',
  /** Of TrafficRouted: the API server refuses a write. */
  trafficRefused: 'TrafficRefused',
  /** Of TrafficRouted: nothing is routed, since the Rollout is invalid. */
  trafficNotRouted: 'TrafficNotRouted',
} as const

/** See {@link conditionReasons}. */
export type ConditionReason = (typeof conditionReasons)[keyof typeof conditionReasons]

// Events about the Rollout `shop` as the published controller words them, with `<tag>` for the hash of a version.

/** A Rollout is seen for the first time. */
export const added = (namespace: string): string =>
  `RolloutAddedToInformer: Rollout resource added to informer: ${namespace}/shop`

/** It gets a revision number. */
export const updated = (revision: number): string => `RolloutUpdated: Rollout updated to revision ${revision}`

/** A version gets a ReplicaSet. */
export const created = (tag: string, revision: number): string =>
  `NewReplicaSetCreated: Created ReplicaSet shop-<${tag}> (revision ${revision})`

/** A release is under way. */
export const begun = (tag: string, revision: number): string =>
  `RolloutNotCompleted: Rollout not completed, started update to revision ${revision} (<${tag}>)`

/** A release has ended well. */
export const completed = (tag: string, revision: number, reason: string): string =>
  `RolloutCompleted: Rollout completed update to revision ${revision} (<${tag}>): ${reason}`

/** A ReplicaSet gets another size. */
export const scaled = (tag: string, revision: number, from: number, to: number): string => {
  const direction = from < to ? 'up' : 'down'
  return `ScalingReplicaSet: Scaled ${direction} ReplicaSet shop-<${tag}> (revision ${revision}) from ${from} to ${to}`
}

/** A Service selects another version; `from` is empty when it selected all. */
export const switched = (service: string, from: string, to: string): string =>
  `SwitchService: Switched selector for service '${service}' from '${from && `<${from}>`}' to '<${to}>'`

/** The weights by the canary Ingress of the shop change: `to 0` when it is made, `from 20 to 60` later. */
export const weightedByIngress = (change: string): readonly string[] => {
  const weight = change.slice(change.indexOf('to ') + 3)
  const isNew = !change.startsWith('from')
  return [
    isNew
      ? `CreatingCanaryIngress: Creating canary ingress \`shop-shop-canary\` with weight \`${weight}\``
      : `PatchingCanaryIngress: Updating Ingress \`shop-shop-canary\` to desiredWeight '${weight}'`,
    `TrafficWeightUpdated: Traffic weight updated ${change}`,
  ]
}

/** A step is done: `1/4 completed (setWeight: 20)`. */
export const stepDone = (step: string): string => `RolloutStepCompleted: Rollout step ${step}`

/** The controller holds the release. */
export const paused = (reason: string): string => `RolloutPaused: Rollout is paused (${reason})`

/** What it held goes on. */
export const resumed = 'RolloutResumed: Rollout is resumed'

/** A release is aborted. */
export const aborted = (revision: number, cause = ''): string =>
  `RolloutAborted: Rollout aborted update to revision ${revision}${cause && `: ${cause}`}`

/** The first deploy of a canary of three pods, up to what its Services and routers are told. */
export const firstDeployOfCanary = (namespace: string, tag = '1.0'): readonly string[] => [
  added(namespace),
  updated(1),
  created(tag, 1),
  begun(tag, 1),
  scaled(tag, 1, 0, 3),
  completed(tag, 1, 'Initial deploy'),
]

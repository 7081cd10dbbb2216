import type { Pod } from '../api/kubernetes/pod.ts'
import type { ReplicaSet } from '../api/kubernetes/workloads.ts'
import { experimentTemplateNameAnnotation, podTemplateHashLabel, scaleDownDeadlineAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import { ageMs, newestRevisionFirst, oldestFirst } from './ownership.ts'
import { type PodInfo, podInfo } from './pod-info.ts'

/** What part a ReplicaSet plays in a release. */
export type RevisionRole = 'stable' | 'canary' | 'active' | 'preview' | 'ping' | 'pong'

/** State of a ReplicaSet, as the tree names it. */
export type ReplicaSetStatus = 'Healthy' | 'Progressing' | 'ScaledDown' | 'ReplicaFailure'

/** What a tree shows of a ReplicaSet and its pods. */
export interface ReplicaSetInfo {
  readonly name: string
  readonly hash: string
  readonly status: ReplicaSetStatus
  readonly roles: readonly RevisionRole[]
  /** Milliseconds until it is scaled down; negative when that time has passed. */
  readonly scaleDownInMs?: number
  readonly ageMs: number
  readonly images: readonly string[]
  readonly desired: number
  /** Pods that there are, ready or not. */
  readonly current: number
  readonly available: number
  /** Name of the template of the Experiment that it belongs to. */
  readonly template?: string
  readonly pods: readonly PodInfo[]
}

type R = DeepReadonly<Rollout>
type Set = DeepReadonly<ReplicaSet>

const statusOf = ({ metadata, spec, status }: Set): ReplicaSetStatus => {
  const desired = spec.replicas ?? 1
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0)) return 'Progressing'
  const failed = (status?.conditions ?? []).some((one) => one.type === 'ReplicaFailure' && one.status === 'True')
  if (failed) return 'ReplicaFailure'
  if (desired === 0) return 'ScaledDown'
  return (status?.availableReplicas ?? 0) < desired ? 'Progressing' : 'Healthy'
}

const canaryRoles = (rollout: R, hash: string): readonly RevisionRole[] => {
  const { status, spec } = rollout
  const isStable = status?.stableRS === hash
  if (!isStable && status?.currentPodHash !== hash) return []
  const role: RevisionRole = isStable ? 'stable' : 'canary'
  if (spec.strategy?.canary?.pingPong === undefined) return [role]
  const stablePart = status?.canary?.stablePingPong === 'ping' ? 'ping' : 'pong'
  const otherPart = stablePart === 'ping' ? 'pong' : 'ping'
  return [role, isStable ? stablePart : otherPart]
}

const blueGreenRoles = ({ status }: R, hash: string): readonly RevisionRole[] => [
  ...(status?.stableRS === hash ? (['stable'] as const) : []),
  ...(status?.blueGreen?.activeSelector === hash
    ? (['active'] as const)
    : status?.blueGreen?.previewSelector === hash
      ? (['preview'] as const)
      : []),
]

const rolesOf = (rollout: R, hash: string): readonly RevisionRole[] => {
  const { blueGreen, canary } = rollout.spec.strategy ?? {}
  if (hash === '' || (!blueGreen && !canary)) return []
  return blueGreen ? blueGreenRoles(rollout, hash) : canaryRoles(rollout, hash)
}

const replicaSetInfo = (replicaSet: Set, pods: readonly DeepReadonly<Pod>[], now: number): ReplicaSetInfo => {
  const { metadata, spec, status } = replicaSet
  const deadline = fromRfc3339(metadata.annotations?.[scaleDownDeadlineAnnotation])
  const template = metadata.annotations?.[experimentTemplateNameAnnotation]
  return {
    name: metadata.name,
    hash: metadata.labels?.[podTemplateHashLabel] ?? '',
    status: statusOf(replicaSet),
    roles: [],
    ...(deadline !== undefined && { scaleDownInMs: deadline - now }),
    ageMs: ageMs(replicaSet, now),
    images: (spec.template.spec?.containers ?? []).flatMap(({ image }) => image ?? []),
    desired: spec.replicas ?? 1,
    current: status?.replicas ?? 0,
    available: status?.availableReplicas ?? 0,
    ...(template !== undefined && { template }),
    pods: [...pods].sort(oldestFirst).map((pod) => podInfo(pod, now)),
  }
}

/** Objects to read the sets of one owner from. */
export interface ReplicaSetParts {
  readonly replicaSets: readonly Set[]
  readonly podsByOwner: ReadonlyMap<string, readonly DeepReadonly<Pod>[]>
}

/** The ReplicaSets of an Experiment, by name. */
export const experimentReplicaSets = ({ replicaSets, podsByOwner }: ReplicaSetParts, now: number): ReplicaSetInfo[] =>
  [...replicaSets]
    .sort(newestRevisionFirst)
    .map((replicaSet) => replicaSetInfo(replicaSet, podsByOwner.get(replicaSet.metadata.uid) ?? [], now))

/** The ReplicaSets of a Rollout with their roles, the newest revision first. */
export const rolloutReplicaSets = (rollout: R, parts: ReplicaSetParts, now: number): ReplicaSetInfo[] =>
  experimentReplicaSets(parts, now).map((info) => ({ ...info, roles: rolesOf(rollout, info.hash) }))

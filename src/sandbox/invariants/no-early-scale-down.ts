import { abortScaleDownDelayOf, scaleDownDelaySecondsOf } from '../../api/defaults.ts'
import type { ReplicaSet } from '../../api/kubernetes/workloads.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { experimentSetWith, percent, podsNeededFor } from './capacity.ts'
import { beforeAs, type Invariant, type JudgedWrite, owningRollout, writtenAs } from './invariant.ts'

interface Shrinking {
  readonly rollout: DeepReadonly<Rollout>
  readonly hash: string
  readonly from: number
  readonly to: number
  readonly available: number
}

const shrinkingOf = (write: JudgedWrite): Shrinking | undefined => {
  const after = writtenAs<ReplicaSet>('ReplicaSet', write.change)
  const before = beforeAs<ReplicaSet>('ReplicaSet', write.change)
  if (after === undefined || before === undefined) return undefined
  const rollout = write.rollouts.find(({ metadata }) => metadata.name === owningRollout(after))
  const hash = after.metadata.labels?.[hashLabel]
  const [from, to] = [before.spec.replicas ?? 1, after.spec.replicas ?? 1]
  if (rollout === undefined || hash === undefined || to >= from) return undefined
  return { rollout, hash, from, to, available: Math.min(from, before.status?.availableReplicas ?? 0) }
}

/** Seconds for which a ReplicaSet must stay after its last request; 0 where no delay is promised. */
const promisedDelay = ({ rollout, hash }: Shrinking): number => {
  const { status, spec } = rollout
  const { canary, blueGreen } = spec.strategy ?? {}
  const isLimited = (blueGreen ?? canary)?.scaleDownDelayRevisionLimit !== undefined
  if (canary?.dynamicStableScale === true || isLimited) return 0
  if (hash !== status?.currentPodHash) return scaleDownDelaySecondsOf(rollout)
  if (status.abort !== true || hash === status.stableRS) return 0
  const { seconds } = abortScaleDownDelayOf(rollout)
  return seconds === 'never' ? Number.POSITIVE_INFINITY : seconds
}

/** Pods of an experiment stay as long as a router sends them requests; how long after that is their own matter. */
const checkExperiments = (write: JudgedWrite): readonly string[] => {
  const after = writtenAs<ReplicaSet>('ReplicaSet', write.change)
  const hash = after?.metadata.labels?.[hashLabel]
  if (after === undefined || hash === undefined || (after.spec.replicas ?? 1) > 0) return []
  return write.rollouts.flatMap((rollout) => {
    const share = write.sharesAfter(rollout).get(hash) ?? 0
    if (share === 0 || experimentSetWith(write.cluster, rollout, hash) === undefined) return []
    return [`${after.metadata.name} is scaled to 0 while it gets ${percent(share)} of the requests`]
  })
}

/** Deadlines are stored in whole seconds. */
const toleranceMs = 1000

const check = (write: JudgedWrite): readonly string[] => {
  const shrinking = shrinkingOf(write)
  if (shrinking === undefined || shrinking.to >= shrinking.available) return []
  const { rollout, hash, from, to } = shrinking
  const share = write.sharesAfter(rollout).get(hash) ?? 0
  const what = `${rollout.metadata.name}'s ${hash} is scaled from ${from} to ${to}`
  if (to < podsNeededFor(rollout, share)) return [`${what} while it gets ${percent(share)} of the requests`]
  const leftAtMs = write.trafficLeftAtMs(rollout, hash)
  if (to > 0 || share > 0 || leftAtMs === undefined) return []
  const delay = promisedDelay(shrinking)
  const passed = (write.nowMs - leftAtMs + toleranceMs) / 1000
  return passed >= delay ? [] : [`${what} ${Math.floor(passed)} s after its last request, ${delay} s are promised`]
}

/** I2. */
export const noEarlyScaleDown: Invariant = {
  id: 'I2',
  promise: 'No ReplicaSet that gets requests is scaled down, nor before its delay has passed',
  check: (write) => [...check(write), ...checkExperiments(write)],
}

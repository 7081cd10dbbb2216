import type { DeepReadonly } from '../lib/json.ts'
import { conditionReasons, rolloutConditions } from './conditions.ts'
import type { RolloutPhase } from './phases.ts'
import type { Rollout } from './rollout.ts'
import type { RolloutStatus } from './rollout-status.ts'

/** The phase of a Rollout and the reason for it; the message may be empty. */
export interface PhaseAndMessage {
  readonly phase: RolloutPhase
  readonly message: string
}

type Spec = DeepReadonly<Rollout>['spec']
type Status = DeepReadonly<RolloutStatus>

const degrading: ReadonlySet<string> = new Set([conditionReasons.aborted, conditionReasons.progressDeadlineExceeded])

const degradedMessage = ({ conditions = [] }: Status): string | undefined => {
  const found = conditions.find(({ type, reason }) => type === rolloutConditions.invalidSpec || degrading.has(reason))
  if (found === undefined) return undefined
  const title = found.type === rolloutConditions.invalidSpec ? rolloutConditions.invalidSpec : found.reason
  return `${title}: ${found.message}`
}

const pausedMessage = (spec: Spec, status: Status): string | undefined =>
  spec.paused === true ? 'manually paused' : status.pauseConditions?.[0]?.reason

const blueGreenMessage = (spec: Spec, status: Status, isStable: boolean): string | undefined => {
  const { blueGreen } = spec.strategy ?? {}
  if (blueGreen === undefined) return undefined
  const active = status.blueGreen?.activeSelector ?? ''
  if (active === '' || active !== status.currentPodHash) return 'active service cutover pending'
  if (isStable) return undefined
  const run = status.blueGreen?.postPromotionAnalysisRunStatus
  const waitsForAnalysis = blueGreen.postPromotionAnalysis !== undefined && run?.status !== 'Successful'
  return waitsForAnalysis ? 'waiting for analysis to complete' : 'waiting for post-promotion verification to complete'
}

const canaryMessage = (spec: Spec, status: Status, isStable: boolean): string | undefined => {
  const { canary } = spec.strategy ?? {}
  if (canary === undefined) return undefined
  const old = (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
  if (canary.trafficRouting === undefined && old > 0) return 'old replicas are pending termination'
  if (isStable) return undefined
  const run = status.canary?.postPromotionAnalysisRunStatus
  const isJudged = canary.postPromotionAnalysis !== undefined && run !== undefined && run.status !== 'Successful'
  return isJudged ? 'waiting for analysis to complete' : 'waiting for all steps to complete'
}

const progressingMessage = (spec: Spec, status: Status): string | undefined => {
  const updated = status.updatedReplicas ?? 0
  const isStable = (status.stableRS ?? '') !== '' && status.stableRS === status.currentPodHash
  if (spec.restartAt !== undefined && spec.restartAt !== status.restartedAt) return 'rollout is restarting'
  if (updated < (spec.replicas ?? 1)) return 'more replicas need to be updated'
  if ((status.availableReplicas ?? 0) < updated) return 'updated replicas are still becoming available'
  return blueGreenMessage(spec, status, isStable) ?? canaryMessage(spec, status, isStable)
}

/** Phase and message as the published controller derives them: the first that applies. */
export const phaseOf = (spec: Spec, status: Status): PhaseAndMessage => {
  const degraded = degradedMessage(status)
  if (degraded !== undefined) return { phase: 'Degraded', message: degraded }
  const paused = pausedMessage(spec, status)
  if (paused !== undefined) return { phase: 'Paused', message: paused }
  const progressing = progressingMessage(spec, status)
  return progressing === undefined ? { phase: 'Healthy', message: '' } : { phase: 'Progressing', message: progressing }
}

import type { StepPluginStatus, TrafficWeights } from '../api/canary-status.ts'
import type { CanaryStep } from '../api/steps.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'

/** An event about a Rollout. Reason and message are interfaces: automation and notifications read them. */
export interface RolloutEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

const normal = (reason: string, message: string): RolloutEvent => ({ type: 'Normal', reason, message })
const warning = (reason: string, message: string): RolloutEvent => ({ type: 'Warning', reason, message })

/** A Rollout is seen for the first time. */
export const rolloutAddedToInformer = (namespace: string, name: string): RolloutEvent =>
  normal('RolloutAddedToInformer', `Rollout resource added to informer: ${namespace}/${name}`)

/** A Rollout is gone. Its name comes first, as in the published text. */
export const rolloutDeleted = (namespace: string, name: string): RolloutEvent =>
  normal('RolloutDeleted', `Rollout ${name}/${namespace} is deleted.`)

/** The Rollout has a new revision number. */
export const rolloutUpdated = (revision: number): RolloutEvent =>
  normal('RolloutUpdated', `Rollout updated to revision ${revision}`)

/** A ReplicaSet was created for a revision. */
export const newReplicaSetCreated = (replicaSet: string, revision: number): RolloutEvent =>
  normal('NewReplicaSetCreated', `Created ReplicaSet ${replicaSet} (revision ${revision})`)

/** A ReplicaSet could not be created. */
export const replicaSetCreateError = (message: string): RolloutEvent => warning('ReplicaSetCreateError', message)

/** A ReplicaSet got another size. */
export const scalingReplicaSet = (replicaSet: string, revision: number, from: number, to: number): RolloutEvent =>
  normal(
    'ScalingReplicaSet',
    `Scaled ${from < to ? 'up' : 'down'} ReplicaSet ${replicaSet} (revision ${revision}) from ${from} to ${to}`,
  )

/** A release began. */
export const rolloutNotCompleted = (revision: number, hash: string): RolloutEvent =>
  normal('RolloutNotCompleted', `Rollout not completed, started update to revision ${revision} (${hash})`)

/** A release ended well. */
export const rolloutCompleted = (revision: number, hash: string, reason: string): RolloutEvent =>
  normal('RolloutCompleted', `Rollout completed update to revision ${revision} (${hash}): ${reason}`)

/** A release was aborted. */
export const rolloutAborted = (message: string): RolloutEvent => warning('RolloutAborted', message)

/** The controller holds a release. */
export const rolloutPaused = (reason: string): RolloutEvent => normal('RolloutPaused', `Rollout is paused (${reason})`)

/** A held release goes on. */
export const rolloutResumed: RolloutEvent = normal('RolloutResumed', 'Rollout is resumed')

/** The steps are skipped, since the version is known. */
export const skipSteps = (message: string): RolloutEvent => normal('SkipSteps', message)

/** A step is done; steps are counted from 1. */
export const rolloutStepCompleted = (step: number, steps: number, label: string): RolloutEvent =>
  normal('RolloutStepCompleted', `Rollout step ${step}/${steps} completed (${label})`)

/** A Service selects the pods of another revision. */
export const switchService = (service: string, from: string, to: string): RolloutEvent =>
  normal('SwitchService', `Switched selector for service '${service}' from '${from}' to '${to}'`)

/** Further destinations as Go prints a list of structs, which is what scripts know. */
const additionalText = (destinations: DeepReadonly<TrafficWeights>['additional'] = []): string =>
  `[${destinations.map(({ weight, serviceName = '', podTemplateHash = '' }) => `{${weight} ${serviceName} ${podTemplateHash}}`).join(' ')}]`

/** Reason of the event that the weights changed. */
export const trafficWeightReason = 'TrafficWeightUpdated'

/** The weights changed. */
export const trafficWeightUpdated = (
  before: DeepReadonly<TrafficWeights> | undefined,
  after: DeepReadonly<TrafficWeights>,
): RolloutEvent => {
  const to = after.canary.weight
  const from = before?.canary.weight
  const isOther = before !== undefined && !equalJson(before.additional ?? [], after.additional ?? [])
  const changes = [
    ...(from === undefined ? [`to ${to}`] : from === to ? [] : [`from ${from} to ${to}`]),
    ...(isOther ? [`additional: ${additionalText(after.additional)}`] : []),
  ]
  return normal(trafficWeightReason, `Traffic weight updated ${changes.join(', ')}`)
}

/** A router could not be set. */
export const trafficRoutingError = (message: string): RolloutEvent => warning('TrafficRoutingError', message)

/** Our own: somebody else had changed what the routers are set to, and it is as the Rollout says again. */
export const trafficDriftCorrected = (message: string): RolloutEvent => warning('TrafficDriftCorrected', message)

/** A load balancer of AWS has what it should; `targetGroup` is its ARN. */
export const targetGroupVerified = (service: string, what: string, targetGroup?: string): RolloutEvent =>
  normal(
    'TargetGroupVerified',
    `Service ${service}${targetGroup === undefined ? '' : ` (TargetGroup ${targetGroup})`} verified: ${what}`,
  )

/** A load balancer of AWS does not have it yet. */
export const targetGroupUnverified = (service: string, why: string): RolloutEvent =>
  warning('TargetGroupUnverified', `Service ${service} not verified: ${why}`)

/** AWS could not be asked; as published, which does not know the target group then either. */
export const targetGroupVerifyError = (service: string, why: string): RolloutEvent =>
  warning('TargetGroupVerifyError', `Failed to verify Service ${service} (TargetGroup unknown): ${why}`)

/** Nobody could say whether a weight is in force; as published. */
export const weightVerifyError = (why: string): RolloutEvent =>
  warning('WeightVerifyError', `Failed to verify weight: ${why}`)

/** AWS knows no load balancer of this host name; as published. */
export const loadBalancerNotFound = (hostname: string): RolloutEvent =>
  warning('LoadBalancerNotFound', `Failed to find load balancer: ${hostname}`)

/** The phase of an AnalysisRun of the release changed. */
export const analysisRunChanged = (
  kind: string,
  run: string,
  phase: string,
  previous: string | undefined,
): RolloutEvent => {
  const message = `${kind} Analysis Run '${run}' Status New: '${phase}' Previous: '${previous ?? 'NoPreviousStatus'}'`
  const reason = `AnalysisRun${phase}`
  return phase === 'Failed' || phase === 'Error' ? warning(reason, message) : normal(reason, message)
}

/** An Experiment was created for a step. */
export const experimentCreated = (name: string): RolloutEvent =>
  normal('ExperimentCreated', `Created Experiment '${name}'`)

/** What a step plugin is at, as published; a step that succeeded is told by its completion. */
export const stepPluginTransition = (status: DeepReadonly<StepPluginStatus>): RolloutEvent | undefined => {
  const { name, index, operation, phase, disabled } = status
  if (disabled === true || (operation === 'Run' && phase === 'Successful')) return undefined
  const how =
    { Abort: `aborted (${phase})`, Terminate: `terminated (${phase})` }[operation] ?? `transitioned to ${phase}`
  const message = `Step plugin ${name} (step ${index + 1}) ${how}`
  const isBad = phase === 'Error' || phase === 'Failed'
  return (isBad ? warning : normal)('StepPluginTransition', message)
}

/** Something that the Rollout names cannot be used; the rest of it goes on. */
export const reconciliationError = (message: string): RolloutEvent => warning('ReconciliationError', message)

/** How events and `get rollout` name a step. */
export const stepLabel = (step: DeepReadonly<CanaryStep>): string => {
  if (step.setWeight !== undefined) return `setWeight: ${step.setWeight}`
  if (step.pause !== undefined) return step.pause.duration === undefined ? 'pause' : `pause: ${step.pause.duration}`
  if (step.experiment !== undefined) return 'experiment'
  if (step.analysis !== undefined) return 'analysis'
  if (step.setCanaryScale !== undefined) return `setCanaryScale${scaleLabel(step.setCanaryScale)}`
  if (step.plugin !== undefined) return `plugin: ${step.plugin.name}`
  if (step.setHeaderRoute !== undefined) return `setHeaderRoute: ${step.setHeaderRoute.name ?? ''}`
  if (step.setMirrorRoute !== undefined) return `setMirrorRoute: ${step.setMirrorRoute.name}`
  return 'invalid'
}

const scaleLabel = (scale: DeepReadonly<NonNullable<CanaryStep['setCanaryScale']>>): string => {
  if (scale.weight !== undefined) return `{weight: ${scale.weight}}`
  if (scale.matchTrafficWeight === true) return '{matchTrafficWeight: true}'
  return `{replicas: ${scale.replicas ?? 0}}`
}

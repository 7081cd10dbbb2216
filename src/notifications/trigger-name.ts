/** Reasons that Rollouts have events for, besides those of their routers. The last two are our own: see `phase-events.ts`. */
const eventReasons = [
  'RolloutAddedToInformer',
  'RolloutDeleted',
  'RolloutUpdated',
  'NewReplicaSetCreated',
  'ReplicaSetCreateError',
  'ScalingReplicaSet',
  'RolloutNotCompleted',
  'RolloutCompleted',
  'RolloutAborted',
  'RolloutPaused',
  'RolloutResumed',
  'RolloutStepCompleted',
  'SkipSteps',
  'SwitchService',
  'TrafficWeightUpdated',
  'TrafficRoutingError',
  'TrafficDriftCorrected',
  'TargetGroupVerified',
  'TargetGroupUnverified',
  'TargetGroupVerifyError',
  'WeightVerifyError',
  'LoadBalancerNotFound',
  'ExperimentCreated',
  'AnalysisRunPending',
  'AnalysisRunRunning',
  'AnalysisRunSuccessful',
  'AnalysisRunFailed',
  'AnalysisRunError',
  'AnalysisRunInconclusive',
  'StepPluginTransition',
  'ReconciliationError',
  'RolloutDegraded',
  'RolloutHealthy',
] as const

/** The trigger of an event: `on-rollout-step-completed` for `RolloutStepCompleted`, as the published controller names them. */
export const triggerOf = (reason: string): string => {
  const words = reason.replaceAll(/(.)([A-Z][a-z]+)/g, '$1-$2').replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
  return `on-${words.toLowerCase()}`
}

/** Triggers that an event fires; the others fire when their condition becomes true. */
export const eventTriggers: ReadonlySet<string> = new Set(eventReasons.map(triggerOf))

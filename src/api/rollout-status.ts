import * as z from 'zod'
import { analysisRunReference, canaryStatus } from './canary-status.ts'
import { int32, int64, openObject, timestamp } from './scalars.ts'
import { statusCondition } from './status-condition.ts'

const pauseCondition = z.object({
  reason: z
    .string()
    .describe('Why: CanaryPauseStep, BlueGreenPause, InconclusiveAnalysisRun or InconclusiveExperiment.'),
  startTime: timestamp.describe('Since when.'),
})

/** Why a release waits, and since when. A user resumes it by clearing the list. */
export type PauseCondition = z.infer<typeof pauseCondition>

const blueGreenStatus = z.object({
  activeSelector: z.string().optional().describe('Pod-template hash that the active Service selects.'),
  previewSelector: z.string().optional().describe('Pod-template hash that the preview Service selects.'),
  scaleUpPreviewCheckPoint: z
    .boolean()
    .optional()
    .describe('Whether the new version has passed its preview and may grow to full size.'),
  prePromotionAnalysisRunStatus: analysisRunReference.optional().describe('AnalysisRun before the switch.'),
  postPromotionAnalysisRunStatus: analysisRunReference.optional().describe('AnalysisRun after the switch.'),
})

/** The part of the status that only blue/green has. */
export type BlueGreenStatus = z.infer<typeof blueGreenStatus>

const awsResource = z.object({
  name: z.string().describe('Name of the resource.'),
  arn: z.string().describe('ARN of the resource.'),
  fullName: z.string().optional().describe('Full name of the resource, as CloudWatch dimensions use it.'),
})

const albStatus = z.object({
  ingress: z.string().optional().describe('Name of the Ingress.'),
  loadBalancer: awsResource.optional().describe('The load balancer.'),
  canaryTargetGroup: awsResource.optional().describe('Target group of the canary Service.'),
  stableTargetGroup: awsResource.optional().describe('Target group of the stable Service.'),
})

/** The AWS resources behind an Ingress. */
export type AlbStatus = z.infer<typeof albStatus>

const rolloutDuration = z.object({
  rolloutStartedAt: timestamp.optional().describe('When the release began.'),
  finishedAt: timestamp.optional().describe('When it ended.'),
  completionStatus: z
    .string()
    .optional()
    .describe('How it ended: Promoted, FastPromoted, Aborted, RolledBack or FastRolledBack.'),
  manualPauseStartedAt: timestamp.optional().describe('Since when it waits for a person.'),
  totalManualPauseDurationSeconds: int64.optional().describe('How long it has waited for people, in seconds.'),
})

/** How long a release took, and how it ended. */
export type RolloutDuration = z.infer<typeof rolloutDuration>

const routingInForce = z.object({
  canaryService: z.string().optional().describe('Service of the canary pods.'),
  stableService: z.string().optional().describe('Service of the stable pods.'),
  trafficRouting: openObject.describe('The routers, as the spec named them.'),
})

/** The routers that a Rollout serves, and the Services between which they split. */
export type RoutingInForce = z.infer<typeof routingInForce>

/** What the controller last observed and did. Users write some fields too: abort, pauseConditions, promoteFull. */
export const rolloutStatus = z.object({
  phase: z.string().optional().describe('Healthy, Progressing, Paused or Degraded.'),
  message: z.string().optional().describe('Why the Rollout is in this phase.'),
  abort: z
    .boolean()
    .optional()
    .describe('Whether the release is aborted. Users set it to abort, and clear it to retry.'),
  abortedAt: timestamp.optional().describe('When the abort was first seen.'),
  pauseConditions: z
    .array(pauseCondition)
    .optional()
    .describe('Why the release waits. Users clear the list to resume.'),
  controllerPause: z
    .boolean()
    .optional()
    .describe('Whether the controller itself paused the release; without pauseConditions, a user has resumed it.'),
  promoteFull: z.boolean().optional().describe('Whether the remaining steps are to be skipped. Users set it.'),
  currentPodHash: z.string().optional().describe('Pod-template hash of the desired version.'),
  stableRS: z.string().optional().describe('Pod-template hash of the last version that was promoted in full.'),
  currentStepIndex: int32.optional().describe('Index of the current step; the number of steps when all are done.'),
  currentStepHash: z.string().optional().describe('Hash of the steps, by which a change of them is noticed.'),
  replicas: int32.optional().describe('Pods of all versions.'),
  updatedReplicas: int32.optional().describe('Pods of the desired version.'),
  readyReplicas: int32.optional().describe('Ready pods.'),
  availableReplicas: int32.optional().describe('Pods that have been ready for minReadySeconds.'),
  HPAReplicas: int32.optional().describe('Pods that an autoscaler is to count.'),
  selector: z.string().optional().describe('Label selector for those pods, as text.'),
  collisionCount: int32.optional().describe('How often the name of a new ReplicaSet was taken; part of the next hash.'),
  observedGeneration: z
    .string()
    .optional()
    .describe('The metadata.generation that was last acted upon, as a decimal text.'),
  workloadObservedGeneration: z
    .string()
    .optional()
    .describe('The generation of the referenced workload that was last acted upon, as a decimal text.'),
  conditions: z.array(statusCondition).optional().describe('Aspects of the state, and since when they hold.'),
  canary: canaryStatus.optional().describe('State of a canary.'),
  blueGreen: blueGreenStatus.optional().describe('State of a blue/green release.'),
  routing: routingInForce
    .optional()
    .describe(
      'What routers were last served: those that the spec no longer names are given back. An addition to the published API.',
    ),
  restartedAt: timestamp.optional().describe('The spec.restartAt whose restart is complete.'),
  alb: albStatus.optional().describe('AWS resources behind the Ingress.'),
  albs: z.array(albStatus).optional().describe('AWS resources behind each of several Ingresses.'),
  duration: rolloutDuration.optional().describe('How long the current or last release took.'),
})

/** See {@link rolloutStatus}. */
export type RolloutStatus = z.infer<typeof rolloutStatus>

import * as z from 'zod'
import { int32, openObject, timestamp } from './scalars.ts'

/** What a Rollout knows of an AnalysisRun of its own. */
export const analysisRunReference = z.object({
  name: z.string().describe('Name of the AnalysisRun.'),
  status: z.string().describe('Phase of the AnalysisRun.'),
  message: z.string().optional().describe('Message of the AnalysisRun.'),
})

/** See {@link analysisRunReference}. */
export type AnalysisRunReference = z.infer<typeof analysisRunReference>

const weightDestination = z.object({
  weight: int32.describe('Share of the traffic, of maxTrafficWeight.'),
  serviceName: z.string().optional().describe('Service that receives it.'),
  podTemplateHash: z.string().optional().describe('Pod-template hash of the pods that receive it.'),
})

/** A destination and its share of the traffic. */
export type WeightDestination = z.infer<typeof weightDestination>

const trafficWeights = z.object({
  canary: weightDestination.describe('The new version.'),
  stable: weightDestination.describe('The stable version.'),
  additional: z.array(weightDestination).optional().describe('Pods of an experiment that get traffic.'),
  verified: z
    .boolean()
    .optional()
    .describe('Whether the router has taken the weights over. Absent where it cannot be asked.'),
})

/** The weights that were last written to the routers. */
export type TrafficWeights = z.infer<typeof trafficWeights>

const stepPluginStatus = z.object({
  index: int32.describe('Index of the step.'),
  name: z.string().describe('Name of the plugin.'),
  operation: z.string().describe('What it was asked to do: Run, Terminate or Abort.'),
  phase: z.string().optional().describe('Running, Successful, Failed or Error.'),
  message: z.string().optional().describe('What the plugin says about it.'),
  startedAt: timestamp.optional().describe('When the operation began.'),
  updatedAt: timestamp.optional().describe('When the plugin was last called.'),
  finishedAt: timestamp.optional().describe('When the operation ended.'),
  backoff: z.string().optional().describe('How long to wait before the plugin is called again, as a duration.'),
  executions: int32.optional().describe('How often the plugin was called.'),
  disabled: z.boolean().optional().describe('Whether the plugin is switched off, so that the step was passed.'),
  status: openObject.optional().describe('State of the plugin, in its own shape.'),
})

/** How a step plugin fared. */
export type StepPluginStatus = z.infer<typeof stepPluginStatus>

/** The part of the status that only a canary has. */
export const canaryStatus = z.object({
  weights: trafficWeights.optional().describe('The weights last written to the routers.'),
  currentStepAnalysisRunStatus: analysisRunReference.optional().describe('AnalysisRun of the current step.'),
  currentBackgroundAnalysisRunStatus: analysisRunReference.optional().describe('AnalysisRun beside the steps.'),
  postPromotionAnalysisRunStatus: analysisRunReference
    .optional()
    .describe('AnalysisRun after the last step. An addition of Crossfade.'),
  currentExperiment: z.string().optional().describe('Name of the Experiment of the current step.'),
  stablePingPong: z
    .string()
    .optional()
    .describe('Which Service of the pair is the stable one: ping or pong. Empty means pong.'),
  stepPluginStatuses: z.array(stepPluginStatus).optional().describe('How the step plugins fared.'),
})

/** See {@link canaryStatus}. */
export type CanaryStatus = z.infer<typeof canaryStatus>

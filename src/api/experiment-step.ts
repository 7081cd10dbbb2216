import * as z from 'zod'
import { labelSelector } from './kubernetes/label-selector.ts'
import { embeddedMetadata } from './kubernetes/object-meta.ts'
import { analysisRunArgument, dryRun } from './rollout-analysis.ts'
import { durationString, int32 } from './scalars.ts'

const stepTemplate = z.object({
  name: z.string().describe('Name of the template, unique in the step.'),
  specRef: z.string().describe('Which pod template is copied: canary or stable.'),
  replicas: int32.optional().describe('How many pods run. Default 1.'),
  metadata: embeddedMetadata.optional().describe('Labels and annotations for the pods, besides those of the template.'),
  selector: labelSelector.optional().describe('Selector for the pods. Default: that of the Rollout.'),
  weight: int32.optional().describe('Share of the traffic that the pods get, on routers that can do so.'),
  service: z
    .object({ name: z.string().optional().describe('Name of the Service. Default: the name of the ReplicaSet.') })
    .optional()
    .describe('Creates a Service for the pods; a weight does so too.'),
})

const stepAnalysis = z.object({
  name: z.string().describe('Name of the analysis, unique in the step.'),
  templateName: z.string().describe('Name of the AnalysisTemplate.'),
  clusterScope: z
    .boolean()
    .optional()
    .describe('Whether the name is that of a ClusterAnalysisTemplate. Default false.'),
  args: z.array(analysisRunArgument).optional().describe('Arguments for the template.'),
  requiredForCompletion: z
    .boolean()
    .optional()
    .describe('Whether the experiment ends as soon as this analysis, and all others so marked, have succeeded.'),
})

/** A step that runs an Experiment: pods beside the release, analysed for themselves. */
export const experimentStep = z.object({
  templates: z.array(stepTemplate).describe('What runs.'),
  duration: durationString
    .optional()
    .describe('How long it runs, as a duration such as 30m. Default: until the analyses end it.'),
  analyses: z.array(stepAnalysis).optional().describe('What is analysed while it runs.'),
  dryRun: z.array(dryRun).optional().describe('Metrics that are measured but decide nothing.'),
  analysisRunMetadata: embeddedMetadata.optional().describe('Labels and annotations for the AnalysisRuns.'),
  scaleDownDelaySeconds: int32.optional().describe('How long the pods stay after the end, in seconds. Default 30.'),
})

/** See {@link experimentStep}. */
export type ExperimentStep = z.infer<typeof experimentStep>

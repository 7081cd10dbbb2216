import * as z from 'zod'
import { argument } from './analysis-template.ts'
import { labelSelector } from './kubernetes/label-selector.ts'
import { embeddedMetadata, type Manifest, manifestMetaSchema, objectMetaSchema } from './kubernetes/object-meta.ts'
import { podTemplateSpec } from './kubernetes/pod-template.ts'
import { parserOf } from './parse.ts'
import { dryRun, measurementRetention } from './rollout-analysis.ts'
import { durationString, int32, timestamp } from './scalars.ts'
import { statusCondition } from './status-condition.ts'

const experimentTemplate = z.object({
  name: z.string().describe('Name of the template, unique in the experiment.'),
  replicas: int32.optional().describe('How many pods run. Default 1.'),
  minReadySeconds: int32
    .optional()
    .describe('How long a pod must be ready before it counts as available, in seconds. Default 0.'),
  selector: labelSelector.describe('Which pods belong to the template; must match its labels.'),
  template: podTemplateSpec.describe('The pods to run.'),
  service: z
    .object({ name: z.string().optional().describe('Name of the Service. Default: the name of the ReplicaSet.') })
    .optional()
    .describe('Creates a Service for the pods.'),
})

/** Pods that an Experiment runs. */
export type ExperimentTemplate = z.infer<typeof experimentTemplate>

const experimentAnalysis = z.object({
  name: z.string().describe('Name of the analysis, unique in the experiment.'),
  templateName: z.string().describe('Name of the AnalysisTemplate.'),
  clusterScope: z
    .boolean()
    .optional()
    .describe('Whether the name is that of a ClusterAnalysisTemplate. Default false.'),
  args: z.array(argument).optional().describe('Arguments for the template.'),
  requiredForCompletion: z
    .boolean()
    .optional()
    .describe('Whether the experiment ends as soon as this analysis, and all others so marked, have succeeded.'),
})

/** An analysis of an Experiment. */
export type ExperimentAnalysis = z.infer<typeof experimentAnalysis>

const experimentSpec = z.object({
  templates: z.array(experimentTemplate).describe('The pods to run.'),
  duration: durationString
    .optional()
    .describe('How long it runs once all pods are available, as a duration. Default: until the analyses end it.'),
  progressDeadlineSeconds: int32
    .optional()
    .describe('How long pods may take to become available before the experiment fails, in seconds. Default 600.'),
  terminate: z.boolean().optional().describe('Whether the experiment is to end now.'),
  analyses: z.array(experimentAnalysis).optional().describe('What is analysed while it runs.'),
  scaleDownDelaySeconds: int32.optional().describe('How long the pods stay after the end, in seconds. Default 30.'),
  dryRun: z.array(dryRun).optional().describe('Metrics that are measured but decide nothing.'),
  measurementRetention: z.array(measurementRetention).optional().describe('How many measurements are kept, by metric.'),
  analysisRunMetadata: embeddedMetadata.optional().describe('Labels and annotations for the AnalysisRuns.'),
})

/** What an Experiment runs, for how long, and what is analysed. */
export type ExperimentSpec = z.infer<typeof experimentSpec>

const templateStatus = z.object({
  name: z.string().describe('Name of the template.'),
  replicas: int32.describe('Pods there are.'),
  updatedReplicas: int32.describe('Pods that follow the template.'),
  readyReplicas: int32.describe('Ready pods.'),
  availableReplicas: int32.describe('Pods that have been ready for minReadySeconds.'),
  collisionCount: int32.optional().describe('How often the name of the ReplicaSet was taken.'),
  status: z.string().optional().describe('Progressing, Running, Successful, Failed or Error.'),
  message: z.string().optional().describe('Why the template is in this state.'),
  lastTransitionTime: timestamp.optional().describe('When the state last changed.'),
  serviceName: z.string().optional().describe('Name of the Service for the pods.'),
  podTemplateHash: z.string().optional().describe('Pod-template hash that the pods carry.'),
})

/** How the pods of a template fare. */
export type TemplateStatus = z.infer<typeof templateStatus>

const experimentAnalysisStatus = z.object({
  name: z.string().describe('Name of the analysis.'),
  analysisRun: z.string().describe('Name of the AnalysisRun.'),
  phase: z.string().describe('Phase of the AnalysisRun.'),
  message: z.string().optional().describe('Message of the AnalysisRun.'),
})

/** How an analysis of an Experiment fares. */
export type ExperimentAnalysisStatus = z.infer<typeof experimentAnalysisStatus>

/** The shape of the status of an Experiment. */
export const experimentStatus = z.object({
  phase: z.string().optional().describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: z.string().optional().describe('Why the experiment is in this phase.'),
  templateStatuses: z.array(templateStatus).optional().describe('How the pods of each template fare.'),
  availableAt: timestamp.optional().describe('When all pods were first available.'),
  conditions: z.array(statusCondition).optional().describe('Aspects of the state, and since when they hold.'),
  analysisRuns: z.array(experimentAnalysisStatus).optional().describe('How each analysis fares.'),
})

/** How an Experiment fares. */
export type ExperimentStatus = z.infer<typeof experimentStatus>

/** Pods that run for a while beside everything else, and are analysed: `argoproj.io/v1alpha1`, kind Experiment. */
export const experimentSchema = z
  .object({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('Experiment'),
    metadata: objectMetaSchema,
    spec: experimentSpec.describe('What runs, for how long, and what is analysed.'),
    status: experimentStatus.optional().describe('How the experiment fares.'),
  })
  .describe('One or more versions that run for a while side by side, and are analysed.')

/** See {@link experimentSchema}. */
export type Experiment = z.infer<typeof experimentSchema>

/** An Experiment as it is written, before a server has stored it. */
export type ExperimentManifest = Manifest<Experiment>

/** Reads a stored Experiment. What an older schema let through becomes field errors; unknown fields are kept. */
export const parseExperiment = parserOf(experimentSchema)

/** Reads an Experiment from a manifest, where what the server adds may be absent. */
export const parseExperimentManifest = parserOf(experimentSchema.extend({ metadata: manifestMetaSchema }))

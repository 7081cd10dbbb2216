import * as z from 'zod'
import { embeddedMetadata } from './kubernetes/object-meta.ts'
import { int32 } from './scalars.ts'

/** A reference to an AnalysisTemplate or ClusterAnalysisTemplate. */
export const templateRef = z.object({
  templateName: z.string().optional().describe('Name of the AnalysisTemplate.'),
  clusterScope: z
    .boolean()
    .optional()
    .describe('Whether the name is that of a ClusterAnalysisTemplate. Default false.'),
})

/** See {@link templateRef}. */
export type TemplateRef = z.infer<typeof templateRef>

/** Metrics, by a regular expression on their name, that are measured but decide nothing. */
export const dryRun = z.object({
  metricName: z.string().describe('Regular expression on metric names, not anchored.'),
})

/** See {@link dryRun}. */
export type DryRun = z.infer<typeof dryRun>

/** How many measurements are kept of the metrics that a regular expression names. */
export const measurementRetention = z.object({
  metricName: z.string().describe('Regular expression on metric names, not anchored.'),
  limit: int32.describe('How many of the newest measurements are kept; 0 means 10.'),
})

/** See {@link measurementRetention}. */
export type MeasurementRetention = z.infer<typeof measurementRetention>

/** A field of the object that starts an analysis. */
export const fieldRef = z.object({
  fieldPath: z.string().describe("Path of the field, such as metadata.labels['region'] or status.stableRS."),
})

/** An argument that a Rollout hands to an analysis: a value, or where to take it from. */
export const analysisRunArgument = z.object({
  name: z.string().describe('Name of the argument, as the template declares it.'),
  value: z.string().optional().describe('The value itself. Wins over valueFrom.'),
  valueFrom: z
    .object({
      podTemplateHashValue: z.string().optional().describe('Pod-template hash of a revision: Stable or Latest.'),
      fieldRef: fieldRef.optional().describe('A field of the Rollout.'),
    })
    .optional()
    .describe('Where the value is taken from when the run is created.'),
})

/** See {@link analysisRunArgument}. */
export type AnalysisRunArgument = z.infer<typeof analysisRunArgument>

/** The analysis that a strategy or a step asks for: templates that together become one AnalysisRun. */
export const rolloutAnalysis = z.object({
  templates: z.array(templateRef).optional().describe('Templates whose metrics are run together.'),
  args: z.array(analysisRunArgument).optional().describe('Arguments for the templates.'),
  dryRun: z.array(dryRun).optional().describe('Metrics that are measured but decide nothing.'),
  measurementRetention: z.array(measurementRetention).optional().describe('How many measurements are kept, by metric.'),
  analysisRunMetadata: embeddedMetadata.optional().describe('Labels and annotations for the AnalysisRun.'),
})

/** See {@link rolloutAnalysis}. */
export type RolloutAnalysis = z.infer<typeof rolloutAnalysis>

/** The analysis that runs beside the steps of a canary. */
export const backgroundAnalysis = rolloutAnalysis.extend({
  startingStep: int32.optional().describe('Index of the step at which the analysis starts. Default: with the release.'),
})

/** See {@link backgroundAnalysis}. */
export type BackgroundAnalysis = z.infer<typeof backgroundAnalysis>

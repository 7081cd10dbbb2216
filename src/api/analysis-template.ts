import * as z from 'zod'
import { type Manifest, manifestMetaSchema, objectMetaSchema } from './kubernetes/object-meta.ts'
import { metric } from './metric.ts'
import { parserOf } from './parse.ts'
import { dryRun, fieldRef, measurementRetention, templateRef } from './rollout-analysis.ts'

/** An argument of a template, a run or an experiment: a value, or where to take it from. */
export const argument = z.object({
  name: z.string().describe('Name of the argument, for {{args.name}}.'),
  value: z.string().optional().describe('The value, or its default in a template.'),
  valueFrom: z
    .object({
      secretKeyRef: z
        .object({
          name: z.string().describe('Name of the Secret, in the namespace of the run.'),
          key: z.string().describe('Key in the Secret.'),
        })
        .optional()
        .describe('A key of a Secret. It is read for each measurement and stored nowhere.'),
      fieldRef: fieldRef.optional().describe('A field of the Rollout.'),
    })
    .optional()
    .describe('Where the value is taken from.'),
})

/** See {@link argument}. */
export type Argument = z.infer<typeof argument>

const analysisTemplateSpec = z.object({
  metrics: z.array(metric).optional().describe('What is measured.'),
  args: z.array(argument).optional().describe('Arguments that the metrics use.'),
  dryRun: z.array(dryRun).optional().describe('Metrics that are measured but decide nothing.'),
  measurementRetention: z.array(measurementRetention).optional().describe('How many measurements are kept, by metric.'),
  templates: z.array(templateRef).optional().describe('Further templates whose content is added to this one.'),
})

/** What a template measures. AnalysisTemplate and ClusterAnalysisTemplate share it. */
export type AnalysisTemplateSpec = z.infer<typeof analysisTemplateSpec>

/** A template for analyses: `argoproj.io/v1alpha1`, kind AnalysisTemplate. */
export const analysisTemplateSchema = z
  .object({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('AnalysisTemplate'),
    metadata: objectMetaSchema,
    spec: analysisTemplateSpec.describe('What is measured, and how it is judged.'),
  })
  .describe('Metrics, and how they are judged, for the analyses of Rollouts and Experiments of its namespace.')

/** See {@link analysisTemplateSchema}. */
export type AnalysisTemplate = z.infer<typeof analysisTemplateSchema>

/** The same for all namespaces: `argoproj.io/v1alpha1`, kind ClusterAnalysisTemplate. */
export const clusterAnalysisTemplateSchema = analysisTemplateSchema
  .extend({ kind: z.literal('ClusterAnalysisTemplate') })
  .describe('Metrics, and how they are judged, for the analyses of Rollouts and Experiments of all namespaces.')

/** See {@link clusterAnalysisTemplateSchema}. */
export type ClusterAnalysisTemplate = z.infer<typeof clusterAnalysisTemplateSchema>

/** Templates as they are written to a file, before a server has stored them. */
export type AnalysisTemplateManifest = Manifest<AnalysisTemplate> | Manifest<ClusterAnalysisTemplate>

/** Reads a stored AnalysisTemplate. What an older schema let through becomes field errors; unknown fields are kept. */
export const parseAnalysisTemplate = parserOf(analysisTemplateSchema)

/** Reads a stored ClusterAnalysisTemplate, likewise. */
export const parseClusterAnalysisTemplate = parserOf(clusterAnalysisTemplateSchema)

/** Reads an AnalysisTemplate from a manifest, where what the server adds may be absent. */
export const parseAnalysisTemplateManifest = parserOf(analysisTemplateSchema.extend({ metadata: manifestMetaSchema }))

/** Reads a ClusterAnalysisTemplate from a manifest, likewise. */
export const parseClusterAnalysisTemplateManifest = parserOf(
  clusterAnalysisTemplateSchema.extend({ metadata: manifestMetaSchema }),
)

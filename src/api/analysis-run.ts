import * as z from 'zod'
import { argument } from './analysis-template.ts'
import { type Manifest, manifestMetaSchema, objectMetaSchema } from './kubernetes/object-meta.ts'
import { metric } from './metric.ts'
import { parserOf } from './parse.ts'
import { dryRun, measurementRetention } from './rollout-analysis.ts'
import { int32, stringMap, timestamp } from './scalars.ts'

const ttlStrategy = z.object({
  secondsAfterCompletion: int32.optional().describe('Seconds after the end, however the run ended.'),
  secondsAfterSuccess: int32.optional().describe('Seconds after the end of a successful run.'),
  secondsAfterFailure: int32.optional().describe('Seconds after the end of a failed run.'),
})

/** When a finished AnalysisRun is deleted. The field for its phase wins over the general one. */
export type TtlStrategy = z.infer<typeof ttlStrategy>

const analysisRunSpec = z.object({
  metrics: z.array(metric).describe('What is measured.'),
  args: z.array(argument).optional().describe('Arguments that the metrics use.'),
  terminate: z.boolean().optional().describe('Whether the run is to end now.'),
  dryRun: z.array(dryRun).optional().describe('Metrics that are measured but decide nothing.'),
  measurementRetention: z.array(measurementRetention).optional().describe('How many measurements are kept, by metric.'),
  ttlStrategy: ttlStrategy.optional().describe('When the finished run is deleted. Default: never.'),
})

/** What an AnalysisRun measures. */
export type AnalysisRunSpec = z.infer<typeof analysisRunSpec>

/** One measurement of a metric. */
export const measurement = z.object({
  phase: z.string().describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  value: z.string().optional().describe('What was measured, as text.'),
  message: z.string().optional().describe('What went wrong.'),
  startedAt: timestamp.optional().describe('When it began.'),
  finishedAt: timestamp.optional().describe('When it ended.'),
  resumeAt: timestamp.optional().describe('When the provider is to be asked again.'),
  metadata: stringMap.optional().describe('What the provider notes about it.'),
})

/** See {@link measurement}. */
export type Measurement = z.infer<typeof measurement>

const metricResult = z.object({
  name: z.string().describe('Name of the metric.'),
  phase: z.string().describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: z.string().optional().describe('Why the metric is in this phase.'),
  measurements: z.array(measurement).optional().describe('The newest measurements, the oldest first.'),
  count: int32.optional().describe('How many measurements were taken, errors aside.'),
  successful: int32.optional().describe('How many of them were successful.'),
  failed: int32.optional().describe('How many of them failed.'),
  inconclusive: int32.optional().describe('How many of them were inconclusive.'),
  error: int32.optional().describe('How many measurements ended in an error.'),
  consecutiveError: int32.optional().describe('How many of the last measurements, in a row, ended in an error.'),
  consecutiveSuccess: int32.optional().describe('How many of the last measurements, in a row, were successful.'),
  dryRun: z.boolean().optional().describe('Whether the metric decides nothing.'),
  metadata: stringMap.optional().describe('What the provider notes about the metric.'),
})

/** How a metric fared. */
export type MetricResult = z.infer<typeof metricResult>

const runSummary = z.object({
  count: int32.optional().describe('How many metrics there are.'),
  successful: int32.optional().describe('How many were successful.'),
  failed: int32.optional().describe('How many failed.'),
  inconclusive: int32.optional().describe('How many were inconclusive.'),
  error: int32.optional().describe('How many ended in an error.'),
})

/** How many metrics ended in which way. */
export type RunSummary = z.infer<typeof runSummary>

const analysisRunStatus = z.object({
  phase: z.string().describe('Pending, Running, Successful, Failed, Error or Inconclusive.'),
  message: z.string().optional().describe('Why the run is in this phase.'),
  metricResults: z.array(metricResult).optional().describe('How each metric fares.'),
  startedAt: timestamp.optional().describe('When the run began.'),
  completedAt: timestamp.optional().describe('When the run ended.'),
  runSummary: runSummary.optional().describe('How many metrics ended in which way.'),
  dryRunSummary: runSummary.optional().describe('The same for the metrics that decide nothing.'),
})

/** How an AnalysisRun fares. */
export type AnalysisRunStatus = z.infer<typeof analysisRunStatus>

/** An analysis that runs, or has run: `argoproj.io/v1alpha1`, kind AnalysisRun. It has no status subresource. */
export const analysisRunSchema = z
  .object({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('AnalysisRun'),
    metadata: objectMetaSchema,
    spec: analysisRunSpec.describe('What is measured, and how it is judged.'),
    status: analysisRunStatus.optional().describe('How the run fares.'),
  })
  .describe('An analysis that runs or has run: its metrics, their measurements, and the verdict.')

/** See {@link analysisRunSchema}. */
export type AnalysisRun = z.infer<typeof analysisRunSchema>

/** An AnalysisRun as it is written, before a server has stored it. */
export type AnalysisRunManifest = Manifest<AnalysisRun>

/** Reads a stored AnalysisRun. What an older schema let through becomes field errors; unknown fields are kept. */
export const parseAnalysisRun = parserOf(analysisRunSchema)

/** Reads an AnalysisRun from a manifest, where what the server adds may be absent. */
export const parseAnalysisRunManifest = parserOf(analysisRunSchema.extend({ metadata: manifestMetaSchema }))

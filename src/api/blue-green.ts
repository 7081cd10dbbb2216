import * as z from 'zod'
import { antiAffinity } from './anti-affinity.ts'
import { embeddedMetadata } from './kubernetes/object-meta.ts'
import { rolloutAnalysis } from './rollout-analysis.ts'
import { int32, intOrString } from './scalars.ts'

/** A release by switching a Service: the new version runs whole before any production traffic reaches it. */
export const blueGreenStrategy = z.object({
  activeService: z
    .string()
    .describe('Service for production traffic; it is switched when the new version is promoted.'),
  previewService: z.string().optional().describe('Service that reaches the new version before promotion.'),
  previewReplicaCount: int32
    .optional()
    .describe('Size of the new version until it is promoted. Default: spec.replicas.'),
  autoPromotionEnabled: z
    .boolean()
    .optional()
    .describe('Whether the new version is promoted as soon as it is ready. Default true; false waits to be resumed.'),
  autoPromotionSeconds: int32.optional().describe('How long a ready version waits before it is promoted, in seconds.'),
  maxUnavailable: intOrString
    .optional()
    .describe('Pods that may be missing during a restart: a number, or a percentage rounded down. Default 25%.'),
  scaleDownDelaySeconds: int32
    .optional()
    .describe('How long the old ReplicaSet stays after the switch, in seconds. Default 30.'),
  scaleDownDelayRevisionLimit: int32
    .optional()
    .describe('How many old ReplicaSets may stay at once for that delay. Default: no limit.'),
  abortScaleDownDelaySeconds: int32
    .optional()
    .describe('How long the new version stays after an abort, in seconds. Default 30; 0 keeps it.'),
  prePromotionAnalysis: rolloutAnalysis
    .optional()
    .describe('An analysis before the switch, which happens only if it succeeds.'),
  postPromotionAnalysis: rolloutAnalysis
    .optional()
    .describe('An analysis after the switch, which is taken back if it fails.'),
  antiAffinity: antiAffinity
    .optional()
    .describe('Keeps pods of the new version away from nodes that run the active one.'),
  previewMetadata: embeddedMetadata
    .optional()
    .describe('Labels and annotations that pods carry while they are the preview.'),
  activeMetadata: embeddedMetadata.optional().describe('Labels and annotations that pods carry while they are active.'),
})

/** See {@link blueGreenStrategy}. */
export type BlueGreenStrategy = z.infer<typeof blueGreenStrategy>

import * as z from 'zod'
import { antiAffinity } from './anti-affinity.ts'
import { embeddedMetadata } from './kubernetes/object-meta.ts'
import { backgroundAnalysis, rolloutAnalysis } from './rollout-analysis.ts'
import { int32, intOrString } from './scalars.ts'
import { canaryStep } from './steps.ts'
import { trafficRouting } from './traffic-routing.ts'

/** How much of a ReplicaSet must be available for a step to count as reached. */
export const replicaProgressThreshold = z.object({
  type: z.string().describe('What value counts: Percent or Pods.'),
  value: int32.describe('How much must be available.'),
})

/** See {@link replicaProgressThreshold}. */
export type ReplicaProgressThreshold = z.infer<typeof replicaProgressThreshold>

/** A release in steps: the new version gets a growing share of pods or of traffic. */
export const canaryStrategy = z.object({
  canaryService: z.string().optional().describe('Service whose selector follows the canary pods.'),
  stableService: z.string().optional().describe('Service whose selector follows the stable pods.'),
  steps: z
    .array(canaryStep)
    .optional()
    .describe('The way to full promotion, in order. Without steps: a rolling update.'),
  trafficRouting: trafficRouting
    .optional()
    .describe('Routers that split traffic by weight. Without them the number of pods makes the split.'),
  maxSurge: intOrString
    .optional()
    .describe('Pods that may run beyond spec.replicas: a number, or a percentage rounded up. Default 25%.'),
  maxUnavailable: intOrString
    .optional()
    .describe('Pods that may be missing from spec.replicas: a number, or a percentage rounded down. Default 25%.'),
  analysis: backgroundAnalysis
    .optional()
    .describe('An analysis that runs beside the steps; the release is aborted if it fails.'),
  postPromotionAnalysis: rolloutAnalysis
    .optional()
    .describe(
      'An analysis after the last step, once the new version has all traffic; only if it succeeds is that version stable. ' +
        'The release is aborted if it fails. An addition of Crossfade.',
    ),
  antiAffinity: antiAffinity
    .optional()
    .describe('Keeps pods of the new version away from nodes that run the stable one.'),
  canaryMetadata: embeddedMetadata
    .optional()
    .describe('Labels and annotations that pods carry while they are the canary.'),
  stableMetadata: embeddedMetadata.optional().describe('Labels and annotations that pods carry while they are stable.'),
  scaleDownDelaySeconds: int32
    .optional()
    .describe(
      'How long the old ReplicaSet stays after traffic has left it, in seconds. Default 30, with trafficRouting.',
    ),
  scaleDownDelayRevisionLimit: int32
    .optional()
    .describe('How many old ReplicaSets may stay at once for that delay. Default: no limit.'),
  abortScaleDownDelaySeconds: int32
    .optional()
    .describe('How long the canary stays after an abort, in seconds. Default 30; 0 keeps it. Needs trafficRouting.'),
  dynamicStableScale: z
    .boolean()
    .optional()
    .describe('Whether the stable ReplicaSet shrinks as its share of the traffic does. Needs trafficRouting.'),
  pingPong: z
    .object({
      pingService: z.string().describe('The one Service.'),
      pongService: z.string().describe('The other Service.'),
    })
    .optional()
    .describe('Two Services that change roles with each release, so that stable pods never change their Service.'),
  minPodsPerReplicaSet: int32
    .optional()
    .describe(
      'Pods that a ReplicaSet with traffic has at least, but never more than spec.replicas. Needs trafficRouting.',
    ),
  replicaProgressThreshold: replicaProgressThreshold
    .optional()
    .describe('How much of a ReplicaSet must be available before the release goes on. Default: all.'),
})

/** See {@link canaryStrategy}. */
export type CanaryStrategy = z.infer<typeof canaryStrategy>

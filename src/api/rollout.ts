import * as z from 'zod'
import { type Manifest, manifestMetaSchema, objectMetaSchema } from './kubernetes/object-meta.ts'
import { parserOf } from './parse.ts'
import { rolloutSpec } from './rollout-spec.ts'
import { rolloutStatus } from './rollout-status.ts'

/** A workload that is released progressively: `argoproj.io/v1alpha1`, kind Rollout. */
export const rolloutSchema = z
  .object({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('Rollout'),
    metadata: objectMetaSchema,
    spec: rolloutSpec.describe('What runs, and how it is released.'),
    status: rolloutStatus.optional().describe('What the controller last observed and did.'),
  })
  .describe('A workload like a Deployment whose new versions are released step by step, judged by metrics.')

/** See {@link rolloutSchema}. */
export type Rollout = z.infer<typeof rolloutSchema>

/** A Rollout as it is written to a file, before a server has stored it. */
export type RolloutManifest = Manifest<Rollout>

/** Reads a stored Rollout. What an older schema let through becomes field errors; unknown fields are kept. */
export const parseRollout = parserOf(rolloutSchema)

/** Reads a Rollout from a manifest, where what the server adds may be absent. */
export const parseRolloutManifest = parserOf(rolloutSchema.extend({ metadata: manifestMetaSchema }))

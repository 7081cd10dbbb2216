import * as z from 'zod'
import { stringMap } from '../scalars.ts'

/** A label selector (Kubernetes API, `metav1.LabelSelector`): all its parts must match. */
export const labelSelector = z
  .object({
    matchLabels: stringMap.optional().describe('Labels an object must carry, each with exactly this value.'),
    matchExpressions: z
      .array(
        z.object({
          key: z.string().describe('Label key the requirement is about.'),
          operator: z.string().describe('How the key is compared: In, NotIn, Exists or DoesNotExist.'),
          values: z
            .array(z.string())
            .meta({ 'x-kubernetes-list-type': 'atomic' })
            .optional()
            .describe('Values for In and NotIn; must be empty for Exists and DoesNotExist.'),
        }),
      )
      .meta({ 'x-kubernetes-list-type': 'atomic' })
      .optional()
      .describe('Requirements that must all hold besides matchLabels.'),
  })
  .meta({ 'x-kubernetes-map-type': 'atomic' })

/** See {@link labelSelector}. */
export type LabelSelector = z.infer<typeof labelSelector>

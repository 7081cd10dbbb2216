import * as z from 'zod'
import { stringMap } from '../scalars.ts'

/** Traffic routing by the canary annotations of ingress-nginx. */
export const nginxRouting = z.object({
  annotationPrefix: z
    .string()
    .optional()
    .describe('Prefix of the annotations that the ingress controller reads. Default nginx.ingress.kubernetes.io.'),
  stableIngress: z
    .string()
    .optional()
    .describe('Ingress that routes to the stable Service; a canary copy of it carries the weight.'),
  stableIngresses: z
    .array(z.string())
    .optional()
    .describe('Several stable Ingresses, instead of stableIngress; each gets a canary copy.'),
  additionalIngressAnnotations: stringMap
    .optional()
    .describe('Annotations for the canary Ingresses; a key without the annotation prefix gets it.'),
  canaryIngressAnnotations: stringMap
    .optional()
    .describe('Annotations for the canary Ingresses, with their keys exactly as given.'),
})

/** See {@link nginxRouting}. */
export type NginxRouting = z.infer<typeof nginxRouting>

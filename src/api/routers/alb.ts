import * as z from 'zod'
import { int32, int64 } from '../scalars.ts'

/** Traffic routing by the AWS Load Balancer Controller. */
export const albRouting = z.object({
  ingress: z.string().optional().describe('Ingress whose forward action is weighted. Either this or ingresses.'),
  ingresses: z.array(z.string()).optional().describe('Several Ingresses whose forward actions are weighted alike.'),
  servicePort: int32.describe('Port of the Services that the action forwards to.'),
  rootService: z
    .string()
    .optional()
    .describe('Service that the Ingress names as the action. Default: the stable Service.'),
  annotationPrefix: z
    .string()
    .optional()
    .describe('Prefix of the annotations that the controller reads. Default alb.ingress.kubernetes.io.'),
  stickinessConfig: z
    .object({
      enabled: z.boolean().describe('Whether a client stays with the target group it first met.'),
      durationSeconds: int64.describe('How long a client stays, in seconds: 1 to 604800.'),
    })
    .optional()
    .describe('Stickiness between the target groups of the forward action.'),
})

/** See {@link albRouting}. */
export type AlbRouting = z.infer<typeof albRouting>

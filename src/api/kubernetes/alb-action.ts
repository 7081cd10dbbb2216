import * as z from 'zod'

/** A target group of a forward action, named by the Service whose pods are in it. Weights are relative, 0 to 999. */
const targetGroup = z.object({ ServiceName: z.string(), ServicePort: z.string(), Weight: z.number() })

/**
 * What an annotation `<prefix>/actions.<name>` of an Ingress says: where requests go to the paths whose backend is
 * `<name>:use-annotation` (AWS Load Balancer Controller, "Ingress annotations"). Keys as the published controller writes them.
 */
export const albAction = z.object({
  Type: z.literal('forward'),
  ForwardConfig: z.object({
    TargetGroups: z.array(targetGroup),
    TargetGroupStickinessConfig: z.object({ Enabled: z.boolean(), DurationSeconds: z.number() }).optional(),
  }),
})

/** See {@link albAction}. */
export type AlbAction = z.infer<typeof albAction>

const albCondition = z.object({
  field: z.literal('http-header'),
  httpHeaderConfig: z.object({ httpHeaderName: z.string(), values: z.array(z.string()) }),
})

/** What an annotation `<prefix>/conditions.<name>` says: what requests to these paths must be like, in all of it. */
export const albConditions = z.array(albCondition)

/** See {@link albConditions}. One of the values of a header is enough. */
export type AlbConditions = z.infer<typeof albConditions>

/** Name of the port of a backend that stands for an annotation. */
export const useAnnotation = 'use-annotation'

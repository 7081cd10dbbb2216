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

const albCondition = z.discriminatedUnion('field', [
  z.object({
    field: z.literal('http-header'),
    httpHeaderConfig: z.object({ httpHeaderName: z.string(), values: z.array(z.string()) }),
  }),
  z.object({
    field: z.literal('query-string'),
    queryStringConfig: z.object({ values: z.array(z.object({ key: z.string(), value: z.string() })) }),
  }),
])

/** One of the values is enough. `*` and `?` are wildcards, and case does not count (AWS, "Condition types for listener rules"). */
export type AlbCondition = z.infer<typeof albCondition>

/** What an annotation `<prefix>/conditions.<name>` says: what requests to these paths must be like, in all of it. */
export const albConditions = z.array(albCondition)

/** See {@link albConditions}. */
export type AlbConditions = z.infer<typeof albConditions>

/** Name of the port of a backend that stands for an annotation. */
export const useAnnotation = 'use-annotation'

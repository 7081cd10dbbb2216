import * as z from 'zod'

/** Traffic routing by TrafficRoutes of Kuma. An addition to the published API. */
export const kumaRouting = z.object({
  trafficRoutes: z
    .array(z.string())
    .describe('TrafficRoutes, which have no namespace: every split of them that has both Services is weighted.'),
})

/** See {@link kumaRouting}. */
export type KumaRouting = z.infer<typeof kumaRouting>

import * as z from 'zod'

/** Traffic routing by a TrafficSplit of the Service Mesh Interface. */
export const smiRouting = z.object({
  rootService: z.string().optional().describe('Service that clients call. Default: the stable Service.'),
  trafficSplitName: z
    .string()
    .optional()
    .describe('Name of the TrafficSplit that is created. Default: the name of the Rollout.'),
})

/** See {@link smiRouting}. */
export type SmiRouting = z.infer<typeof smiRouting>

import * as z from 'zod'

/** Traffic routing by a weighted TraefikService. */
export const traefikRouting = z.object({
  weightedTraefikServiceName: z.string().describe('TraefikService whose weights are set; it must list both Services.'),
})

/** See {@link traefikRouting}. */
export type TraefikRouting = z.infer<typeof traefikRouting>

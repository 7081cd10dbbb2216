import * as z from 'zod'

/** Traffic routing by RouteTables of Gloo. An addition to the published API. */
export const glooRouting = z.object({
  routeTables: z
    .array(z.string())
    .describe(
      'RouteTables in the namespace of the Rollout: every route with several destinations that has both Services is weighted.',
    ),
})

/** See {@link glooRouting}. */
export type GlooRouting = z.infer<typeof glooRouting>

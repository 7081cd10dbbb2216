import * as z from 'zod'

/** Traffic routing by HTTPProxies of Contour. An addition to the published API. */
export const contourRouting = z.object({
  httpProxies: z
    .array(z.string())
    .describe(
      'HTTPProxies in the namespace of the Rollout: every route, and TCP proxy, of them that lists both Services is weighted.',
    ),
})

/** See {@link contourRouting}. */
export type ContourRouting = z.infer<typeof contourRouting>

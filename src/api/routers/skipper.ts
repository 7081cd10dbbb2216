import * as z from 'zod'

/** Traffic routing by Ingresses that Skipper serves. An addition to the published API. */
export const skipperRouting = z.object({
  ingresses: z
    .array(z.string())
    .describe(
      'Ingresses with both Services as backends of one path: their annotation zalando.org/backend-weights is set.',
    ),
})

/** See {@link skipperRouting}. */
export type SkipperRouting = z.infer<typeof skipperRouting>

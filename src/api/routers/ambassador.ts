import * as z from 'zod'

/** Traffic routing by Mappings of Ambassador (Emissary). */
export const ambassadorRouting = z.object({
  mappings: z
    .array(z.string())
    .describe('Mappings that route to the stable Service; each gets a weighted canary copy.'),
})

/** See {@link ambassadorRouting}. */
export type AmbassadorRouting = z.infer<typeof ambassadorRouting>

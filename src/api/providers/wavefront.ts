import * as z from 'zod'

/** A query of Wavefront. */
export const wavefrontMetric = z.object({
  address: z
    .string()
    .optional()
    .describe('Address of the server; the key of its token in the Secret wavefront-api-tokens.'),
  query: z.string().optional().describe('Wavefront query.'),
})

/** See {@link wavefrontMetric}. */
export type WavefrontMetric = z.infer<typeof wavefrontMetric>

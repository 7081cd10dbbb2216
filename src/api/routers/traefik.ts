import * as z from 'zod'

/** Traffic routing by a weighted TraefikService. */
export const traefikRouting = z.object({
  weightedTraefikServiceName: z.string().describe('TraefikService whose weights are set; it must list both Services.'),
  mirroringTraefikServiceName: z
    .string()
    .optional()
    .describe(
      'TraefikService that mirrors what the weighted one serves; setMirrorRoute steps set its mirrors. ' +
        'An addition to the published API.',
    ),
})

/** See {@link traefikRouting}. */
export type TraefikRouting = z.infer<typeof traefikRouting>

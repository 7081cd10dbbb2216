import * as z from 'zod'

/** Traffic routing by an ApisixRoute. */
export const apisixRouting = z.object({
  route: z
    .object({
      name: z.string().describe('Name of the ApisixRoute.'),
      rules: z.array(z.string()).optional().describe('Names of the HTTP rules to weight. Default: all.'),
    })
    .optional()
    .describe('ApisixRoute whose backends are weighted.'),
})

/** See {@link apisixRouting}. */
export type ApisixRouting = z.infer<typeof apisixRouting>

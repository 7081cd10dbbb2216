import * as z from 'zod'

/** Path at which a plugin says what it is; also its health check. */
export const describePath = '/v1/describe'

/** What a plugin says about itself. */
export const description = z.object({
  contract: z.literal('v1').describe('Version of this contract.'),
  kinds: z.array(z.enum(['metric', 'router', 'step'])).describe('What the plugin can be.'),
  version: z.string().optional().describe('Version of the plugin, for logs.'),
  abilities: z
    .array(z.enum(['header-routes', 'mirror-routes', 'additional-destinations']))
    .optional()
    .describe('What a router can do beyond weights. Default: all of it.'),
})

/** See {@link description}. */
export type Description = z.infer<typeof description>

import * as z from 'zod'

/** Who signs requests to AWS. `accessKey` and `secretKey` are additions, in the words of Prometheus' own configuration. */
export const sigv4 = z.object({
  region: z.string().optional().describe('AWS region.'),
  profile: z.string().optional().describe('AWS profile.'),
  roleArn: z.string().optional().describe('ARN of the role to assume.'),
  accessKey: z.string().optional().describe('Access key ID, with secretKey. An addition of Crossfade.'),
  secretKey: z
    .string()
    .optional()
    .describe('Secret access key, best taken from a Secret by an argument. An addition of Crossfade.'),
})

/** How a provider proves who it is. At most one of them is used. */
export const authentication = z.object({
  basicAuth: z
    .object({
      username: z.string().optional().describe('User name.'),
      password: z.string().optional().describe('Password, best taken from a Secret by an argument.'),
    })
    .optional()
    .describe('HTTP basic authentication.'),
  oauth2: z
    .object({
      tokenUrl: z.string().optional().describe('Address that issues tokens.'),
      clientId: z.string().optional().describe('Client id.'),
      clientSecret: z.string().optional().describe('Client secret, best taken from a Secret by an argument.'),
      scopes: z.array(z.string()).optional().describe('Scopes to ask for.'),
    })
    .optional()
    .describe('OAuth 2 client credentials.'),
  sigv4: sigv4.optional().describe('AWS Signature Version 4, for Amazon Managed Service for Prometheus.'),
  bearerToken: z
    .string()
    .optional()
    .describe('Bearer token, best taken from a Secret by an argument. An addition of Crossfade.'),
})

/** See {@link authentication}. */
export type Authentication = z.infer<typeof authentication>

/** A header of a request. */
export const httpHeader = z.object({
  key: z.string().describe('Name of the header.'),
  value: z.string().describe('Value of the header.'),
})

/** See {@link httpHeader}. */
export type HttpHeader = z.infer<typeof httpHeader>

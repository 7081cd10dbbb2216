import * as z from 'zod'
import { int32 } from './scalars.ts'

/** See {@link SessionAffinity}. */
export const sessionAffinity = z.object({
  cookieName: z.string().describe('Name of the cookie. Its value is the pod-template hash of the new version.'),
  maxAge: int32.optional().describe('How long a client keeps the cookie, in seconds. Default 86400, a day.'),
  path: z.string().optional().describe('Path attribute of the cookie. Default /.'),
  domain: z.string().optional().describe('Domain attribute of the cookie. Default: the host of the request alone.'),
  httpOnly: z.boolean().optional().describe('Whether scripts of a page cannot read the cookie.'),
  secure: z.boolean().optional().describe('Whether the cookie is sent with HTTPS only.'),
  sameSite: z
    .enum(['Strict', 'Lax', 'None'])
    .optional()
    .describe('With which requests from other sites the cookie is sent. None needs secure.'),
  partitioned: z.boolean().optional().describe('Whether each embedding site has a cookie of its own. Needs secure.'),
})

/** A user who was answered by the canary stays with it, by a cookie that its answers set, for as long as the release runs. */
export type SessionAffinity = z.infer<typeof sessionAffinity>

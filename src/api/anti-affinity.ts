import * as z from 'zod'
import { int32 } from './scalars.ts'

/** Keeps pods of the new version on other nodes than those of the stable one. Exactly one of the two is set. */
export const antiAffinity = z.object({
  preferredDuringSchedulingIgnoredDuringExecution: z
    .object({ weight: int32.describe('How much the scheduler minds, 1 to 100.') })
    .optional()
    .describe('The scheduler avoids such nodes if it can.'),
  requiredDuringSchedulingIgnoredDuringExecution: z
    .object({})
    .optional()
    .describe('The scheduler never uses such nodes.'),
})

/** See {@link antiAffinity}. */
export type AntiAffinity = z.infer<typeof antiAffinity>

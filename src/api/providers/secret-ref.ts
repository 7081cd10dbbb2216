import * as z from 'zod'

/** A Secret with the credentials of a metric system. */
export const secretRef = z.object({
  name: z.string().optional().describe('Name of the Secret.'),
  namespaced: z
    .boolean()
    .optional()
    .describe('Whether it lives in the namespace of the AnalysisRun, not in that of the controller.'),
})

/** See {@link secretRef}. */
export type SecretRef = z.infer<typeof secretRef>

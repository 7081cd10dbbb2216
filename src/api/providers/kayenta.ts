import * as z from 'zod'
import { int64 } from '../scalars.ts'

const scope = z.object({
  scope: z.string().describe('What is measured.'),
  region: z.string().describe('Region it is measured in.'),
  step: int64.describe('Distance between two points, in seconds.'),
  start: z
    .string()
    .optional()
    .describe('First instant, in RFC 3339. Default: from the start of the run or the interval.'),
  end: z.string().optional().describe('Last instant, in RFC 3339. Default: now.'),
})

/** A canary judgement of Spinnaker's Kayenta. */
export const kayentaMetric = z.object({
  address: z.string().describe('Address of the server.'),
  application: z.string().describe('Name of the application.'),
  canaryConfigName: z.string().describe('Name of the canary configuration.'),
  metricsAccountName: z.string().describe('Account for metrics.'),
  configurationAccountName: z.string().describe('Account for configurations.'),
  storageAccountName: z.string().describe('Account for storage.'),
  threshold: z
    .object({
      pass: int64.describe('Score from which the canary passes.'),
      marginal: int64.describe('Score below which it fails; between the two it is inconclusive.'),
    })
    .describe('How scores are judged.'),
  scopes: z
    .array(
      z.object({
        name: z.string().describe('Name of the scope.'),
        controlScope: scope.describe('The baseline.'),
        experimentScope: scope.describe('The canary.'),
      }),
    )
    .describe('What is compared with what.'),
  lookback: z.boolean().optional().describe('Whether every judgement looks back to the start of the run.'),
})

/** See {@link kayentaMetric}. */
export type KayentaMetric = z.infer<typeof kayentaMetric>

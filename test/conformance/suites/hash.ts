import { z } from 'zod'
import { podTemplateHash, stepsHash } from '../../../src/api/pod-template-hash.ts'
import { SourceNumber } from '../../../src/lib/go-json.ts'
import { deviations } from '../deviations.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const templateCase = z.object({
  id: z.string(),
  templateText: z.string(),
  collisionCount: z.number().nullable(),
  podTemplateHash: z.string(),
})

const stepCase = z.object({ id: z.string(), canaryText: z.string(), stepHash: z.string() })

/** JSON whose numbers keep their spelling: it decides about quantities and plugin configurations. */
const parseKeepingNumbers = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? new SourceNumber(context.source) : value,
  )

/** Hashes of pod templates, with and without a collision count. */
export const podTemplateHashSuite: Suite = {
  name: 'podTemplates',
  file: 'hash.json',
  run: ({ podTemplates }) =>
    runCases(
      z.array(templateCase).parse(podTemplates),
      ({ templateText, collisionCount, podTemplateHash: recorded }) =>
        compareAnswers(recorded, podTemplateHash(parseKeepingNumbers(templateText), collisionCount)),
      deviations,
    ),
}

/** Hashes of canary steps. */
export const stepsHashSuite: Suite = {
  name: 'steps',
  file: 'hash.json',
  run: ({ steps }) =>
    runCases(
      z.array(stepCase).parse(steps),
      ({ canaryText, stepHash }) => {
        const canary = z.object({ steps: z.unknown() }).partial().parse(parseKeepingNumbers(canaryText))
        return compareAnswers(stepHash, stepsHash(canary.steps))
      },
      deviations,
    ),
}

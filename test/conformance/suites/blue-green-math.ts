import * as z from 'zod'
import type { RolloutSpec } from '../../../src/api/rollout-spec.ts'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { blueGreenSize } from '../../../src/rollout/math/blue-green.ts'
import { maxUnavailable } from '../../../src/rollout/math/surge.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const replicaSet = z.object({ hash: z.string() })

const blueGreenCase = z.object({
  id: z.string(),
  rollout: z.object({ spec: z.custom<RolloutSpec>(), status: z.custom<RolloutStatus>() }),
  newRS: replicaSet,
  allRSs: z.array(replicaSet),
  newRSReplicas: z.number(),
  maxUnavailable: z.number(),
})

const answerTo = ({ rollout, newRS, allRSs }: z.infer<typeof blueGreenCase>) => {
  const { activeSelector = '' } = rollout.status.blueGreen ?? {}
  const active = allRSs.some(({ hash }) => hash === activeSelector) ? activeSelector : ''
  return { newRSReplicas: blueGreenSize(rollout, newRS.hash, active), maxUnavailable: maxUnavailable(rollout) }
}

/** Pods of the new revision of a blue/green release. */
export const blueGreenSuite: Suite = {
  name: 'blue/green',
  file: 'canary-math.json',
  run: ({ blueGreen }) =>
    runCases(
      z.array(blueGreenCase).parse(blueGreen),
      (testCase) => {
        const { newRSReplicas, maxUnavailable: recorded } = testCase
        return compareAnswers({ newRSReplicas, maxUnavailable: recorded }, answerTo(testCase))
      },
      new Map(),
    ),
}

import * as z from 'zod'
import type { RolloutSpec } from '../../../src/api/rollout-spec.ts'
import type { RolloutStatus } from '../../../src/api/rollout-status.ts'
import { intOrString } from '../../../src/api/scalars.ts'
import { approximateWeight } from '../../../src/rollout/math/approximate-weight.ts'
import { atDesiredCounts, desiredCounts, reachedThreshold } from '../../../src/rollout/math/progress.ts'
import type { ReplicaCounts } from '../../../src/rollout/math/release.ts'
import { maxSurge, maxUnavailable, resolveFenceposts } from '../../../src/rollout/math/surge.ts'
import { currentSetWeight, desiredCanarySize, desiredWeight } from '../../../src/rollout/math/weight.ts'
import { compareAnswers, runCases, type Suite } from '../suite.ts'

const file = 'canary-math.json'

const recordedSet = z.object({
  name: z.string(),
  specReplicas: z.number(),
  statusReplicas: z.number(),
  availableReplicas: z.number(),
})

const weight = z.object({ weight: z.number() })

const canaryCase = z.object({
  id: z.string(),
  rollout: z.object({ spec: z.custom<RolloutSpec>(), status: z.custom<RolloutStatus>() }),
  newRS: recordedSet.nullable(),
  stableRS: recordedSet.nullable(),
  olderRSs: z.array(recordedSet),
  weights: z.object({ canary: weight, stable: weight }).optional(),
  want: z.object({
    atDesired: z.boolean().optional(),
    canary: z.number(),
    currentSetWeight: z.number(),
    desiredReplicas: z.number().nullable(),
    desiredWeight: z.number(),
    maxSurge: z.number(),
    maxUnavailable: z.number(),
    stable: z.number(),
  }),
})

const countsOf = (set: z.infer<typeof recordedSet>): ReplicaCounts => ({
  desired: set.specReplicas,
  created: set.statusReplicas,
  available: set.availableReplicas,
})

const answerTo = ({ rollout, newRS, stableRS, olderRSs, weights, want }: z.infer<typeof canaryCase>) => {
  const isSame = newRS?.name === stableRS?.name
  const next = newRS === null ? undefined : countsOf(newRS)
  const recordedStable = stableRS === null ? undefined : countsOf(stableRS)
  const sets = { next, stable: isSame ? undefined : recordedStable, older: olderRSs.map(countsOf) }
  const size = desiredCanarySize(rollout, sets)
  const { canary, stable } = desiredCounts(rollout, sets, weights)
  return {
    // The recorded function is asked with the same ReplicaSet in both places too.
    ...(want.atDesired !== undefined && {
      atDesired: atDesiredCounts(rollout, { ...sets, stable: recordedStable }, weights),
    }),
    canary,
    currentSetWeight: currentSetWeight(rollout),
    desiredReplicas: 'replicas' in size ? size.replicas : null,
    desiredWeight: desiredWeight(rollout, sets),
    maxSurge: maxSurge(rollout),
    maxUnavailable: maxUnavailable(rollout),
    stable,
  }
}

const inKeyOrder = (answer: object): unknown =>
  Object.fromEntries(Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1)))

const noCanary =
  'no canary at all between the extremes: a step that asks for three quarters would be passed without one new pod'

/** Whether the published choice for a weight below the maximum is to have no canary: its one candidate is ruled out. */
const isLeftWithout = ({ rollout, want }: z.infer<typeof canaryCase>): boolean => {
  const { replicas = 1, strategy } = rollout.spec
  if (strategy?.canary?.trafficRouting !== undefined || want.maxSurge > 0) return false
  const exact = (replicas * want.desiredWeight) / 100
  return replicas > 1 && Math.ceil(exact) === replicas && exact - Math.floor(exact) === 0.5
}

/** Numbers of pods, weights and progress of replica-based and traffic-routed canaries. */
export const canaryCountsSuite: Suite = {
  name: 'canary counts',
  file,
  run: ({ cases }) => {
    const recorded = z.array(canaryCase).parse(cases)
    return runCases(
      recorded,
      (testCase) => compareAnswers(inKeyOrder(testCase.want), inKeyOrder(answerTo(testCase))),
      new Map(recorded.filter(isLeftWithout).map(({ id }) => [id, noCanary])),
    )
  },
}

const rowsOf = <Row extends readonly unknown[]>(table: unknown, row: z.ZodType<Row>) =>
  z
    .object({ rows: z.array(row) })
    .parse(table)
    .rows.map((values) => ({ id: JSON.stringify(values), values }))

/** The numbers of pods nearest to a weight. */
export const approximateWeightSuite: Suite = {
  name: 'approximate weight',
  file,
  run: ({ approximateWeighted }) => {
    const number = z.number()
    const rows = rowsOf(approximateWeighted, z.tuple([number, number, number, number, number, number]))
    const withoutCanary = rows.filter(
      ({ values: [replicas, wanted, most, , canary] }) => replicas > 1 && canary === 0 && wanted > 0 && wanted < most,
    )
    return runCases(
      rows,
      ({ values: [replicas, wanted, most, surge, canary, stable] }) =>
        compareAnswers({ canary, stable }, approximateWeight(replicas, wanted, most, surge)),
      new Map(withoutCanary.map(({ id }) => [id, noCanary])),
    )
  },
}

/** maxSurge and maxUnavailable as numbers of pods. */
export const fencepostSuite: Suite = {
  name: 'fence posts',
  file,
  run: ({ fenceposts }) =>
    runCases(
      rowsOf(fenceposts, z.tuple([intOrString, intOrString, z.number(), z.number(), z.number(), z.string()])),
      ({ values: [surge, unavailable, replicas, surgePods, unavailablePods, error] }) => {
        const recorded = error === '' ? { surge: surgePods, unavailable: unavailablePods } : 'unusable'
        return compareAnswers(recorded, resolveFenceposts(surge, unavailable, replicas) ?? 'unusable')
      },
      new Map(),
    ),
}

const thresholdRow = z.object({
  type: z.string(),
  value: z.number(),
  specReplicas: z.number(),
  availableReplicas: z.number(),
  desired: z.number(),
  met: z.boolean(),
})

/** When enough of a ReplicaSet is available to go on. */
export const progressThresholdSuite: Suite = {
  name: 'progress thresholds',
  file,
  run: ({ progressThreshold }) =>
    runCases(
      z
        .array(thresholdRow)
        .parse(progressThreshold)
        .map((row) => ({ id: JSON.stringify(row), ...row })),
      ({ type, value, specReplicas, availableReplicas, desired, met }) => {
        const threshold = type === '' ? undefined : { type, value }
        const set = { desired: specReplicas, created: specReplicas, available: availableReplicas }
        return compareAnswers(met, reachedThreshold(threshold, set, desired))
      },
      new Map(),
    ),
}

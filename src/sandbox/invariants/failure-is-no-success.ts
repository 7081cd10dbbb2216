import type { AnalysisRun } from '../../api/analysis-run.ts'
import { stepIndexLabel } from '../../api/labels.ts'
import { isCompleted } from '../../api/phases.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { beforeAs, type Invariant, type JudgedWrite, owningRollout, writtenAs } from './invariant.ts'
import { unearnedPromotions } from './promotion-is-earned.ts'

const checkRun = ({ change }: JudgedWrite): readonly string[] => {
  const [before, after] = [beforeAs<AnalysisRun>('AnalysisRun', change), writtenAs<AnalysisRun>('AnalysisRun', change)]
  if (before === undefined || after === undefined) return []
  const faults: string[] = []
  if (isCompleted(before.status?.phase) && before.status?.phase !== after.status?.phase) {
    faults.push(`AnalysisRun ${after.metadata.name} was ${before.status?.phase} and becomes ${after.status?.phase}`)
  }
  for (const result of before.status?.metricResults ?? []) {
    const now = after.status?.metricResults?.find(({ name }) => name === result.name)
    for (const old of result.measurements ?? []) {
      const same = now?.measurements?.find(({ startedAt }) => startedAt === old.startedAt)
      if (isCompleted(old.phase) && same !== undefined && same.phase !== old.phase) {
        faults.push(
          `A measurement of ${result.name} in ${after.metadata.name} was ${old.phase} and becomes ${same.phase}`,
        )
      }
    }
  }
  return faults
}

/** Steps that the controller itself declares done by this write. */
const stepsPassed = (before: DeepReadonly<Rollout>, after: DeepReadonly<Rollout>): readonly number[] => {
  const [old, now] = [before.status, after.status]
  const sameRelease = old?.currentPodHash === now?.currentPodHash && old?.currentStepHash === now?.currentStepHash
  if (!sameRelease || now?.abort === true || old?.promoteFull === true || now?.promoteFull === true) return []
  if (old?.currentPodHash === old?.stableRS) return []
  const [from, to] = [old?.currentStepIndex ?? 0, now?.currentStepIndex ?? 0]
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}

const stepRunsOf = (
  write: JudgedWrite,
  rollout: DeepReadonly<Rollout>,
  step: number,
): readonly DeepReadonly<AnalysisRun>[] =>
  write.cluster
    .list('AnalysisRun', rollout.metadata.namespace)
    .filter(
      (run) =>
        owningRollout(run) === rollout.metadata.name &&
        run.metadata.labels?.[stepIndexLabel] === String(step) &&
        run.metadata.labels[hashLabel] === rollout.status?.currentPodHash,
    )

const checkSteps = (write: JudgedWrite): readonly string[] => {
  const [before, after] = [beforeAs<Rollout>('Rollout', write.change), writtenAs<Rollout>('Rollout', write.change)]
  if (before === undefined || after === undefined) return []
  return stepsPassed(before, after).flatMap((step) => {
    if (after.spec.strategy?.canary?.steps?.[step]?.analysis === undefined) return []
    const passed = stepRunsOf(write, after, step).some(
      ({ status, spec }) => status?.phase === 'Successful' && spec.terminate !== true,
    )
    return passed ? [] : [`${after.metadata.name} passes its analysis step ${step} without a successful AnalysisRun`]
  })
}

/** I5. */
export const failureIsNoSuccess: Invariant = {
  id: 'I5',
  promise: 'A failed, errored or missing measurement never becomes a success',
  check: (write) => [...checkRun(write), ...checkSteps(write), ...unearnedPromotions(write)],
}

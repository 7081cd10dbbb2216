import { hasBeenStableAnnotation, rolloutTypeLabel, rolloutTypes } from '../../api/labels.ts'
import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import { hashLabel } from '../traffic/split.ts'
import { replicaSetWith } from './capacity.ts'
import { beforeAs, type JudgedWrite, owningRollout, writtenAs } from './invariant.ts'

/** The hash that a write of the status promotes after a release; undefined for the first version, and where nothing is promoted. */
const promoted = (before: DeepReadonly<Rollout>, after: DeepReadonly<Rollout>): string | undefined => {
  const { stableRS = '', promoteFull, blueGreen } = before.status ?? {}
  const hash = after.status?.stableRS
  const isServing = after.spec.strategy?.blueGreen === undefined || blueGreen?.activeSelector !== undefined
  const isRelease = stableRS !== '' && stableRS !== hash && isServing
  return isRelease && promoteFull !== true ? hash : undefined
}

/** Whether a revision is known: it was stable before, and waits to be scaled down, or is within the rollback window. */
const isTrusted = (write: JudgedWrite, rollout: DeepReadonly<Rollout>, hash: string): boolean =>
  rollout.spec.rollbackWindow !== undefined ||
  replicaSetWith(write.cluster, rollout, hash)?.metadata.annotations?.[hasBeenStableAnnotation] !== undefined

/** Promotions without a good verdict of the analysis that was to judge them last. */
export const unearnedPromotions = (write: JudgedWrite): readonly string[] => {
  const [before, after] = [beforeAs<Rollout>('Rollout', write.change), writtenAs<Rollout>('Rollout', write.change)]
  const { blueGreen, canary } = after?.spec.strategy ?? {}
  const isJudged = (blueGreen ?? canary)?.postPromotionAnalysis !== undefined
  if (before === undefined || after === undefined || !isJudged) return []
  const hash = promoted(before, after)
  if (hash === undefined || isTrusted(write, after, hash)) return []
  const isEarned = write.cluster
    .list('AnalysisRun', after.metadata.namespace)
    .filter((run) => owningRollout(run) === after.metadata.name && run.metadata.labels?.[hashLabel] === hash)
    .filter(({ metadata }) => metadata.labels?.[rolloutTypeLabel] === rolloutTypes.postPromotion)
    .some(({ status, spec }) => status?.phase === 'Successful' && spec.terminate !== true)
  return isEarned ? [] : [`${after.metadata.name} promotes ${hash} without a successful analysis after the promotion`]
}

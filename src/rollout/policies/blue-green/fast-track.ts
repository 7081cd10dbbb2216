import type { Draft } from '../../draft.ts'
import { activeHash } from '../shared/active-replica-set.ts'
import { isFastRollback } from '../shared/fast-rollback.ts'

/**
 * Whether nothing serves yet that the new revision could take the place of: no Service was ever switched, and no stable
 * pods are there. With some, as after a change of the strategy in the middle of a canary, those serve first; the published
 * controller promotes the new revision at once then.
 */
export const isFirstDeploy = (draft: Draft): boolean => {
  const { next, stable } = draft
  return activeHash(draft) === '' && (stable === undefined || stable === next || stable.available === 0)
}

/** Whether the new revision is switched to without pause and analysis, or serves already. */
export const isFastTracked = (draft: Draft): boolean =>
  activeHash(draft) === draft.next?.hash ||
  draft.before.promoteFull === true ||
  isFirstDeploy(draft) ||
  isFastRollback(draft)

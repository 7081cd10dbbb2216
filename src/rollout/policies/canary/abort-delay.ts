import { abortScaleDownDelayOf } from '../../../api/defaults.ts'
import type { Draft } from '../../draft.ts'
import { followsTraffic, isTrafficRouted } from '../../math/release.ts'

const isAbortedWithRouter = (draft: Draft): boolean =>
  draft.isAborted && draft.stable !== undefined && draft.stable !== draft.next && isTrafficRouted(draft.release)

/** Whether an aborted canary keeps its pods for good (abortScaleDownDelaySeconds: 0). */
export const staysAfterAbort = (draft: Draft): boolean =>
  isAbortedWithRouter(draft) && abortScaleDownDelayOf(draft.snapshot.rollout).seconds === 'never'

/**
 * Whether an aborted canary keeps its pods for a while. With dynamicStableScale it shrinks as its traffic goes instead,
 * unless a delay is asked for outright.
 */
export const delaysScaleDownAfterAbort = (draft: Draft): boolean => {
  const { seconds, explicit } = abortScaleDownDelayOf(draft.snapshot.rollout)
  return isAbortedWithRouter(draft) && seconds !== 'never' && (explicit || !followsTraffic(draft.release))
}

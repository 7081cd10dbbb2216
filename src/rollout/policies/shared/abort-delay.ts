import { abortScaleDownDelayOf } from '../../../api/defaults.ts'
import type { Draft } from '../../draft.ts'
import { followsTraffic, splitsByPods } from '../../math/release.ts'

/** An aborted canary without a router gives its pods up at once: they are its share of the traffic. */
const mayOutliveAbort = (draft: Draft): boolean =>
  draft.isAborted && draft.stable !== undefined && draft.stable !== draft.next && !splitsByPods(draft.release)

/** Whether an aborted revision keeps its pods for good (abortScaleDownDelaySeconds: 0). */
export const staysAfterAbort = (draft: Draft): boolean =>
  mayOutliveAbort(draft) && abortScaleDownDelayOf(draft.snapshot.rollout).seconds === 'never'

/**
 * Whether an aborted revision keeps its pods for a while. With dynamicStableScale it shrinks as its traffic goes instead,
 * unless a delay is asked for outright.
 */
export const delaysScaleDownAfterAbort = (draft: Draft): boolean => {
  const { seconds, explicit } = abortScaleDownDelayOf(draft.snapshot.rollout)
  return mayOutliveAbort(draft) && seconds !== 'never' && (explicit || !followsTraffic(draft.release))
}

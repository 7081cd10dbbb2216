import { equalJson } from '../../../lib/json-value.ts'
import type { Draft } from '../../draft.ts'
import { routingInForce } from '../../former-routing.ts'
import { reachedThreshold } from '../../math/progress.ts'
import { canaryOf, replicasWanted } from '../../math/release.ts'
import type { Policy } from '../policy.ts'

/** How long to wait before routers are asked again whether they have taken a change over. */
const verifyIntervalMs = 10_000

/** Whether stable can carry everything: it must where the canary has a share, unless that has lost its pods. */
const stableCanTakeAll = ({ snapshot, release, sets, stable }: Draft): boolean => {
  const canary = snapshot.rollout.status?.canary?.weights?.canary
  const served = sets.find(({ hash }) => hash === canary?.podTemplateHash)
  if (stable === undefined || canary === undefined || canary.weight === 0 || (served?.available ?? 0) === 0) return true
  const wanted = replicasWanted(release)
  const { replicaProgressThreshold } = canaryOf(release)
  return (
    stable.available >= wanted ||
    (replicaProgressThreshold !== undefined && reachedThreshold(replicaProgressThreshold, stable, wanted))
  )
}

/** A Rollout that another controller ran is taken over without a write; it is remembered with the first one there is. */
export const isWrittenAnyway = ({ snapshot, traffic, before }: Draft): boolean => {
  const { metadata, status } = snapshot.rollout
  return before.routing !== undefined || traffic.isWritten || status?.observedGeneration !== String(metadata.generation)
}

const remember = (draft: Draft): void => {
  const { status, release } = draft
  const routing = routingInForce(release)
  if (routing === undefined) delete status.routing
  else if (isWrittenAnyway(draft) && !equalJson(routing, status.routing)) Object.assign(status, { routing })
}

/**
 * Gives back the routers that the spec no longer names, in this order: stable grows to its full size, everything is sent to
 * it and the routes of steps go, and only then does anything else happen to the release, above all to pods and Services that
 * may still get requests. What is served now is remembered for the next time.
 */
export const leaveRouters: Policy = (draft) => {
  const { traffic, stable, release } = draft
  if (!traffic.isLeaving) {
    remember(draft)
    return undefined
  }
  if (!stableCanTakeAll(draft)) {
    if (stable !== undefined) draft.scale(stable, Math.max(stable.desired, replicasWanted(release)))
    return 'end'
  }
  const state = traffic.leave()
  if (state === 'left') {
    remember(draft)
    return undefined
  }
  if (state === 'pending') draft.wake(draft.snapshot.now + verifyIntervalMs)
  return 'end'
}

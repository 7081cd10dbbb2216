import { type ServiceRoles, serviceRolesOf } from '../../../api/service-roles.ts'
import type { Draft } from '../../draft.ts'
import { canaryOf, followsTraffic, isFullyPromoted, isTrafficRouted, replicasWanted } from '../../math/release.ts'
import { selectPods } from '../shared/select-pods.ts'
import { isReturningToStable, isRoutedElsewhere, recordedWeight } from './choose-weight.ts'

/**
 * The canary Service keeps the revision that its traffic is meant for until that traffic is known to be gone, or until
 * the stable pods that are to carry it have all grown back: the first pods of another revision could not.
 */
const isCanaryServiceBusy = (draft: Draft): boolean => {
  if (!draft.traffic.isRouted || draft.before.canary?.weights === undefined) return false
  const meantForOthers = isRoutedElsewhere(draft) && recordedWeight(draft) > 0
  return meantForOthers || !draft.traffic.isConfirmed || isReturningToStable(draft)
}

/**
 * Whether stableService leads to a revision that is complete while the stable one is not: a promotion went so far and was
 * cut off before the status told it. Switching back would send everything to pods that are about to end.
 */
const isStableServiceAhead = (draft: Draft, stableService: string): boolean => {
  const { services, sets, stable, release } = draft
  if (stable === undefined) return false
  const hash = services.selected(stableService)
  const present = sets.find((set) => set.hash === hash)
  const wanted = replicasWanted(release)
  return present !== undefined && present !== stable && present.available >= wanted && stable.available < wanted
}

/**
 * The canary Service of a ping-pong pair selects the new pods from the beginning, so that a load balancer knows them before
 * they get requests (as the published controller does; one that is taken over still waits, since it may serve others). It
 * keeps them through an abort and after the promotion, when the stable Service is the other one.
 */
const pointPair = (draft: Draft, { canary }: ServiceRoles): void => {
  if (draft.isAborted || isFullyPromoted(draft.release) || isCanaryServiceBusy(draft)) return
  selectPods(draft, canary, draft.next, draft.services.isManaged(canary))
}

/**
 * stableService selects the stable pods; canaryService the new ones, and after an abort the stable ones: at once where a
 * router has taken its traffic away or is about to, and not before it has where stable had shrunk and must grow first.
 */
export const pointServices = (draft: Draft): void => {
  const { stable, next, release } = draft
  const roles = serviceRolesOf(release)
  if (!isStableServiceAhead(draft, roles.stable)) selectPods(draft, roles.stable, stable)
  if (canaryOf(release).pingPong !== undefined) {
    pointPair(draft, roles)
    return
  }
  if (draft.isAborted && stable !== undefined) {
    const weight = draft.before.canary?.weights?.canary.weight ?? 0
    if (!followsTraffic(release) || weight === 0) selectPods(draft, roles.canary, stable, isTrafficRouted(release))
    return
  }
  if (!isCanaryServiceBusy(draft)) selectPods(draft, roles.canary, next)
}

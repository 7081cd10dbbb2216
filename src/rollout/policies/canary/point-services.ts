import type { Draft } from '../../draft.ts'
import { followsTraffic, isTrafficRouted, replicasWanted } from '../../math/release.ts'
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
const isStableServiceAhead = (draft: Draft, stableService: string | undefined): boolean => {
  const { services, sets, stable, release } = draft
  if (stableService === undefined || stable === undefined) return false
  const hash = services.selected(stableService)
  const present = sets.find((set) => set.hash === hash)
  const wanted = replicasWanted(release)
  return present !== undefined && present !== stable && present.available >= wanted && stable.available < wanted
}

/**
 * stableService selects the stable pods; canaryService the new ones, and after an abort the stable ones: at once where a
 * router has taken its traffic away or is about to, and not before it has where stable had shrunk and must grow first.
 */
export const pointServices = (draft: Draft): void => {
  const { canaryService, stableService } = draft.snapshot.rollout.spec.strategy?.canary ?? {}
  const { stable, next, release } = draft
  if (!isStableServiceAhead(draft, stableService)) selectPods(draft, stableService, stable)
  if (draft.isAborted && stable !== undefined) {
    const weight = draft.before.canary?.weights?.canary.weight ?? 0
    if (!followsTraffic(release) || weight === 0) selectPods(draft, canaryService, stable, isTrafficRouted(release))
    return
  }
  if (!isCanaryServiceBusy(draft)) selectPods(draft, canaryService, next)
}

import type { ManagedRoutes } from '../../../routers/route-steps.ts'
import type { Draft } from '../../draft.ts'
import { noRoutes, routesBySteps } from '../../math/managed-routes.ts'
import { desiredCounts } from '../../math/progress.ts'
import { isFullyPromoted } from '../../math/release.ts'
import { canaryServiceIsReady, isInterrupting } from './choose-weight.ts'

/** The routes that the release asks for: none once it is over, given up, or promoted at once. */
const wishedRoutes = (draft: Draft): ManagedRoutes => {
  const { release, before } = draft
  if (isFullyPromoted(release) || draft.isAborted || before.promoteFull === true) return noRoutes
  return routesBySteps(release)
}

/** Whether requests that a route sends to the canary find its pods there, and will. */
const canServe = (draft: Draft): boolean => {
  const { release, releaseSets, next, status } = draft
  if (next === undefined || next.available === 0 || isInterrupting(draft)) return false
  return canaryServiceIsReady(draft) && desiredCounts(release, releaseSets, status.canary?.weights).canary > 0
}

/**
 * The header and mirror routes that are to be in force now: those of the steps, while there are canary pods behind the
 * canary Service. They go before the pods do, whatever makes the pods go.
 */
export const chooseRoutes = (draft: Draft): ManagedRoutes => (canServe(draft) ? wishedRoutes(draft) : noRoutes)

/**
 * Whether the routes of the steps are in force as far as anybody can tell. A canary that is to have no pods has no routes
 * either, whatever the step says.
 */
export const areRoutesReached = (draft: Draft): boolean => {
  const { traffic, next } = draft
  if (!traffic.isRouted) return true
  return traffic.isConfirmed && (next?.desired === 0 || canServe(draft))
}

import type { TrafficWeights, WeightDestination } from '../../../api/canary-status.ts'
import { serviceRolesOf } from '../../../api/service-roles.ts'
import { equalJson } from '../../../lib/json-value.ts'
import type { Destination } from '../../../routers/router.ts'
import type { Draft } from '../../draft.ts'
import { trafficWeightUpdated } from '../../events.ts'
import { managedRouteNames } from '../../math/managed-routes.ts'
import { reachedThreshold } from '../../math/progress.ts'
import { canaryOf, isFullyPromoted, replicasWanted } from '../../math/release.ts'
import { maxWeight } from '../../math/weight.ts'
import { chooseRoutes } from './choose-routes.ts'
import { chooseSessionCookie } from './choose-session-cookie.ts'
import { chooseWeight, isRoutedElsewhere } from './choose-weight.ts'
import { experimentWeights } from './experiment-weights.ts'

/** How long to wait before routers are asked again whether they have taken the weights over. */
const verifyIntervalMs = 10_000

const weightsNow = (draft: Draft, stableHash: string): TrafficWeights => {
  const services = serviceRolesOf(draft.release)
  const weight = chooseWeight(draft)
  const additional = experimentWeights(draft)
  const further = additional.reduce((sum, destination) => sum + destination.weight, 0)
  const recordedHash = draft.before.canary?.weights?.canary.podTemplateHash
  // A share that is left belongs to the revision that it was given to.
  const canaryHash = (weight > 0 && isRoutedElsewhere(draft) ? recordedHash : draft.next?.hash) ?? ''
  return {
    canary: { podTemplateHash: canaryHash, ...(services.canary && { serviceName: services.canary }), weight },
    stable: {
      podTemplateHash: stableHash,
      ...(services.stable && { serviceName: services.stable }),
      weight: maxWeight(draft.release) - weight - further,
    },
    ...(additional.length > 0 && { additional: [...additional] }),
  }
}

const destinationOf = ({ serviceName = '', podTemplateHash = '', weight }: WeightDestination): Destination => ({
  serviceName,
  podTemplateHash,
  weight,
})

/** On a first deploy the stable pods come before anything is routed to them. */
const isWaitingForFirstPods = ({ release, before, stable }: Draft): boolean => {
  if (stable === undefined) return true
  if (before.canary?.weights !== undefined || !isFullyPromoted(release)) return false
  return !reachedThreshold(canaryOf(release).replicaProgressThreshold, stable, replicasWanted(release))
}

/**
 * Has the routers split the traffic as the release asks, and notes the weights. What differs from them in the routers'
 * objects is put right in every pass, whoever changed it. New weights count once they are read back, and where a router
 * can tell, once it has taken them over.
 */
export const routeTraffic = (draft: Draft): void => {
  const { status, traffic, before, stable } = draft
  status.canary ??= {}
  if (!traffic.isRouted) {
    delete status.canary.weights
    return
  }
  if (traffic.isWritten || isWaitingForFirstPods(draft) || stable === undefined) return

  const recorded = before.canary?.weights
  const weights = weightsNow(draft, stable.hash)
  const routes = chooseRoutes(draft)
  const sessionCookie = chooseSessionCookie(draft, weights, routes)
  const state = traffic.follow({
    canary: destinationOf(weights.canary),
    stable: destinationOf(weights.stable),
    additional: (weights.additional ?? []).map(destinationOf),
    maxWeight: maxWeight(draft.release),
    ...routes,
    ...(sessionCookie !== undefined && { sessionCookie }),
    managedRoutes: managedRouteNames(draft.release),
  })
  if (traffic.dueAt !== undefined) draft.wake(traffic.dueAt)
  // What nobody has accepted yet is not in force; what was before may be, and counts on. What is contested was told before.
  if (state === 'asked' || state === 'contested') return
  const { verified: _, ...known } = recorded ?? {}
  const isOther = !equalJson(recorded?.additional ?? [], weights.additional ?? [])
  if (recorded?.canary.weight !== weights.canary.weight || isOther) {
    draft.announce(trafficWeightUpdated(recorded, weights), traffic.isWritten ? traffic.key : undefined)
  }
  const verified = state === 'verified' ? true : state === 'pending' ? false : undefined
  const unchanged = state === 'written' && equalJson(known, weights) ? recorded?.verified : verified
  status.canary.weights = { ...weights, ...(unchanged !== undefined && { verified: unchanged }) }
  if (state === 'pending') draft.wake(draft.snapshot.now + verifyIntervalMs)
}

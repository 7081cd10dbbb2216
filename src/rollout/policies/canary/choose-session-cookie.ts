import type { TrafficWeights } from '../../../api/canary-status.ts'
import type { ManagedRoutes } from '../../../routers/route-steps.ts'
import { type SessionCookie, sessionCookieFor } from '../../../routers/session-cookie.ts'
import type { Draft } from '../../draft.ts'

import { canaryOf } from '../../math/release.ts'
import { canaryServiceIsReady } from './choose-weight.ts'

/**
 * The cookie that keeps users with the canary, while somebody may meet it: it has a share, or a route of a step. It ends with
 * an abort at once, and with a promotion when the share goes, since both versions are then one. A revision that was
 * interrupted keeps nobody.
 */
export const chooseSessionCookie = (
  draft: Draft,
  { canary }: TrafficWeights,
  { headerRoutes }: ManagedRoutes,
): SessionCookie | undefined => {
  const { release, next } = draft
  const affinity = canaryOf(release).trafficRouting?.sessionAffinity
  if (affinity === undefined || draft.isAborted || next === undefined || next.available === 0) return undefined
  if (canary.podTemplateHash !== next.hash || !canaryServiceIsReady(draft)) return undefined
  return canary.weight > 0 || headerRoutes.length > 0 ? sessionCookieFor(affinity, next.hash) : undefined
}

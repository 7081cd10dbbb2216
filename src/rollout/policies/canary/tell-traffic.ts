import { rolloutConditions } from '../../../api/conditions.ts'
import { equalJson } from '../../../lib/json-value.ts'
import { conditionOf, removeCondition } from '../../conditions.ts'
import type { Draft } from '../../draft.ts'
import { normalStatus } from '../../normal-status.ts'
import { verdictOfReport } from '../../routing-report.ts'
import { tellTrafficRouted } from '../../traffic-condition.ts'
import { isWrittenAnyway } from '../shared/leave-routers.ts'

/** A Rollout that is as it should be is not written for having no condition yet; that comes with the next change. */
const mayBegin = (draft: Draft): boolean =>
  isWrittenAnyway(draft) && !equalJson(normalStatus(draft.snapshot.rollout.status ?? {}), normalStatus(draft.status))

/** Shows in one condition what the routers were told, and where each of them stands. */
export const tellTraffic = (draft: Draft): void => {
  const { traffic, status, before, snapshot } = draft
  const { trafficRouted: type } = rolloutConditions
  if (!traffic.isRouted) {
    removeCondition(status, type)
    return
  }
  // A round that ended before the routers were told anything says nothing new of them.
  if (traffic.report === undefined) return
  if (conditionOf(before, type) === undefined && !mayBegin(draft)) return
  tellTrafficRouted(status, verdictOfReport(traffic.report), snapshot.rollout.status ?? {}, snapshot.now)
}

import { type ConditionReason, type ConditionStatus, conditionReasons } from '../api/conditions.ts'
import type { TrafficIntent, Verification } from '../routers/router.ts'
import type { Drift } from './drift.ts'

/** Where one router stands. */
export interface RouterReport {
  readonly router: string
  readonly state: /** The plan writes to its objects. */
    | 'written'
    /** Somebody keeps changing its objects, and they stay as they are for a while. */
    | 'contested'
    /** It has not answered whether it accepts the intent. */
    | 'asked'
    | Verification['state']
  readonly why?: string
}

/** What the routers were told last, and where they stand with it. */
export interface RoutingReport {
  readonly intent: TrafficIntent
  readonly routers: readonly RouterReport[]
  /** Weight of the canary that was in force before, out of the maximum. */
  readonly before: number | undefined
  /** What else people should know of the objects. */
  readonly remarks: readonly string[]
}

/** The parts of the condition TrafficRouted that change. */
export interface RoutingVerdict {
  readonly status: ConditionStatus
  readonly reason: ConditionReason
  /** What is desired; a message begins with it. */
  readonly desired: string
  readonly message: string
}

const {
  trafficContested: contested,
  trafficUpdating: updating,
  trafficNotVerified: notVerified,
  trafficVerified: verified,
  trafficSet: set,
} = conditionReasons

/** From the one that needs people most to the one that needs nobody. */
const byUrgency: readonly (readonly [readonly RouterReport['state'][], ConditionStatus, ConditionReason])[] = [
  [['contested'], 'False', contested],
  [['written', 'asked'], 'False', updating],
  [['pending'], 'False', notVerified],
  [['verified'], 'True', verified],
]

/** What routers are told, in a few words: `20 of 100 to shop-canary, with the routes testers`. */
export const desiredText = ({ canary, additional, maxWeight, headerRoutes, mirrorRoutes }: TrafficIntent): string => {
  const weights = [canary, ...additional].map(
    ({ weight, serviceName, podTemplateHash }) => `${weight} of ${maxWeight} to ${serviceName || podTemplateHash}`,
  )
  const routes = [...headerRoutes, ...mirrorRoutes].map(({ name }) => name)
  return [...weights, ...(routes.length > 0 ? [`with the routes ${routes.join(', ')}`] : [])].join(', ')
}

/** Why a route stays as others made it, for a while. */
export const contestText = (drifts: readonly Drift[]): string =>
  drifts
    .map(({ what, managers, fields }) => {
      const who = managers.length === 0 ? 'somebody' : managers.join(', ')
      return fields.length === 0
        ? `${who} keeps deleting ${what}`
        : `${who} keeps changing ${fields.join(', ')} of ${what}`
    })
    .join(', ')

const routerText = ({ router, state, why }: RouterReport, { before, intent }: RoutingReport): string => {
  const reason = why === undefined ? '' : `: ${why}`
  const { weight } = intent.canary
  const was = before === undefined || before === weight ? '' : `, was ${before}`
  switch (state) {
    case 'written':
      return `${router} is being set${was}`
    case 'asked':
      return `${router} has not accepted it yet${was}${reason}`
    case 'contested':
      return `${router} differs${reason}; it is put back after a while, again and again: tell who syncs it to ignore these fields`
    case 'pending':
      return `${router} is set, and not verified${reason}`
    case 'verified':
      return `${router} is set and verified`
    case 'not-verifiable':
      return `${router} is set, and does not report more`
    default:
      state satisfies never
      return router
  }
}

/** The condition TrafficRouted for a report. */
export const verdictOfReport = (report: RoutingReport): RoutingVerdict => {
  const states = report.routers.map(({ state }) => state)
  const [, status, reason] = byUrgency.find(([some]) => some.some((state) => states.includes(state))) ?? [
    [],
    'True',
    set,
  ]
  const desired = desiredText(report.intent)
  const parts = [...report.routers.map((one) => routerText(one, report)), ...report.remarks]
  const message = `${desired}: ${parts.join('; ')}`
  return { status, reason, desired, message }
}

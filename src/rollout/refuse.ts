import { conditionReasons, rolloutConditions } from '../api/conditions.ts'
import { type FieldError, formatFieldError } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import { phaseOf } from '../api/rollout-phase.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import { eventOfFault, eventOfMissing } from '../routers/published-events.ts'
import { conditionOf, renewCondition } from './conditions.ts'
import { type RolloutEvent, rolloutAddedToInformer, trafficRoutingError } from './events.ts'
import { normalStatus } from './normal-status.ts'
import type { Plan } from './plan.ts'
import type { Snapshot } from './snapshot.ts'
import { tellNotRouted } from './traffic-condition.ts'

/** Faults as the condition shows them: the published message for the first, and every further one after it. */
export const invalidSpecMessage = (name: string, faults: readonly FieldError[]): string =>
  `The Rollout "${name}" is invalid: ${faults.map(formatFieldError).join('; ')}`

/** The status with the condition InvalidSpec; everything else stays as it is, so that the Rollout goes on when mended. */
export const invalidStatus = (
  rollout: DeepReadonly<Rollout>,
  before: DeepReadonly<RolloutStatus>,
  message: string,
  now: number,
): DeepReadonly<RolloutStatus> => {
  const status = cloneJson(before) as RolloutStatus
  const { invalidSpec: type } = rolloutConditions
  if (conditionOf(status, type)?.message !== message) {
    const wish = { type, status: 'True', reason: conditionReasons.invalidSpec, message } as const
    renewCondition(status, wish, toRfc3339(now))
  }
  tellNotRouted(status, now)
  status.observedGeneration = String(rollout.metadata.generation ?? 0)
  Object.assign(status, phaseOf(rollout.spec, status))
  return normalStatus(status)
}

const routingField = 'spec.strategy.canary.trafficRouting'

/** What is told of faults of routing objects, in addition to the condition: with the reasons that are known, and as a whole. */
const eventsOfRouting = (
  { routers, known, rollout }: RoutedSnapshot,
  faults: readonly FieldError[],
): readonly RolloutEvent[] => {
  const { trafficRouting = {} } = rollout.spec.strategy?.canary ?? {}
  const ofRouting = faults.filter(({ field }) => field.startsWith(routingField))
  if (ofRouting.length === 0) return []
  const missing = routers
    .flatMap((router) => router.refs(known))
    // What a router makes itself is not missed before it is there.
    .filter(({ name }) => ofRouting.some(({ detail }) => detail.endsWith(`"${name}" not found`)))
    .filter((ref) => known.get(ref) === undefined)
    .map((ref) => eventOfMissing(ref, trafficRouting))
  const special = [...missing, ...ofRouting.map(eventOfFault)].filter((event) => event !== undefined)
  return [...special, trafficRoutingError(ofRouting.map(formatFieldError).join('; '))]
}

/** The part of a snapshot that this looks at. */
type RoutedSnapshot = Pick<Snapshot, 'rollout' | 'now' | 'routers' | 'known'>

/** The plan for a Rollout that is not to be touched: nothing is done, and the status says why. */
export const refuse = (snapshot: RoutedSnapshot, faults: readonly FieldError[]): Plan => {
  const { rollout, now } = snapshot
  const { metadata } = rollout
  const isNew = rollout.status === undefined || Object.keys(rollout.status).length === 0
  const message = invalidSpecMessage(metadata.name, faults)
  const status = invalidStatus(rollout, rollout.status ?? {}, message, now)
  const isNews = conditionOf(rollout.status ?? {}, rolloutConditions.invalidSpec)?.message !== message
  const events = [
    ...(isNew ? [rolloutAddedToInformer(metadata.namespace ?? '', metadata.name)] : []),
    ...(isNews ? eventsOfRouting(snapshot, faults) : []),
  ]
  return {
    effects: [],
    announcements: events.map((event) => ({ event })),
    status,
    observed: status,
    wakeAt: undefined,
    finished: [],
  }
}

import { conditionReasons, rolloutConditions } from '../api/conditions.ts'
import { phaseOf } from '../api/rollout-phase.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import { NameTakenError } from '../kube/create-once.ts'
import { isConflict, isForbidden, isInvalid, isNotFound, KubeError } from '../kube/errors.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import type { ObjectWrite } from '../routers/router.ts'
import { setCondition } from './conditions.ts'
import { driftEvent } from './drift.ts'
import { DroppedFieldError } from './dropped-field.ts'
import type { Effect, Outcome } from './effects.ts'
import { type RolloutEvent, replicaSetCreateError, trafficRoutingError, trafficWeightReason } from './events.ts'
import { normalStatus } from './normal-status.ts'
import type { Plan } from './plan.ts'
import type { FinishedRelease } from './policies/shared/track-duration.ts'
import { invalidStatus } from './refuse.ts'
import type { Snapshot } from './snapshot.ts'
import { tellTrafficRouted } from './traffic-condition.ts'

/** What is to be published after a pass, and how to go on. */
export interface Report {
  readonly status: DeepReadonly<RolloutStatus>
  readonly events: readonly RolloutEvent[]
  readonly finished: readonly FinishedRelease[]
  readonly next:
    | { readonly type: 'done' }
    /** What was seen is outdated: look again. */
    | { readonly type: 'again' }
    /** Try again with growing delays. */
    | { readonly type: 'retry'; readonly error: unknown }
}

const again: Report['next'] = { type: 'again' }
const retry = (error: unknown): Report['next'] => ({ type: 'retry', error })

type Failure = Outcome & { readonly result: 'failed' }

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const isFailure = (outcome: Outcome): outcome is Failure => outcome.result === 'failed'

/** What a write to a routing object tells of itself, once it is done. */
const eventsOfRoutes = (outcomes: readonly Outcome[]): readonly RolloutEvent[] =>
  outcomes.flatMap(({ effect, result }) => {
    if (effect.type !== 'routeTraffic' || result !== 'done') return []
    const { drift, events } = effect
    return [...(drift === undefined ? [] : [driftEvent(drift)]), ...(events?.done ?? [])]
  })

/**
 * Events whose effect is done; those about the new status only if all of them are. Routing objects are written before the
 * weights are told of.
 */
const eventsOf = (plan: Plan, outcomes: readonly Outcome[]): readonly RolloutEvent[] => {
  const routes = eventsOfRoutes(outcomes)
  const told = announcedBy(plan, outcomes)
  const at = told.findIndex(({ reason }) => reason === trafficWeightReason)
  return at === -1 ? [...told, ...routes] : [...told.slice(0, at), ...routes, ...told.slice(at)]
}

const announcedBy = (plan: Plan, outcomes: readonly Outcome[]): readonly RolloutEvent[] => {
  const open = new Set(outcomes.filter(({ result }) => result !== 'done').map(({ effect }) => effect.key))
  const known = new Set(plan.effects.map(({ key }) => key))
  const isTrue = (needs: string | undefined): boolean =>
    needs === undefined ? open.size === 0 : known.has(needs) && !open.has(needs)
  return plan.announcements.filter(({ needs }) => isTrue(needs)).map(({ event }) => event)
}

const causesOf = (error: KubeError): string =>
  error.causes.length === 0
    ? error.serverMessage
    : error.causes.map(({ field = '', message = '' }) => (field === '' ? message : `${field}: ${message}`)).join('; ')

interface Verdict {
  readonly status: DeepReadonly<RolloutStatus>
  readonly events: readonly RolloutEvent[]
  readonly next: Report['next']
}

const withCreateError = (snapshot: Snapshot, plan: Plan, effect: Effect, error: unknown): Verdict => {
  const status = cloneJson(plan.observed) as RolloutStatus
  const message = `Failed to create new replica set "${effect.key.slice('replicaset/'.length)}": ${messageOf(error)}`
  const { progressing: type } = rolloutConditions
  const wish = { type, status: 'False', reason: conditionReasons.replicaSetCreateError, message } as const
  setCondition(status, wish, toRfc3339(snapshot.now))
  Object.assign(status, phaseOf(snapshot.rollout.spec, status))
  return {
    status: normalStatus(status),
    events: [replicaSetCreateError(message)],
    next: { type: 'retry', error },
  }
}

const ofReplicaSetCreation = (snapshot: Snapshot, plan: Plan, { effect, error }: Failure): Verdict => {
  if (error instanceof NameTakenError) {
    const collisionCount = (snapshot.rollout.status?.collisionCount ?? 0) + 1
    return { status: normalStatus({ ...plan.observed, collisionCount }), events: [], next: { type: 'again' } }
  }
  if (error instanceof KubeError && isInvalid(error)) {
    // The server refuses the pod template: only a change of the Rollout can help, and that comes by itself.
    const message = `The Rollout "${snapshot.rollout.metadata.name}" is invalid: ${causesOf(error)}`
    const status = invalidStatus(snapshot.rollout, plan.observed, message, snapshot.now)
    return { status, events: [], next: { type: 'done' } }
  }
  return withCreateError(snapshot, plan, effect, error)
}

/**
 * A refusal lasts, so it is shown until a later try is accepted. An overload and a lost answer do not, and an object that is
 * gone is missed by the next pass.
 */
const isRefusal = (error: unknown): error is KubeError =>
  error instanceof KubeError && error.code >= 400 && error.code < 500 && ![404, 409, 429].includes(error.code)

/** Why a write was, or would have been, refused; `undefined` for another failure. */
const refusalOf = (error: unknown, write: ObjectWrite): string | undefined => {
  if (error instanceof DroppedFieldError) return error.message
  return isRefusal(error) ? `refused by the API server: ${causesOf(error)}${hintOn(error, write)}` : undefined
}

const verbs = { create: 'creating', patch: 'patching', delete: 'deleting' } as const

type RouteFailure = Failure & { readonly effect: Extract<Effect, { type: 'routeTraffic' }> }

const isRouteFailure = (failure: Failure): failure is RouteFailure => failure.effect.type === 'routeTraffic'

const eventsOfRefusal = ({ effect, error }: RouteFailure): readonly RolloutEvent[] => {
  const message = messageOf(error)
  const failed = effect.events?.failed?.(error instanceof KubeError ? error.serverMessage : message)
  return [...(failed === undefined ? [] : [failed]), trafficRoutingError(message)]
}

/** What a refused write was to do, and why it was refused. */
const refusedText = ({ effect: { router, write }, error }: RouteFailure): readonly (readonly [string, string])[] => {
  const why = refusalOf(error, write)
  if (why === undefined) return []
  return [[`${router}: ${verbs[write.type]} ${write.ref.resource.kind} "${write.ref.name}" (${write.why})`, why]]
}

/** Each router that could not be told has its say, since the others were. */
const ofRouting = (snapshot: Snapshot, plan: Plan, failures: readonly RouteFailure[]): Verdict => {
  const told = failures.filter(({ error }) => !isConflict(error))
  const [first] = told
  if (first === undefined) return { status: plan.observed, events: [], next: again }
  const verdict = { events: told.flatMap(eventsOfRefusal), next: retry(first.error) }
  const refusals = told.flatMap(refusedText)
  const [refusal] = refusals
  if (refusal === undefined) return { ...verdict, status: plan.observed }
  const status = cloneJson(plan.observed) as RolloutStatus
  const message = refusals.map(([what, why]) => `${what}: ${why}`).join('; ')
  const refused = { status: 'False', reason: conditionReasons.trafficRefused, desired: refusal[0], message } as const
  tellTrafficRouted(status, refused, snapshot.rollout.status ?? {}, snapshot.now)
  return { ...verdict, status: normalStatus(status) }
}

const hintOn = (error: KubeError, { type, ref: { resource } }: ObjectWrite): string =>
  isForbidden(error) ? `; the controller needs the right to ${type} ${resource.plural} of ${resource.group}` : ''

const verdictOn = (snapshot: Snapshot, plan: Plan, failures: readonly [Failure, ...Failure[]]): Verdict => {
  const [failure] = failures
  const { effect, error } = failure
  if (isRouteFailure(failure)) return ofRouting(snapshot, plan, failures.filter(isRouteFailure))
  const unchanged = { status: plan.observed, events: [] }
  if (isConflict(error) || (isNotFound(error) && effect.type !== 'createReplicaSet')) {
    return { ...unchanged, next: { type: 'again' } }
  }
  if (effect.type === 'createReplicaSet') return ofReplicaSetCreation(snapshot, plan, failure)
  return { ...unchanged, events: [], next: { type: 'retry', error } }
}

/**
 * What is true after a pass: the planned status if everything was done, else what is observed, with what the failure means
 * for the Rollout. An error of the API server is a condition or an event here, a taken name a higher collisionCount.
 */
export const conclude = (snapshot: Snapshot, plan: Plan, outcomes: readonly Outcome[]): Report => {
  const [failure, ...others] = outcomes.filter(isFailure)
  const events = eventsOf(plan, outcomes)
  if (failure === undefined) return { status: plan.status, events, finished: plan.finished, next: { type: 'done' } }
  if (failure.effect.type === 'scaleWorkload') {
    // It is the last effect, and the release does not depend on it.
    const next = isConflict(failure.error) || isNotFound(failure.error) ? again : retry(failure.error)
    return { status: plan.status, events: plan.announcements.map(({ event }) => event), finished: plan.finished, next }
  }
  const verdict = verdictOn(snapshot, plan, [failure, ...others])
  return { ...verdict, events: [...events, ...verdict.events], finished: [] }
}

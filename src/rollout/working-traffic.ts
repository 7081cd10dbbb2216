import type { FieldError } from '../api/field-error.ts'
import { eventsOfWrite } from '../routers/published-events.ts'
import type { BoundRouter, ObjectWrite, TrafficIntent, Verification } from '../routers/router.ts'
import { type Drift, driftOf } from './drift.ts'
import type { Effect } from './effects.ts'
import type { FormerRouting } from './former-routing.ts'
import { leftOverWrites } from './left-over-parts.ts'
import { rivalText } from './rival-routes.ts'
import { askOfObjects } from './router-faults.ts'
import { judgeObservation, questionId } from './router-observation.ts'
import { nextPutBack, refName, routingId } from './routing-memory.ts'
import { contestText, type RouterReport, type RoutingReport } from './routing-report.ts'
import type { Snapshot } from './snapshot.ts'

/** What the routers say about an intent, all of them taken together. */
export type RoutingState =
  /** Not all of the objects are as intended; the plan writes the rest. */
  | 'written'
  /** Somebody keeps changing objects that were as intended, and they are left so for a while. */
  | 'contested'
  /** A router that has to be told has not answered yet whether it accepts the intent: what was in force before still may be. */
  | 'asked'
  /** The objects are as intended, and a router has not taken them over yet. */
  | 'pending'
  /** Every router that can tell has taken them over. */
  | 'verified'
  /** The objects are as intended, and no router can tell more. */
  | 'not-verifiable'

/** How far routers are that are given back. */
export type LeavingState =
  /** The plan writes to them. */
  | 'written'
  /** Their objects are as intended, and one has not taken that over yet. */
  | 'pending'
  /** Nothing of the release is left in them. */
  | 'left'

/** From the one that holds a release up most. */
const states = ['contested', 'asked', 'pending', 'verified'] as const

const worst = (reports: readonly RouterReport[]): Exclude<RoutingState, 'written'> =>
  states.find((state) => reports.some((report) => report.state === state)) ?? 'not-verifiable'

/** A write that a router wants, and what it puts back. */
interface WantedWrite {
  readonly router: string
  readonly write: ObjectWrite
  readonly drift: Drift | undefined
}

/** The routers of a strategy with what the plan writes to them: one intent a pass, since only what is read back counts. */
export class WorkingTraffic {
  readonly #snapshot: Snapshot
  readonly #onFault: (fault: FieldError) => void
  #effects: readonly Effect[] = []
  readonly #questions = new Map<string, Effect>()
  readonly #leavingQuestions = new Map<string, Effect>()
  #leaving: { readonly effects: readonly Effect[]; readonly state: LeavingState } | undefined
  #state: RoutingState | undefined
  #dueAt: number | undefined
  #report: RoutingReport | undefined
  #routing: string | undefined
  changes = 0

  /** @param onFault told of objects that a router cannot read */
  constructor(snapshot: Snapshot, onFault: (fault: FieldError) => void) {
    this.#snapshot = snapshot
    this.#onFault = onFault
  }

  /** Key of the effects on the routers. */
  readonly key = 'traffic'

  get isRouted(): boolean {
    return this.#snapshot.routers.length > 0
  }

  /** Whether this pass writes to a router: then nothing may build on the new weights before they are read back. */
  get isWritten(): boolean {
    return this.#effects.length > 0
  }

  /** Whether the last intent is in force as far as anybody can tell; true without routers. */
  get isConfirmed(): boolean {
    return !this.isRouted || this.#state === 'verified' || this.#state === 'not-verifiable'
  }

  /** Has every router follow the intent. Once a pass writes to one, further intents wait for the next pass. */
  follow(intent: TrafficIntent): RoutingState {
    if (this.#state !== undefined && (this.isWritten || this.#questions.size > 0)) return this.#state
    const { rollout, routers, routingMemory, now } = this.#snapshot
    const routing = routingId(rollout, intent)
    const wanted = routers.flatMap((router) => this.#wantedBy(router, intent, routing))
    const putBackAt = nextPutBack(routingMemory, now)
    const held = putBackAt > now ? wanted.filter(({ drift }) => drift !== undefined) : []
    if (held.length > 0) this.#wake(putBackAt)
    this.#effects = wanted.filter((one) => !held.includes(one)).map((one) => this.#effectOf(one, intent, routing))
    this.#routing = wanted.length === 0 ? routing : undefined
    if (this.isWritten) this.changes++
    const reports = routers.map(
      (router): RouterReport => ({
        router: router.name,
        ...this.#stateOf(router, intent, held),
      }),
    )
    const before = rollout.status?.canary?.weights?.canary.weight
    this.#report = { intent, routers: reports, before, remarks: this.#snapshot.rivals.map(rivalText) }
    const state = worst(reports)
    this.#state = this.isWritten && state !== 'asked' ? 'written' : state
    return this.#state
  }

  /** What the routers were told last in this pass, and where they stand; `undefined` when they were told nothing. */
  get report(): RoutingReport | undefined {
    return this.#report
  }

  /** The routing that the objects of all routers have, if it is the one that is wanted. */
  get routing(): string | undefined {
    return this.#routing
  }

  #wantedBy(router: BoundRouter, intent: TrafficIntent, routing: string): readonly WantedWrite[] {
    const { known, routingMemory, fieldManager } = this.#snapshot
    return this.#reading(router, () => router.desire(intent, known), []).map((write) => ({
      router: router.name,
      write,
      drift: driftOf(write, routing, routingMemory, known, fieldManager),
    }))
  }

  #effectOf({ router, write, drift }: WantedWrite, intent: TrafficIntent, routing: string): Effect {
    const { trafficRouting = {} } = this.#snapshot.rollout.spec.strategy?.canary ?? {}
    const live = this.#snapshot.known.get(write.ref)
    const events = eventsOfWrite(router, write, { intent, routing: trafficRouting, live })
    const rest = { routing, ...(drift !== undefined && { drift }), events }
    return { type: 'routeTraffic', key: this.key, router, write, why: write.why, ...rest }
  }

  /** Writes to the objects of the routers, and questions to those that have to be asked. */
  get effects(): readonly Effect[] {
    return [...this.#effects, ...this.#questions.values()]
  }

  /** When a router is to be asked again, in milliseconds since the epoch. */
  get dueAt(): number | undefined {
    return this.#dueAt
  }

  /** Why plugins could not be asked, where no pass has told of it yet. AWS has events of its own (`load-balancer-news.ts`). */
  get newErrors(): readonly string[] {
    const replies = [...this.#snapshot.routerReplies].flatMap(([router, { reply }]) =>
      router === 'alb' || router === 'targetGroups' ? [] : [reply],
    )
    return replies.flatMap((reply) => (reply?.isNews && reply.error !== undefined ? [reply.error] : []))
  }

  /** What a router says about an intent. One that has to be asked is, once its objects are as it wants them. */
  #stateOf(router: BoundRouter, intent: TrafficIntent, held: readonly WantedWrite[]): Omit<RouterReport, 'router'> {
    const { known } = this.#snapshot
    const drifts = held.flatMap((one) => (one.router === router.name && one.drift !== undefined ? [one.drift] : []))
    if (drifts.length > 0) return { state: 'contested', why: contestText(drifts) }
    const isWritten = this.#effects.some((effect) => effect.type === 'routeTraffic' && effect.router === router.name)
    if (isWritten) return { state: router.observe === undefined ? 'written' : 'asked' }
    if (router.observe !== undefined) return this.#ask(router, intent)
    return this.#reading(router, () => router.verify(intent, known), { state: 'not-verifiable' })
  }

  #reading<T>(router: BoundRouter, ask: () => T, otherwise: T): T {
    return askOfObjects(router, this.#snapshot.known, ask, otherwise, this.#onFault)
  }

  #wake(atMs: number): void {
    this.#dueAt = Math.min(atMs, this.#dueAt ?? Number.POSITIVE_INFINITY)
  }

  #ask(
    router: BoundRouter,
    intent: TrafficIntent,
    questions = this.#questions,
  ): Omit<RouterReport, 'router'> & { readonly state: Verification['state'] | 'asked' } {
    const { routerReplies, now } = this.#snapshot
    const { name } = router
    const id = questionId(router, intent)
    const { isDue, dueAt, ...known } = judgeObservation(routerReplies.get(name), id, now, router.resources.length > 0)
    if (isDue) {
      const why = `ask ${name} for weight ${intent.canary.weight}`
      questions.set(name, { type: 'askRouter', key: this.key, router: name, intent, id, why })
    } else if (dueAt !== undefined) this.#wake(dueAt)
    return known
  }

  /** Writes to routers that are given back, and questions to them. */
  get leavingEffects(): readonly Effect[] {
    return [...(this.#leaving?.effects ?? []), ...this.#leavingQuestions.values()]
  }

  /** Whether routers of an earlier spec are still to be given back. */
  get isLeaving(): boolean {
    return this.#snapshot.formerRouting !== undefined && this.#leaving?.state !== 'left'
  }

  /** Gives back the routers of an earlier spec, but for what the present ones go on with. */
  leave(): LeavingState {
    if (this.#leaving === undefined) {
      this.#leaving = this.#leave()
      if (this.#leaving.state === 'written') this.changes++
    }
    return this.#leaving.state
  }

  /** A plugin that is not configured any more cannot be asked, and one that goes on gets the intent of now. */
  #askToLeave(router: BoundRouter, intent: TrafficIntent): Verification['state'] | 'asked' {
    const { routers, plugins } = this.#snapshot
    const { plugin } = router
    if (plugin !== undefined && plugins.find('router', plugin).type !== 'usable') return 'not-verifiable'
    if (plugin !== undefined && routers.some((present) => present.plugin === plugin)) return 'not-verifiable'
    return this.#ask(router, intent, this.#leavingQuestions).state
  }

  #leftOver(router: BoundRouter, { intent, successors }: FormerRouting): readonly ObjectWrite[] {
    return leftOverWrites(router, intent, successors, this.#snapshot, (one, ask, otherwise) =>
      this.#reading(one, ask, otherwise),
    )
  }

  #leave(): { readonly effects: readonly Effect[]; readonly state: LeavingState } {
    const { formerRouting, routers, known } = this.#snapshot
    if (formerRouting === undefined) return { effects: [], state: 'left' }
    const { intent, includesPresent } = formerRouting
    const present = includesPresent ? [] : routers.flatMap((router) => router.refs(known).map(refName))
    const isLeft = (ref: ObjectWrite['ref']): boolean => !present.includes(refName(ref))
    const effects = formerRouting.routers.flatMap((router) =>
      [
        ...this.#reading(router, () => router.leave(intent, known), []).filter(({ ref }) => isLeft(ref)),
        ...(includesPresent ? [] : this.#leftOver(router, formerRouting)),
      ].map((write): Effect => ({ type: 'routeTraffic', key: this.key, router: router.name, write, why: write.why })),
    )
    if (effects.length > 0) return { effects, state: 'written' }
    // A router of which only some objects are left is verified with the others.
    const whole = formerRouting.routers.filter((router) => router.refs(known).every(isLeft))
    const states = whole.map((router) =>
      router.observe === undefined
        ? this.#reading<Verification>(router, () => router.verifyLeft(intent, known), { state: 'pending', why: '' })
            .state
        : this.#askToLeave(router, intent),
    )
    return { effects, state: states.includes('pending') || states.includes('asked') ? 'pending' : 'left' }
  }
}

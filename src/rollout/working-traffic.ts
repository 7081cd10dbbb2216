import type { BoundRouter, ObjectRef, TrafficIntent, Verification } from '../routers/router.ts'
import type { Effect } from './effects.ts'
import { judgeObservation, questionId } from './router-observation.ts'
import type { Snapshot } from './snapshot.ts'

/** What the routers say about an intent, all of them taken together. */
export type RoutingState =
  /** Not all of the objects are as intended; the plan writes the rest. */
  | 'written'
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

const nameOf = ({ resource, namespace, name }: ObjectRef): string =>
  `${resource.group}/${resource.kind}/${namespace}/${name}`

const worst = (states: readonly (Verification['state'] | 'asked')[]): Exclude<RoutingState, 'written'> => {
  if (states.includes('asked')) return 'asked'
  if (states.includes('pending')) return 'pending'
  return states.includes('verified') ? 'verified' : 'not-verifiable'
}

/** The routers of a strategy with what the plan writes to them: one intent a pass, since only what is read back counts. */
export class WorkingTraffic {
  readonly #snapshot: Snapshot
  #effects: readonly Effect[] = []
  readonly #questions = new Map<string, Effect>()
  readonly #leavingQuestions = new Map<string, Effect>()
  #leaving: { readonly effects: readonly Effect[]; readonly state: LeavingState } | undefined
  #state: RoutingState | undefined
  #dueAt: number | undefined
  changes = 0

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
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
    const { routers, known } = this.#snapshot
    this.#effects = routers.flatMap((router) =>
      router
        .desire(intent, known)
        .map((write): Effect => ({ type: 'routeTraffic', key: this.key, router: router.name, write, why: write.why })),
    )
    if (this.isWritten) this.changes++
    const state = worst(routers.map((router) => this.#stateOf(router, intent)))
    this.#state = this.isWritten && state !== 'asked' ? 'written' : state
    return this.#state
  }

  /** Writes to the objects of the routers, and questions to those that have to be asked. */
  get effects(): readonly Effect[] {
    return [...this.#effects, ...this.#questions.values()]
  }

  /** When a router is to be asked again, in milliseconds since the epoch. */
  get dueAt(): number | undefined {
    return this.#dueAt
  }

  /** Why routers could not be asked, where no pass has told of it yet. */
  get newErrors(): readonly string[] {
    const replies = [...this.#snapshot.routerReplies.values()].map(({ reply }) => reply)
    return replies.flatMap((reply) => (reply?.isNews && reply.error !== undefined ? [reply.error] : []))
  }

  /** What a router says about an intent. One that has to be asked is, once its objects are as it wants them. */
  #stateOf(router: BoundRouter, intent: TrafficIntent): Verification['state'] | 'asked' {
    const { known } = this.#snapshot
    if (router.observe === undefined) return router.verify(intent, known).state
    if (this.#effects.some((effect) => effect.type === 'routeTraffic' && effect.router === router.name)) return 'asked'
    return this.#ask(router, intent)
  }

  #ask(router: BoundRouter, intent: TrafficIntent, questions = this.#questions): Verification['state'] | 'asked' {
    const { routerReplies, now } = this.#snapshot
    const { name } = router
    const id = questionId(router, intent)
    const { state, isDue, dueAt } = judgeObservation(routerReplies.get(name), id, now)
    if (isDue) {
      const why = `ask ${name} for weight ${intent.canary.weight}`
      questions.set(name, { type: 'askRouter', key: this.key, router: name, intent, id, why })
    } else if (dueAt !== undefined) this.#dueAt = Math.min(dueAt, this.#dueAt ?? Number.POSITIVE_INFINITY)
    return state
  }

  /** Writes to routers that are given back, and questions to them. */
  get leavingEffects(): readonly Effect[] {
    return [...(this.#leaving?.effects ?? []), ...this.#leavingQuestions.values()]
  }

  /** Whether routers of an earlier spec are still to be given back. */
  get isLeaving(): boolean {
    return this.#snapshot.formerRouting !== undefined && this.#leaving?.state !== 'left'
  }

  /** Gives back the routers of an earlier spec, but for objects that the present ones go on with. */
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
    return this.#ask(router, intent, this.#leavingQuestions)
  }

  #leave(): { readonly effects: readonly Effect[]; readonly state: LeavingState } {
    const { formerRouting, routers, known } = this.#snapshot
    if (formerRouting === undefined) return { effects: [], state: 'left' }
    const { intent, includesPresent } = formerRouting
    const present = includesPresent ? [] : routers.flatMap((router) => router.refs(known).map(nameOf))
    const isLeft = (ref: ObjectRef): boolean => !present.includes(nameOf(ref))
    const effects = formerRouting.routers.flatMap((router) =>
      router
        .leave(intent, known)
        .filter(({ ref }) => isLeft(ref))
        .map((write): Effect => ({ type: 'routeTraffic', key: this.key, router: router.name, write, why: write.why })),
    )
    if (effects.length > 0) return { effects, state: 'written' }
    // A router of which only some objects are left is verified with the others.
    const whole = formerRouting.routers.filter((router) => router.refs(known).every(isLeft))
    const states = whole.map((router) =>
      router.observe === undefined ? router.verifyLeft(intent, known).state : this.#askToLeave(router, intent),
    )
    return { effects, state: states.includes('pending') || states.includes('asked') ? 'pending' : 'left' }
  }
}

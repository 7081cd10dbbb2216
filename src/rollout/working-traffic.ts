import type { ObjectRef, TrafficIntent, Verification } from '../routers/router.ts'
import type { Effect } from './effects.ts'
import type { Snapshot } from './snapshot.ts'

/** What the routers say about an intent, all of them taken together. */
export type RoutingState =
  /** Not all of the objects are as intended; the plan writes the rest. */
  | 'written'
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

const worst = (states: readonly Verification['state'][]): RoutingState => {
  if (states.includes('pending')) return 'pending'
  return states.includes('verified') ? 'verified' : 'not-verifiable'
}

/** The routers of a strategy with what the plan writes to them: one intent a pass, since only what is read back counts. */
export class WorkingTraffic {
  readonly #snapshot: Snapshot
  #effects: readonly Effect[] = []
  #leaving: { readonly effects: readonly Effect[]; readonly state: LeavingState } | undefined
  #state: RoutingState | undefined
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
    if (this.isWritten) return 'written'
    const { routers, known } = this.#snapshot
    this.#effects = routers.flatMap((router) =>
      router
        .desire(intent, known)
        .map((write): Effect => ({ type: 'routeTraffic', key: this.key, router: router.name, write, why: write.why })),
    )
    if (this.isWritten) this.changes++
    this.#state = this.isWritten ? 'written' : worst(routers.map((router) => router.verify(intent, known).state))
    return this.#state
  }

  get effects(): readonly Effect[] {
    return this.#effects
  }

  /** Writes to routers that are given back. */
  get leavingEffects(): readonly Effect[] {
    return this.#leaving?.effects ?? []
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
    const isPending = whole.some((router) => router.verifyLeft(intent, known).state === 'pending')
    return { effects, state: isPending ? 'pending' : 'left' }
  }
}

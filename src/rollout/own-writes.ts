import type { ObjectVersion } from '../kube/stored-object.ts'

/** A change of a Rollout or ReplicaSet as a watch shows it: from one version to the next. */
export interface Change {
  readonly uid: string
  /** The version before; absent where the object is new to the cache. */
  readonly from: string | undefined
  readonly to: string
}

interface KeyState {
  /** By uid: the versions that a pass judged, and those that it wrote. Only of objects that it wrote. */
  readonly known: Map<string, Set<string>>
  /** What came while the pass was under way; whether it is news can be told when it is over. */
  readonly held: Change[]
  isInPass: boolean
}

/** How a new object, which no version went before, is noted. */
const none = ''

/**
 * Tells the echo of a pass' own writes from news. A plan is carried on until it has nothing left to decide, as if its writes
 * were read back; so a pass for which nothing but that comes in would decide nothing. A change counts as an echo only if the
 * versions on both sides of it are the pass' own: whatever anybody else wrote in between shows up as another version.
 */
export class OwnWrites {
  readonly #states = new Map<string, KeyState>()

  /** A pass begins, or looks at the caches once more: what is known until then is what it judges. */
  begin(key: string): void {
    this.#states.set(key, { known: new Map(), held: [], isInPass: true })
  }

  /** What has come since is seen by the pass: it has looked at the caches again. */
  catchUp(key: string): void {
    const held = this.#states.get(key)?.held
    held?.splice(0)
  }

  /** The pass wrote an object that was at version `from` when it was judged; `undefined` for one that it created. */
  wrote(key: string, from: string | undefined, { metadata }: ObjectVersion): void {
    const known = this.#states.get(key)?.known
    const versions = known?.get(metadata.uid) ?? new Set()
    known?.set(metadata.uid, versions.add(from ?? none).add(metadata.resourceVersion))
  }

  /** Whether a change is a reason for a pass. One that comes during a pass is kept until that is over. */
  isNews(key: string, change: Change): boolean {
    const state = this.#states.get(key)
    if (state === undefined) return true
    if (!state.isInPass) return !isEcho(state, change)
    state.held.push(change)
    return false
  }

  /** Whether something came during the pass that is certainly not its own. */
  hasNews(key: string): boolean {
    const state = this.#states.get(key)
    return state?.held.some((change) => !isEcho(state, change)) ?? false
  }

  /**
   * The pass is over; answers whether another one is due for what came meanwhile.
   * @param asPlanned whether all that was planned is done: otherwise every change is news
   */
  end(key: string, asPlanned: boolean): boolean {
    const state = this.#states.get(key)
    if (state === undefined) return false
    const isDue = asPlanned ? this.hasNews(key) : state.held.length > 0
    state.isInPass = false
    state.held.splice(0)
    if (!asPlanned || state.known.size === 0) this.#states.delete(key)
    return isDue
  }

  forget(key: string): void {
    this.#states.delete(key)
  }
}

const isEcho = ({ known }: KeyState, { uid, from = none, to }: Change): boolean => {
  const versions = known.get(uid)
  return versions?.has(from) === true && versions.has(to)
}

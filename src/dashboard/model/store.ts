/** Holds a state that changes through a reducer alone, and tells who listens. */
export interface Store<State, Change> {
  state(): State
  dispatch(change: Change): void
  /** @returns ends the subscription */
  subscribe(listener: () => void): () => void
}

/** A store that begins with a state. A change that leaves the state as it is, by identity, is told to nobody. */
export const createStore = <State, Change>(
  initial: State,
  reduce: (state: State, change: Change) => State,
): Store<State, Change> => {
  const listeners = new Set<() => void>()
  let state = initial
  return {
    state: () => state,
    dispatch(change) {
      const next = reduce(state, change)
      if (next === state) return
      state = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

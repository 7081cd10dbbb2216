import { isForbidden, isGone, isNotFound, KubeError } from './errors.ts'

/** What a reflector does next. */
export type ReflectorState =
  /** Read the whole collection. In pages, unless a page was asked for so late that the server had forgotten the rest. */
  | { readonly type: 'list'; readonly paged: boolean }
  /** Follow the changes from a resource version on. */
  | { readonly type: 'watch'; readonly resourceVersion: string }

/** How long it waits before that. */
export type Pause =
  | { readonly type: 'none' }
  /** With growing delays, and at least as long as the server asked for. */
  | { readonly type: 'backoff'; readonly atLeastMs: number }
  /** Where only a person can help (RBAC, a missing CRD), asking often would help nobody. */
  | { readonly type: 'slow' }

/** A move of the machine. */
export interface Step {
  readonly state: ReflectorState
  readonly pause: Pause
}

/** Where every reflector begins. */
export const firstState: ReflectorState = { type: 'list', paged: true }

/** A watch that ended sooner than this without a single event counts as refused, or a server could keep us spinning. */
const shortestUsefulWatchMs = 1000

/** After a list that was read to its end. */
export const afterList = (resourceVersion: string): Step => ({
  state: { type: 'watch', resourceVersion },
  pause: { type: 'none' },
})

/** After the server closed a watch in order, which it does every few minutes: go on from the last version at once. */
export const afterClose = (
  resourceVersion: string,
  watch: { readonly lastedMs: number; readonly events: number },
): Step => ({
  state: { type: 'watch', resourceVersion },
  pause:
    watch.events === 0 && watch.lastedMs < shortestUsefulWatchMs ? { type: 'backoff', atLeastMs: 0 } : { type: 'none' },
})

/** A server that was restored from a backup does not know our version yet, and says so in one of these ways. */
const refusesVersion = (error: unknown): boolean =>
  error instanceof KubeError &&
  (error.causes.some((cause) => cause.reason === 'ResourceVersionTooLarge') || error.code === 400)

/**
 * After an error of a list or a watch. `state` is what was being done, a watch with the last version that was seen.
 * Only a version that the server cannot continue from costs a new list; everything else resumes where it was.
 */
export const afterFailure = (state: ReflectorState, error: unknown): Step => {
  if (isGone(error)) return { state: { type: 'list', paged: state.type === 'watch' }, pause: backoff() }
  if (isNotFound(error)) return { state: firstState, pause: { type: 'slow' } }
  if (isForbidden(error)) return { state, pause: { type: 'slow' } }
  if (state.type === 'watch' && refusesVersion(error)) return { state: firstState, pause: backoff() }
  return { state, pause: backoff(error instanceof KubeError ? error.retryAfterMs : undefined) }
}

const backoff = (atLeastMs = 0): Pause => ({ type: 'backoff', atLeastMs })

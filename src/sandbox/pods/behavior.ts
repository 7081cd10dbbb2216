/**
 * How the simulated pods of one version behave. All times are milliseconds of virtual time. Without anything said, a pod
 * starts, becomes ready after a second and stays so.
 */
export interface PodBehavior {
  /** From the start of the container until its readiness probe passes. Default 1000. */
  readonly readyAfterMs?: number
  /** The readiness probe never passes. */
  readonly neverReady?: boolean
  /** The readiness probe fails for good, this long after it first passed. */
  readonly unreadyAfterMs?: number
  /** The container exits with code 1, this long after each start, and is restarted with the kubelet's back-off. */
  readonly crashAfterMs?: number
  /** The image cannot be pulled. */
  readonly imagePullFails?: boolean
  /** No node has room. */
  readonly unschedulable?: boolean
  /** For pods that are meant to end (Jobs): how long the container runs. Default 1000. */
  readonly runForMs?: number
  /** For pods that are meant to end (Jobs): the exit code. Default 0. */
  readonly exitCode?: number
}

/** What a pod that follows its {@link PodBehavior} shows at one moment. */
export interface PodState {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  readonly scheduled: boolean
  readonly ready: boolean
  readonly restarts: number
  /** Why the container is not running, in the kubelet's words. */
  readonly waiting?: { readonly reason: string; readonly message: string }
  /** How the container ended, when it is not running and will not be started again. */
  readonly exitCode?: number
  /** Age at which the state changes next; absent when it never does. */
  readonly nextChangeMs?: number
}

/** Age at which a scheduled pod's container runs: image pull and sandbox creation of a node that has the image. */
export const containerStartMs = 300

const firstBackOffMs = 10_000
const longestBackOffMs = 300_000

const pending = (waiting: PodState['waiting'], scheduled = true, nextChangeMs?: number): PodState => ({
  phase: 'Pending',
  scheduled,
  ready: false,
  restarts: 0,
  ...(waiting === undefined ? {} : { waiting }),
  ...(nextChangeMs === undefined ? {} : { nextChangeMs }),
})

const running = (ready: boolean, restarts: number, nextChangeMs?: number): PodState => ({
  phase: 'Running',
  scheduled: true,
  ready,
  restarts,
  ...(nextChangeMs === undefined ? {} : { nextChangeMs }),
})

/** A container that has been running for `ranMs` since `startMs` (an age) and is not about to exit. */
const runningState = (behavior: PodBehavior, ranMs: number, startMs: number, restarts: number): PodState => {
  if (behavior.neverReady === true) return running(false, restarts)
  const readyMs = behavior.readyAfterMs ?? 1000
  if (ranMs < readyMs) return running(false, restarts, startMs + readyMs)
  if (behavior.unreadyAfterMs === undefined) return running(true, restarts)
  const unreadyMs = readyMs + behavior.unreadyAfterMs
  return ranMs < unreadyMs ? running(true, restarts, startMs + unreadyMs) : running(false, restarts)
}

const earlier = (left: number | undefined, right: number): number =>
  left === undefined ? right : Math.min(left, right)

/** A container that exits again and again: back-off doubles from 10 s to 5 min, as the kubelet's does. */
const crashingState = (behavior: PodBehavior, crashAfterMs: number, ageMs: number): PodState => {
  let startMs = containerStartMs
  for (let restarts = 0; ; restarts += 1) {
    const exitMs = startMs + crashAfterMs
    if (ageMs < exitMs) {
      const state = runningState(behavior, ageMs - startMs, startMs, restarts)
      return { ...state, nextChangeMs: earlier(state.nextChangeMs, exitMs) }
    }
    const backOffMs = Math.min(firstBackOffMs * 2 ** restarts, longestBackOffMs)
    startMs = exitMs + backOffMs
    if (ageMs < startMs) return crashed(restarts, backOffMs, startMs)
  }
}

const crashed = (restarts: number, backOffMs: number, nextChangeMs: number): PodState => ({
  ...running(false, restarts, nextChangeMs),
  waiting: { reason: 'CrashLoopBackOff', message: `back-off ${backOffMs / 1000}s restarting failed container` },
})

/** A container that ends by itself and is not started again. */
const endingState = (behavior: PodBehavior, ageMs: number): PodState => {
  const exitMs = containerStartMs + (behavior.runForMs ?? 1000)
  if (ageMs < exitMs) return running(true, 0, exitMs)
  const exitCode = behavior.exitCode ?? 0
  return { phase: exitCode === 0 ? 'Succeeded' : 'Failed', scheduled: true, ready: false, restarts: 0, exitCode }
}

/**
 * What a pod shows at `ageMs` after its creation. A function of the age alone, so nothing about a pod needs to be
 * remembered and the same behaviour always gives the same history.
 *
 * @param ends whether the pod's container is meant to end (`restartPolicy` Never or OnFailure).
 */
export const podStateAt = (behavior: PodBehavior, ageMs: number, ends: boolean): PodState => {
  if (behavior.unschedulable === true) return pending(undefined, false)
  if (behavior.imagePullFails === true && ageMs >= containerStartMs) {
    return pending({ reason: 'ImagePullBackOff', message: 'Back-off pulling image' })
  }
  if (ageMs < containerStartMs) return pending({ reason: 'ContainerCreating', message: '' }, true, containerStartMs)
  if (behavior.crashAfterMs !== undefined) return crashingState(behavior, behavior.crashAfterMs, ageMs)
  return ends ? endingState(behavior, ageMs) : runningState(behavior, ageMs - containerStartMs, containerStartMs, 0)
}

import { KubeError, NetworkError } from '../kube/errors.ts'
import type { Clock } from '../lib/clock.ts'
import type { ApiServer } from './api-server/api-server.ts'
import type { Call, Verdict } from './api-server/interceptor.ts'

/**
 * What goes wrong with a call. `error`: a 500 of the server. `throttle`: a 429. `conflict`: a 409, as if somebody wrote in
 * between. `network`: the call never arrives. `lose-response`: it is carried out, its answer is lost. `hang`: no answer
 * until the caller gives up. `crash-before` and `crash-after`: the caller's process dies before the call leaves, or
 * after it was carried out. `stale`: the call is carried out, but the caller's watches fall silent for a while.
 */
export type FaultKind =
  | 'error'
  | 'throttle'
  | 'conflict'
  | 'network'
  | 'lose-response'
  | 'hang'
  | 'crash-before'
  | 'crash-after'
  | 'stale'

/** Which calls a fault hits. What is not given matches everything. */
export interface FaultTarget {
  readonly user?: string
  /** As in audit logs: get, list, watch, create, update, patch, delete. Default: all that write, but not to Leases. */
  readonly verb?: string
  /** Plural with its group, as in RBAC: `rollouts.argoproj.io`, `services`. */
  readonly resource?: string
  readonly subresource?: string
  readonly name?: string
}

/** A fault, and which of the calls that match it hits. */
export interface FaultRule {
  readonly target: FaultTarget
  readonly kind: FaultKind
  /** The call that is hit, counted from 1 among those that match. Without it, and without `count`, all are. */
  readonly nth?: number
  /** How many calls in a row are hit, from `nth` on. Default 1 with `nth`. */
  readonly count?: number
  /** How long watches are silent for `stale`, in milliseconds. Default 5000. */
  readonly forMs?: number
}

/** What faults act upon. */
export interface FaultContext {
  readonly server: ApiServer
  readonly clock: Clock
  /** Ends the process of a user at once, for the crash faults. */
  readonly crash?: (user: string) => void
  /** Told of every fault as it is brought about. */
  readonly onFault?: (fault: InjectedFault) => void
}

const writes = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

const leases = 'leases.coordination.k8s.io'

/** Whether a call writes what the controllers are about: a Lease is renewed all the time, and says nothing about them. */
export const isWrite = (call: Call): boolean => writes.has(call.verb) && call.resource !== leases

const matches = (target: FaultTarget, call: Call): boolean =>
  (target.user === undefined || target.user === call.user) &&
  (target.verb === undefined ? isWrite(call) || target.resource === leases : target.verb === call.verb) &&
  (target.resource === undefined || target.resource === call.resource) &&
  (target.subresource === undefined || target.subresource === call.subresource) &&
  (target.name === undefined || target.name === call.name)

const isHit = ({ nth, count }: FaultRule, number: number): boolean => {
  const first = nth ?? 1
  return number >= first && number < first + (count ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1))
}

const describe = (call: Call) => ({
  method: 'method' in call.request ? call.request.method : 'GET',
  path: call.request.path,
})

const answers = {
  error: { code: 500, reason: 'InternalError', message: 'Internal error occurred: etcdserver: request timed out' },
  throttle: {
    code: 429,
    reason: 'TooManyRequests',
    message: 'too many requests, please try again later',
    retryAfterMs: 1000,
  },
  conflict: {
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
  },
} as const

const verdictOf = (kind: FaultKind, call: Call): Verdict => {
  const lost = new NetworkError(describe(call), new Error('read ECONNRESET'))
  switch (kind) {
    case 'error':
    case 'throttle':
    case 'conflict':
      return { type: 'fail', error: new KubeError(answers[kind], describe(call)) }
    case 'network':
    case 'crash-before':
      return { type: 'fail', error: lost }
    case 'lose-response':
    case 'crash-after':
      return { type: 'loseResponse', error: lost }
    case 'hang':
      return { type: 'hang' }
    case 'stale':
      return { type: 'proceed' }
  }
}

/** A fault that was brought about. */
export interface InjectedFault {
  readonly timeMs: number
  readonly rule: FaultRule
  readonly call: Call
}

/**
 * Makes calls of the API server fail as the rules say: the n-th matching call, always the same one for the same history.
 * Returns what was injected so far, and the way to stop.
 */
export const injectFaults = (
  rules: readonly FaultRule[],
  { server, clock, crash, onFault }: FaultContext,
): { readonly injected: readonly InjectedFault[]; readonly stop: () => void } => {
  const injected: InjectedFault[] = []
  const seen = rules.map(() => 0)
  const crashAfter = new Set<number>()
  const bringAbout = (rule: FaultRule, call: Call): Verdict => {
    const fault = { timeMs: clock.now(), rule, call }
    injected.push(fault)
    onFault?.(fault)
    if (rule.kind === 'crash-before') crash?.(call.user)
    if (rule.kind === 'crash-after') crashAfter.add(call.number)
    if (rule.kind === 'stale') {
      server.holdWatches(call.user)
      clock.setTimer(rule.forMs ?? 5000, () => server.releaseWatches(call.user))
    }
    return verdictOf(rule.kind, call)
  }
  const stop = server.intercept({
    before: (call) => {
      let verdict: Verdict = { type: 'proceed' }
      rules.forEach((rule, index) => {
        if (!matches(rule.target, call)) return
        const number = (seen[index] ?? 0) + 1
        seen[index] = number
        if (verdict.type === 'proceed' && isHit(rule, number)) verdict = bringAbout(rule, call)
      })
      return verdict
    },
    after: (call) => {
      if (crashAfter.delete(call.number)) crash?.(call.user)
    },
  })
  return { injected, stop }
}

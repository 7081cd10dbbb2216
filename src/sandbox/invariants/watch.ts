import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly } from '../../lib/json.ts'
import type { Sandbox } from '../sandbox.ts'
import { trafficObjects } from '../traffic/cluster-traffic.ts'
import type { TrafficObjects } from '../traffic/traffic.ts'
import type { ClusterChange } from '../world/cluster.ts'
import { keyOf } from '../world/keys.ts'
import { type DestinationShares, destinationShares, routingKinds, trafficObjectsBefore } from './destination-shares.ts'
import { failureIsNoSuccess } from './failure-is-no-success.ts'
import type { Invariant, JudgedWrite, Violation } from './invariant.ts'
import { noEarlyScaleDown } from './no-early-scale-down.ts'
import { noSecretsTold } from './no-secrets-told.ts'
import { noWeightWithoutPods } from './no-weight-without-pods.ts'
import { oneRevisionPerTemplate } from './one-revision-per-template.ts'
import { scaleMovesNoTraffic } from './scale-moves-no-traffic.ts'
import { steadyHpaReplicas } from './steady-hpa-replicas.ts'

/** The promises that are checked after every write of the controller. */
export const writeInvariants: readonly Invariant[] = [
  noWeightWithoutPods,
  noEarlyScaleDown,
  oneRevisionPerTemplate,
  failureIsNoSuccess,
  steadyHpaReplicas,
  scaleMovesNoTraffic,
  noSecretsTold,
]

/** Remembers when the last request of a Rollout went to each hash. */
class TrafficHistory {
  readonly #shares = new Map<string, DestinationShares>()
  readonly #leftAtMs = new Map<string, number>()

  note(rollout: DeepReadonly<Rollout>, shares: DestinationShares, nowMs: number): void {
    const { uid } = rollout.metadata
    for (const hash of this.#shares.get(uid)?.keys() ?? []) {
      if (!shares.has(hash)) this.#leftAtMs.set(`${uid}/${hash}`, nowMs)
    }
    this.#shares.set(uid, shares)
  }

  leftAtMs(rollout: DeepReadonly<Rollout>, hash: string): number | undefined {
    return this.#leftAtMs.get(`${rollout.metadata.uid}/${hash}`)
  }
}

/**
 * Watches a sandbox and collects every write of `user` that breaks a promise. It judges after the fact and stops
 * nothing, so that a story shows all that follows from a fault.
 */
export const watchInvariants = (
  sandbox: Sandbox,
  user: string,
  invariants: readonly Invariant[] = writeInvariants,
): readonly Violation[] => {
  const violations: Violation[] = []
  const history = new TrafficHistory()
  const { cluster, clock } = sandbox
  const judge = (change: ClusterChange): void => {
    const { namespace } = keyOf(change.object)
    const rollouts = cluster.list('Rollout', namespace)
    const isRouting = routingKinds.has(change.kind)
    let routing: TrafficObjects | undefined
    const objectsNow = (): TrafficObjects => {
      routing ??= trafficObjects(cluster, namespace)
      return routing
    }
    const write: JudgedWrite = {
      change,
      nowMs: clock.now(),
      cluster,
      rollouts,
      sharesAfter: (rollout) => destinationShares(rollout, objectsNow()),
      sharesBefore: (rollout) => destinationShares(rollout, trafficObjectsBefore(cluster, namespace, change)),
      trafficLeftAtMs: (rollout, hash) => history.leftAtMs(rollout, hash),
    }
    if (change.user === user) {
      for (const invariant of invariants) {
        for (const message of invariant.check(write)) {
          violations.push({ invariant: invariant.id, timeMs: clock.now() - sandbox.startMs, message })
        }
      }
    }
    for (const rollout of isRouting ? rollouts : []) {
      history.note(rollout, write.sharesBefore(rollout), clock.now())
      history.note(rollout, write.sharesAfter(rollout), clock.now())
    }
  }
  cluster.onChange(judge)
  return violations
}

import { rolloutConditions } from '../api/conditions.ts'
import { replicasOf } from '../api/defaults.ts'
import { workloadGenerationAnnotation } from '../api/labels.ts'
import { ownerReferenceTo } from '../api/owner-reference.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { equalJson } from '../lib/json-value.ts'
import { inOrderOfEffects } from './announcement-order.ts'
import { removeCondition } from './conditions.ts'
import { Draft } from './draft.ts'
import { rolloutAddedToInformer, trafficRoutingError } from './events.ts'
import { tellLoadBalancerNews } from './load-balancer-news.ts'
import { isBlueGreen, isFullyPromoted } from './math/release.ts'
import { normalStatus } from './normal-status.ts'
import type { Plan } from './plan.ts'
import { blueGreenRound } from './policies/blue-green/blue-green.ts'
import { canaryRound } from './policies/canary/canary.ts'
import { scaleDownWorkload } from './policies/shared/scale-down-workload.ts'
import { refuse } from './refuse.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * More rounds than any release needs in one pass: each of them decides something, and a release has few steps that need no
 * pods and no time. What is left is for the next pass, so a mistake here cannot hold up other Rollouts.
 */
const mostRounds = 100

/** What is only counted: safe to publish whatever becomes of the plan. */
const observedOf = (
  before: DeepReadonly<RolloutStatus>,
  after: DeepReadonly<RolloutStatus>,
): DeepReadonly<RolloutStatus> => {
  const { replicas, updatedReplicas, readyReplicas, availableReplicas, HPAReplicas } = after
  return { ...before, replicas, updatedReplicas, readyReplicas, availableReplicas, HPAReplicas }
}

/** Settles what concerns every strategy before the first round. */
const prepare = (draft: Draft): void => {
  const { rollout, orphans } = draft.snapshot
  if (rollout.status === undefined || Object.keys(rollout.status).length === 0) {
    draft.announce(rolloutAddedToInformer(rollout.metadata.namespace ?? '', rollout.metadata.name))
  }
  for (const error of draft.traffic.newErrors) draft.announce(trafficRoutingError(error))
  // The scale subresource of an autoscaler cannot read a field that is not there.
  if (rollout.spec.replicas === undefined)
    draft.updateRollout({ spec: { replicas: replicasOf(rollout) } }, 'set replicas')
  const { workload } = draft.snapshot
  if (workload !== undefined && workload.annotated !== workload.generation) {
    const annotations = { [workloadGenerationAnnotation]: workload.generation }
    draft.updateRollout({ metadata: { annotations } }, 'note the generation of the workload')
  }
  for (const set of draft.sets) {
    if (orphans.includes(set.original)) set.setOwners([ownerReferenceTo('Rollout', rollout)])
  }
}

const playRounds = (draft: Draft): void => {
  const playRound = isBlueGreen(draft.release) ? blueGreenRound : canaryRound
  for (let round = 0; round < mostRounds; round++) {
    const changes = draft.changes
    removeCondition(draft.status, rolloutConditions.invalidSpec)
    if (isFullyPromoted(draft.release) && (draft.before.stableRS ?? '') !== '') draft.pauses.clearAbort = true
    playRound(draft)
    scaleDownWorkload(draft)
    const settled = draft.changes === changes && equalJson(normalStatus(draft.before), normalStatus(draft.status))
    if (settled || draft.faults.length > 0) return
    draft.beginRound()
  }
}

/**
 * What is to be done about a Rollout now, and what its status is then. Pure: the same snapshot gives the same plan. The
 * policies play in rounds until a round decides nothing new, each on what the earlier ones decided, so that one pass does
 * what needs neither pods nor time.
 */
export const decide = (snapshot: Snapshot): Plan => {
  if (snapshot.faults.length > 0) return refuse(snapshot, snapshot.faults)
  const draft = new Draft(snapshot)
  prepare(draft)
  playRounds(draft)
  tellLoadBalancerNews(draft)
  if (draft.faults.length > 0) return refuse(snapshot, draft.faults)
  const status = normalStatus(draft.status)
  return {
    effects: draft.effects,
    announcements: inOrderOfEffects(draft.announcements, draft.traffic.key),
    status,
    observed: normalStatus(observedOf(snapshot.rollout.status ?? {}, status)),
    wakeAt: draft.wakeAt,
    ...(draft.traffic.routing !== undefined && { routing: draft.traffic.routing }),
    finished: draft.finished,
  }
}

import type { Draft } from '../../draft.ts'
import type { Policy } from '../policy.ts'
import { followMetadata } from '../shared/follow-metadata.ts'
import { followSize } from '../shared/follow-size.ts'
import { forgetBlueGreen } from '../shared/forget-other-strategy.ts'
import { keepRevision } from '../shared/keep-revision.ts'
import { leaveRouters } from '../shared/leave-routers.ts'
import { notePauses } from '../shared/note-pauses.ts'
import { releaseServices } from '../shared/release-services.ts'
import { restartPods } from '../shared/restart-pods.ts'
import { settlePauses } from '../shared/settle-pauses.ts'
import { tellPhase } from '../shared/tell-phase.ts'
import { abortIfStuck, tellProgress } from '../shared/tell-progress.ts'
import { trackDuration } from '../shared/track-duration.ts'
import { trimHistory } from '../shared/trim-history.ts'
import { advance } from './advance.ts'
import { countReplicas } from './count-replicas.ts'
import { followExperiment } from './follow-experiment.ts'
import { pauseAtStep } from './pause-at-step.ts'
import { pointServices } from './point-services.ts'
import { routeTraffic } from './route-traffic.ts'
import { runAnalysis } from './run-analysis.ts'
import { runStepPlugins } from './run-step-plugins.ts'
import { scaleReplicaSets, sizeReplicaSets } from './scale-replica-sets.ts'
import { startUpdate } from './start-update.ts'
import { tellLoadBalancers } from './tell-load-balancers.ts'
import { tellPlugins } from './tell-plugins.ts'
import { tellTraffic } from './tell-traffic.ts'

/** What a canary does in one round, from top to bottom. A policy that answers `end` leaves out the rest of this list. */
const actions: readonly Policy[] = [
  notePauses, // a pause, a resume or a retry becomes a condition
  keepRevision, // the template has a ReplicaSet, with the highest revision number
  leaveRouters, // routers that the strategy no longer names are given back, before anything else
  startUpdate, // another template or other steps: begin anew, and end the round
  followSize(sizeReplicaSets), // another spec.replicas: size everything for it first, and end the round
  followMetadata, // pods carry the labels and annotations of their role
  trimHistory, // old ReplicaSets go
  restartPods, // pods from before restartAt go, a few at a time
  routeTraffic, // routers split the traffic
  releaseServices, // Services that the strategy no longer names are given back
  pointServices, // stableService and canaryService select their pods; the next round routes to them
  followExperiment, // pods run beside the release, and are judged
  runAnalysis, // metrics are measured, and their verdict is heard
  scaleReplicaSets, // stable, then new, then old ReplicaSets get their size
  pauseAtStep, // a pause step begins
  runStepPlugins, // a plugin step is run, ended or taken back
  advance, // promoted, back to the start, or on to the next step
]

/** What every round writes into the status. The counts come first, since the others judge by them. */
const statusPolicies: readonly Policy[] = [
  forgetBlueGreen, // what only blue/green has
  countReplicas,
  abortIfStuck, // no progress within the deadline, where that means an abort
  tellProgress, // conditions
  tellTraffic, // where the routers stand
  tellLoadBalancers, // what AWS says of load balancers and target groups
  tellPlugins, // whether the plugins that are named can be asked
  settlePauses, // pauseConditions, abort
  trackDuration,
  tellPhase,
]

/** One round of a canary: what to do, and what is true then. */
export const canaryRound = (draft: Draft): void => {
  actions.some((policy) => policy(draft) === 'end')
  for (const policy of statusPolicies) policy(draft)
}

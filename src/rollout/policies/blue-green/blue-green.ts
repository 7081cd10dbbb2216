import type { Draft } from '../../draft.ts'
import type { Policy } from '../policy.ts'
import { followMetadata } from '../shared/follow-metadata.ts'
import { followSize } from '../shared/follow-size.ts'
import { forgetCanary } from '../shared/forget-other-strategy.ts'
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
import { pauseBeforeSwitch } from './pause-before-switch.ts'
import { pointActiveService, pointPreviewService } from './point-services.ts'
import { runAnalysis } from './run-analysis.ts'
import { sizeReplicaSets } from './scale-replica-sets.ts'
import { startUpdate } from './start-update.ts'
import { verifyTargets } from './verify-targets.ts'

/** What blue/green does in one round, from top to bottom. A policy that answers `end` leaves out the rest of this list. */
const actions: readonly Policy[] = [
  notePauses, // a pause, a resume or a retry becomes a condition
  keepRevision, // the template has a ReplicaSet, with the highest revision number
  leaveRouters, // routers of a canary before are given back, before anything else
  pointPreviewService, // previewService selects the new revision
  startUpdate, // another template, another strategy before, or a retry: begin anew, and end the round
  followSize(sizeReplicaSets), // another spec.replicas: size everything for it first, and end the round
  followMetadata, // pods carry the labels and annotations of their role
  trimHistory, // old ReplicaSets go
  restartPods, // pods from before restartAt go, a few at a time
  releaseServices, // Services that the strategy no longer names are given back
  sizeReplicaSets, // stable and active in full, new as the preview asks, old down after their delay
  pauseBeforeSwitch, // a pause before the switch begins or ends
  pointActiveService, // activeService switches to the new revision, or back to stable after an abort
  verifyTargets, // load balancers know the pods that it has been switched to
  runAnalysis, // metrics are measured before and after the switch, and their verdict is heard
  advance, // promoted, or past the checkpoint of the preview
]

/** What every round writes into the status. The counts come first, since the others judge by them. */
const statusPolicies: readonly Policy[] = [
  forgetCanary, // what only a canary has
  countReplicas,
  abortIfStuck, // no progress within the deadline, where that means an abort
  tellProgress, // conditions
  settlePauses, // pauseConditions, abort
  trackDuration,
  tellPhase,
]

/** One round of blue/green: what to do, and what is true then. */
export const blueGreenRound = (draft: Draft): void => {
  actions.some((policy) => policy(draft) === 'end')
  for (const policy of statusPolicies) policy(draft)
}

import { scaledDownFromAnnotation } from '../../../api/labels.ts'
import type { JsonObject } from '../../../lib/json.ts'
import type { Draft } from '../../draft.ts'
import { replicasWanted } from '../../math/release.ts'
import type { BoundWorkload } from '../../snapshot.ts'
import type { Policy } from '../policy.ts'

/** Only the first revision takes the place of the Deployment's own pods: in later ones, its template is not proven. */
const isFirstRevision = (draft: Draft): boolean => draft.sets.length === 1 && draft.revision === 1

/**
 * How many replicas a Deployment is to have while the Rollout is not healthy yet: what is missing of ready pods. Where that
 * is more than it has, it gets back what it had, but only what was taken from it before the first revision was healthy.
 */
const sizeMeanwhile = (draft: Draft, { replicas, scaledDownFrom }: BoundWorkload): number => {
  const missing = Math.max(0, replicasWanted(draft.release) - (draft.status.readyReplicas ?? 0))
  const most = isFirstRevision(draft) ? Math.max(replicas, scaledDownFrom) : replicas
  return Math.min(missing, most)
}

const wantedSize = (draft: Draft, workload: BoundWorkload): number => {
  const { scaleDown } = draft.snapshot.rollout.spec.workloadRef ?? {}
  if (scaleDown !== 'onsuccess' && scaleDown !== 'progressively') return workload.replicas
  if (draft.status.phase === 'Healthy') return 0
  return scaleDown === 'progressively' ? sizeMeanwhile(draft, workload) : workload.replicas
}

/** The size before the first change is kept on the Deployment until the Rollout has taken its place. */
const annotationsFor = (workload: BoundWorkload, isOver: boolean): JsonObject => {
  const kept = workload.scaledDownFrom > 0
  if (isOver === !kept) return {}
  return { [scaledDownFromAnnotation]: isOver ? null : String(workload.replicas) }
}

/**
 * Takes replicas from the Deployment that a Rollout refers to: when the Rollout is healthy (`onsuccess`), or as its pods
 * become ready (`progressively`). That holds in every revision, and also when somebody scales the Deployment up again,
 * where the published controller does it once.
 */
export const scaleDownWorkload: Policy = (draft) => {
  draft.workloadScale = undefined
  const { workload } = draft.snapshot
  if (workload === undefined) return
  const replicas = wantedSize(draft, workload)
  if (replicas === workload.replicas) return
  const annotations = annotationsFor(workload, draft.status.phase === 'Healthy' || !isFirstRevision(draft))
  const { name, uid } = workload.metadata
  draft.workloadScale = {
    type: 'scaleWorkload',
    key: `workload/${name}`,
    name,
    patch: {
      metadata: { uid, ...(Object.keys(annotations).length > 0 && { annotations }) },
      spec: { replicas },
    },
    why: `scale ${replicas < workload.replicas ? 'down' : 'up'} the Deployment to ${replicas}, as its place is taken`,
  }
}

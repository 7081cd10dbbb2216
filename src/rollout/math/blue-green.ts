import { type Release, replicasWanted } from './release.ts'

/**
 * Pods of the new revision of a blue/green release, as the published controller has it: previewReplicaCount until its
 * checkpoint is passed, and all of them otherwise. `activeHash` is that of the ReplicaSet behind the active Service, empty
 * while there is none.
 */
export const blueGreenSize = ({ spec, status }: Release, hash: string, activeHash: string): number => {
  const replicas = replicasWanted({ spec, status })
  const preview = spec.strategy?.blueGreen?.previewReplicaCount
  const isPreviewOver = activeHash === '' || activeHash === hash || status.promoteFull === true
  if (preview === undefined || isPreviewOver) return replicas
  if (status.currentPodHash !== hash) return preview
  const isPaused = spec.paused === true || (status.pauseConditions?.length ?? 0) > 0
  return !isPaused && status.blueGreen?.scaleUpPreviewCheckPoint === true ? replicas : preview
}

import type { AnalysisRun } from '../api/analysis-run.ts'
import type { DeepReadonly } from '../lib/json.ts'

const secondsOf = (run: DeepReadonly<AnalysisRun>): number | undefined => {
  const { secondsAfterCompletion, secondsAfterFailure, secondsAfterSuccess } = run.spec.ttlStrategy ?? {}
  if (run.status?.phase === 'Successful') return secondsAfterSuccess ?? secondsAfterCompletion
  if (run.status?.phase === 'Failed') return secondsAfterFailure ?? secondsAfterCompletion
  return secondsAfterCompletion
}

/**
 * When a finished run is to be deleted, in milliseconds since the epoch; undefined for never. A run that another controller left without
 * `completedAt` counts from its creation.
 */
export const deletionTimeOf = (run: DeepReadonly<AnalysisRun>): number | undefined => {
  const seconds = secondsOf(run)
  if (seconds === undefined) return undefined
  return Date.parse(run.status?.completedAt ?? run.metadata.creationTimestamp) + seconds * 1000
}

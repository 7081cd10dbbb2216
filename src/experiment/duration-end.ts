import type { Experiment, ExperimentStatus } from '../api/experiment.ts'
import { durationMs } from '../lib/duration.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'

/**
 * When the duration of an Experiment is over, in milliseconds since the epoch; undefined before its pods were all
 * available, and without a duration. Throws DurationError for one that validation refuses.
 */
export const durationEnd = (
  { spec }: Pick<DeepReadonly<Experiment>, 'spec'>,
  { availableAt }: Pick<DeepReadonly<ExperimentStatus>, 'availableAt'>,
): number | undefined => {
  const start = fromRfc3339(availableAt)
  if (start === undefined || spec.duration === undefined || spec.duration === '') return undefined
  return start + durationMs(spec.duration)
}

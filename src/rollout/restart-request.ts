import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'

/**
 * When the pods of a Rollout are to be restarted, in milliseconds since the epoch, as long as that is not done;
 * `undefined` when nobody asks for it. The texts are compared, as the phase does, so that the two never disagree.
 */
export const restartWanted = ({ spec, status }: DeepReadonly<Pick<Rollout, 'spec' | 'status'>>): number | undefined =>
  spec.restartAt === status?.restartedAt ? undefined : fromRfc3339(spec.restartAt)

/** Whether the time of a restart that is not done has come. */
export const isRestartDue = (rollout: DeepReadonly<Pick<Rollout, 'spec' | 'status'>>, now: number): boolean => {
  const at = restartWanted(rollout)
  return at !== undefined && at <= now
}

import type { RolloutStatus } from '../../../api/rollout-status.ts'
import type { DeepReadonly } from '../../../lib/json.ts'

/** Whether a status says that the revision asked for is the stable one. */
export const isPromoted = ({ stableRS = '', currentPodHash }: DeepReadonly<RolloutStatus>): boolean =>
  stableRS !== '' && stableRS === currentPodHash

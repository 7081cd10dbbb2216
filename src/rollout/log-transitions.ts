import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'
import type { Logger } from '../telemetry/logger.ts'
import { storedStatus } from './read-rollout.ts'

/**
 * One line for each transition that a written status makes: of the phase, of the step, and of the release as a whole.
 * @param patch the merge patch that was written
 */
export const logTransitions = (
  log: Logger,
  rollout: string,
  object: DeepReadonly<StoredObject>,
  patch: JsonObject,
): void => {
  const before = storedStatus(object)
  const changed = (field: string): boolean => patch[field] !== undefined && patch[field] !== before[field]
  const hash = patch.currentPodHash ?? before.currentPodHash
  const { rolloutStartedAt, finishedAt } = objectOr(patch.duration)
  if (typeof rolloutStartedAt === 'string') log.info('a release began', { rollout, hash })
  if (changed('phase')) {
    const { phase, message } = patch
    // A patch takes a message away by null, which is none.
    const why = message === null ? {} : { message }
    log.info('the phase of a Rollout changed', { rollout, phase, previous: before.phase, ...why })
  }
  if (changed('currentStepIndex')) {
    const { currentStepIndex: step } = patch
    log.info('the step of a Rollout changed', { rollout, step, previous: before.currentStepIndex, hash })
  }
  if (typeof finishedAt === 'string') {
    const { completionStatus } = { ...objectOr(before.duration), ...objectOr(patch.duration) }
    log.info('a release ended', { rollout, hash, status: completionStatus })
  }
}

import { conditionReasons, rolloutConditions } from '../api/conditions.ts'
import { type FieldError, formatFieldError } from '../api/field-error.ts'
import type { Rollout } from '../api/rollout.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { cloneJson } from '../lib/json-value.ts'
import { toRfc3339 } from '../lib/rfc3339.ts'
import { conditionOf, renewCondition } from './conditions.ts'
import { rolloutAddedToInformer } from './events.ts'
import { normalStatus } from './normal-status.ts'
import type { Plan } from './plan.ts'
import { phaseOf } from './policies/shared/tell-phase.ts'
import type { Snapshot } from './snapshot.ts'
import { tellNotRouted } from './traffic-condition.ts'

/** Faults as the condition shows them: the published message for the first, and every further one after it. */
export const invalidSpecMessage = (name: string, faults: readonly FieldError[]): string =>
  `The Rollout "${name}" is invalid: ${faults.map(formatFieldError).join('; ')}`

/** The status with the condition InvalidSpec; everything else stays as it is, so that the Rollout goes on when mended. */
export const invalidStatus = (
  rollout: DeepReadonly<Rollout>,
  before: DeepReadonly<RolloutStatus>,
  message: string,
  now: number,
): DeepReadonly<RolloutStatus> => {
  const status = cloneJson(before) as RolloutStatus
  const { invalidSpec: type } = rolloutConditions
  if (conditionOf(status, type)?.message !== message) {
    const wish = { type, status: 'True', reason: conditionReasons.invalidSpec, message } as const
    renewCondition(status, wish, toRfc3339(now))
  }
  tellNotRouted(status, now)
  status.observedGeneration = String(rollout.metadata.generation ?? 0)
  Object.assign(status, phaseOf(rollout.spec, status))
  return normalStatus(status)
}

/** The plan for a Rollout that is not to be touched: nothing is done, and the status says why. */
export const refuse = ({ rollout, now }: Pick<Snapshot, 'rollout' | 'now'>, faults: readonly FieldError[]): Plan => {
  const { metadata } = rollout
  const isNew = rollout.status === undefined || Object.keys(rollout.status).length === 0
  const status = invalidStatus(rollout, rollout.status ?? {}, invalidSpecMessage(metadata.name, faults), now)
  return {
    effects: [],
    announcements: isNew ? [{ event: rolloutAddedToInformer(metadata.namespace ?? '', metadata.name) }] : [],
    status,
    observed: status,
    wakeAt: undefined,
    finished: [],
  }
}

import type { Rollout } from '../../api/rollout.ts'
import type { DeepReadonly, Json, JsonObject } from '../../lib/json.ts'
import { ScenarioError } from './scenario-error.ts'

/** A merge patch of a Rollout, or of its status. */
export interface CommandPatch {
  readonly subresource?: 'status'
  readonly patch: JsonObject
}

type R = DeepReadonly<Rollout>

const status = (members: JsonObject): CommandPatch => ({ subresource: 'status', patch: { status: members } })

const promoteFull = (rollout: R): readonly CommandPatch[] =>
  rollout.status?.currentPodHash === rollout.status?.stableRS ? [] : [status({ promoteFull: true })]

const isInconclusiveStep = ({ status: state }: R): boolean =>
  state?.canary?.currentStepAnalysisRunStatus?.status === 'Inconclusive' &&
  (state.pauseConditions ?? []).length > 0 &&
  state.controllerPause === true

/** Past the current step, unless that is the last one already. */
const nextStep = ({ spec, status: state }: R): number | undefined => {
  const steps = spec.strategy?.canary?.steps?.length ?? 0
  const index = state?.currentStepIndex
  return index === undefined || index >= steps ? undefined : index + 1
}

const resume = (rollout: R): readonly CommandPatch[] => {
  const next = nextStep(rollout)
  const index = next === undefined ? {} : { currentStepIndex: next }
  if (isInconclusiveStep(rollout)) return [status({ pauseConditions: null, controllerPause: false, ...index })]
  if ((rollout.status?.pauseConditions ?? []).length > 0) return [status({ pauseConditions: null })]
  return rollout.spec.strategy?.canary === undefined ? [] : [status({ pauseConditions: null, ...index })]
}

/** What `promote` writes: the patches that people's tools send (status first, then the spec). */
export const promotePatches = (rollout: R, full: boolean): readonly CommandPatch[] => {
  const unpause: readonly CommandPatch[] = rollout.spec.paused === true ? [{ patch: { spec: { paused: false } } }] : []
  if (full) return [...promoteFull(rollout), ...unpause]
  const paused = (rollout.status?.pauseConditions ?? []).length > 0
  return unpause.length > 0 && !paused ? unpause : [...resume(rollout), ...unpause]
}

/** What `abort` writes. */
export const abortPatch: CommandPatch = status({ abort: true })

/** What `retry rollout` writes. */
export const retryPatch: CommandPatch = status({ abort: false })

/** What `pause` writes. */
export const pausePatch: CommandPatch = { patch: { spec: { paused: true } } }

/** What `kubectl set image` writes. Throws when there is no such container. */
export const imagePatch = (rollout: R, image: string, container?: string): CommandPatch => {
  const containers = rollout.spec.template?.spec?.containers ?? []
  const name = container ?? containers[0]?.name
  if (!containers.some((one) => one.name === name)) {
    throw new ScenarioError(`setting the image of ${rollout.metadata.name}: it has no container ${name ?? ''}`)
  }
  const changed = containers.map((one) => (one.name === name ? { ...one, image } : one))
  const copy: Json[] = JSON.parse(JSON.stringify(changed))
  return { patch: { spec: { template: { spec: { containers: copy } } } } }
}

import type { DeepReadonly } from '../lib/json.ts'
import { workloadGenerationAnnotation } from './labels.ts'
import type { RolloutPhase } from './phases.ts'
import type { Rollout } from './rollout.ts'
import { type PhaseAndMessage, phaseOf } from './rollout-phase.ts'

type R = DeepReadonly<Rollout>

const progressing = (message: string): PhaseAndMessage => ({ phase: 'Progressing', message })

const phases: ReadonlySet<string> = new Set<RolloutPhase>(['Healthy', 'Progressing', 'Paused', 'Degraded'])
const isPhase = (phase: string): phase is RolloutPhase => phases.has(phase)

const isWholeNumber = (text: string): boolean => /^[+-]?[0-9]+$/.test(text)

/**
 * A text that is no number counts as observed. So does a number above the generation: it was copied with the status of
 * another cluster, and waiting for it would never end (both as published clients do).
 */
const isGenerationObserved = ({ metadata, status }: R): boolean => {
  const observed = status?.observedGeneration ?? ''
  const generation = metadata.generation ?? 0
  return !isWholeNumber(observed) || Number(observed) >= generation
}

const isWorkloadObserved = ({ metadata, spec, status }: R): boolean => {
  const generation = metadata.annotations?.[workloadGenerationAnnotation]
  const observed = status?.workloadObservedGeneration ?? ''
  if (spec.workloadRef === undefined || generation === undefined || !isWholeNumber(observed)) return true
  return Number(observed) === Number(generation)
}

const isUnpausing = ({ status }: R): boolean =>
  status?.controllerPause === true && (status.pauseConditions ?? []).length === 0

/**
 * The phase as a client shows it: that of the status, unless the controller has not yet seen the newest spec, or the
 * newest wish to go on. Without this a script that changes an image and then waits would see the old Healthy.
 */
export const clientPhase = (rollout: R): PhaseAndMessage => {
  if (!isGenerationObserved(rollout)) return progressing('waiting for rollout spec update to be observed')
  if (isUnpausing(rollout)) return progressing('waiting for rollout to unpause')
  if (!isWorkloadObserved(rollout))
    return progressing('waiting for rollout spec update to be observed for the reference workload')
  const { phase = '', message = '' } = rollout.status ?? {}
  // A status without a phase is none yet, or that of a controller older than the field (Argo Rollouts before 1.0).
  return isPhase(phase) ? { phase, message } : phaseOf(rollout.spec, rollout.status ?? {})
}

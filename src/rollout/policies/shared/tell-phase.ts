import { phaseOf } from '../../../api/rollout-phase.ts'
import type { Draft } from '../../draft.ts'

/** Writes the phase, and which generation of the spec all of this is about. */
export const tellPhase = ({ status, snapshot }: Draft): void => {
  const { metadata, spec } = snapshot.rollout
  status.observedGeneration = String(metadata.generation ?? 0)
  if (snapshot.workload === undefined) delete status.workloadObservedGeneration
  else status.workloadObservedGeneration = snapshot.workload.generation
  Object.assign(status, phaseOf(spec, status))
}

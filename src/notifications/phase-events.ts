import type { StoredObject } from '../kube/informer.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'
import type { RolloutEvent } from '../rollout/events.ts'

/** Reasons of what is told about a phase, by the phase. Kubernetes has no Events of them, the published controller neither. */
const reasons = { Degraded: 'RolloutDegraded', Healthy: 'RolloutHealthy' } as const

type ToldPhase = keyof typeof reasons

const isTold = (phase: unknown): phase is ToldPhase => phase === 'Degraded' || phase === 'Healthy'

/** The phase of a Rollout's status. */
export const phaseOf = ({ status }: DeepReadonly<StoredObject>): unknown => objectOr(status).phase

/** What a pass has to tell of the phase it came to: that it became Degraded, of whatever cause, or Healthy. */
export const phaseEvent = (before: DeepReadonly<StoredObject>, phase: string | undefined): RolloutEvent | undefined => {
  if (!isTold(phase) || phaseOf(before) === phase) return undefined
  return { type: phase === 'Degraded' ? 'Warning' : 'Normal', reason: reasons[phase], message: phase }
}

/** Whether an event of {@link phaseEvent} has come true. Events of another kind are true already. */
export const hasComeTrue = ({ reason, message }: RolloutEvent, after: DeepReadonly<StoredObject>): boolean =>
  !Object.values<string>(reasons).includes(reason) || phaseOf(after) === message

/** Whether an event is told with the Rollout as it is after the pass: what is told of a phase. */
export const isOfPhase = ({ reason }: RolloutEvent): boolean => Object.values<string>(reasons).includes(reason)

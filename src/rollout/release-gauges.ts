import type { Rollout } from '../api/rollout.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import type { Metrics, Sample } from '../telemetry/metrics.ts'
import { conditionOf } from './conditions.ts'
import { stepsOf } from './math/release.ts'
import { currentSetWeight } from './math/weight.ts'

type RolloutLabel = 'namespace' | 'name'

/** What is read of a Rollout. */
type OneRollout = Pick<DeepReadonly<Rollout>, 'spec' | 'status'> & {
  readonly metadata: Pick<DeepReadonly<Rollout>['metadata'], 'namespace' | 'name'>
}

const objectLabels = ['namespace', 'name'] as const

const named = ({ metadata }: OneRollout): Record<RolloutLabel, string> => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

/** The share of the new version, of maxTrafficWeight: as routers have it, else as its steps say. Undefined for blue/green. */
const canaryWeight = ({ spec, status = {} }: OneRollout): number | undefined => {
  if (spec.strategy?.canary === undefined) return undefined
  const routed = status.canary?.weights?.canary.weight
  if (routed !== undefined) return routed
  if (status.stableRS === undefined || status.stableRS === status.currentPodHash) return 0
  return currentSetWeight({ spec, status })
}

const steps = ({ spec, status = {} }: OneRollout): number | undefined =>
  stepsOf({ spec, status }).length === 0 ? undefined : stepsOf({ spec, status }).length

const transition = (
  rollout: OneRollout,
  type: 'Available' | 'Healthy' | 'Paused' | 'Progressing' | 'InvalidSpec',
): number => fromRfc3339(conditionOf(rollout.status ?? {}, type)?.lastTransitionTime) ?? 0

/** What a phase can have begun with; the latest of them did it. */
const beginnings: Readonly<Record<string, (rollout: OneRollout) => readonly (number | undefined)[]>> = {
  // The condition of this name waits until the pods of the version before are gone too, which the phase does not.
  Healthy: (rollout) => {
    const finished = fromRfc3339(rollout.status?.duration?.finishedAt)
    return finished === undefined ? [transition(rollout, 'Healthy')] : [finished, transition(rollout, 'Available')]
  },
  Paused: (rollout) => [
    transition(rollout, 'Paused'),
    ...(rollout.status?.pauseConditions ?? []).map(({ startTime }) => fromRfc3339(startTime)),
  ],
  Degraded: (rollout) => [
    transition(rollout, 'Progressing'),
    transition(rollout, 'InvalidSpec'),
    fromRfc3339(rollout.status?.abortedAt),
  ],
  Progressing: (rollout) => [
    transition(rollout, 'Healthy'),
    transition(rollout, 'Paused'),
    fromRfc3339(rollout.status?.duration?.rolloutStartedAt),
  ],
}

/**
 * When the phase of a Rollout began, in milliseconds since the epoch. The status has no field for it, but what a phase
 * follows from has its time there, so this survives a change of the leader.
 */
export const phaseBegan = (rollout: OneRollout): number | undefined => {
  const times = beginnings[rollout.status?.phase ?? '']?.(rollout) ?? []
  const began = Math.max(0, ...times.map((time) => time ?? 0))
  return began === 0 ? undefined : began
}

/** Gauges that have a value for some Rollouts: their name, their meaning, their value. */
const gauges: readonly (readonly [string, string, (rollout: OneRollout) => number | undefined])[] = [
  [
    'crossfade_rollout_canary_weight',
    'Share of the new version, out of maxTrafficWeight: as routers have it, else as the steps say.',
    canaryWeight,
  ],
  [
    'crossfade_rollout_step',
    'Index of the current step; the number of steps when all are done.',
    (rollout) => (steps(rollout) === undefined ? undefined : rollout.status?.currentStepIndex),
  ],
  ['crossfade_rollout_steps', 'How many steps the canary of each Rollout has.', steps],
]

/** Defines where releases stand, for dashboards; computed from the cache when it is read. */
export const defineReleaseGauges = (metrics: Metrics, each: () => Iterable<OneRollout>): void => {
  for (const [name, help, read] of gauges) {
    metrics.observed({ name, help, labels: objectLabels }, function* (): Generator<Sample<RolloutLabel>> {
      for (const rollout of each()) {
        const value = read(rollout)
        if (value !== undefined) yield { labels: named(rollout), value }
      }
    })
  }
  metrics.observed(
    {
      name: 'crossfade_rollout_phase_start_time_seconds',
      help: 'When the phase of each Rollout began, in seconds since the epoch: time() minus this is the time in the phase.',
      labels: [...objectLabels, 'phase'],
    },
    function* () {
      for (const rollout of each()) {
        const began = phaseBegan(rollout)
        const phase = rollout.status?.phase ?? ''
        if (began !== undefined) yield { labels: { ...named(rollout), phase }, value: began / 1000 }
      }
    },
  )
}

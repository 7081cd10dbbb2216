import { createHash } from 'node:crypto'
import { revisionAnnotation } from '../api/labels.ts'
import type { Rollout } from '../api/rollout.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import type { FinishedSpan, SpanEvent } from '../telemetry/span.ts'
import { stepLabel } from './events.ts'
import { stepsOf } from './math/release.ts'

type Status = DeepReadonly<RolloutStatus>
type OneRollout = DeepReadonly<Rollout>

/** Annotation of Events: the trace of the release that they are about, as 32 hexadecimal digits. Only while traces are told. */
export const traceAnnotation = 'crossfade.dev/trace-id'

const digest = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\n')).digest('hex')

/** The trace of a release. */
export interface ReleaseTrace {
  readonly traceId: string
  /** Span of the whole release, the root of the trace. */
  readonly spanId: string
  /** Milliseconds since the epoch. */
  readonly startMs: number
}

/**
 * The trace of the current or last release: it follows from the Rollout and from when the release began, which every
 * controller reads in the status. Undefined before the first.
 */
export const traceOf = (uid: string, { duration }: Status): ReleaseTrace | undefined => {
  const startMs = fromRfc3339(duration?.rolloutStartedAt)
  if (startMs === undefined) return undefined
  const id = digest(uid, String(startMs))
  return { traceId: id.slice(0, 32), spanId: id.slice(32, 48), startMs }
}

/** Whether a release is under way. */
export const isUnderWay = ({ duration }: Status): boolean =>
  duration?.rolloutStartedAt !== undefined && duration.finishedAt === undefined

const objectAttributes = ({ metadata }: OneRollout) => ({
  'k8s.namespace.name': metadata.namespace ?? '',
  'crossfade.rollout.name': metadata.name,
  'crossfade.rollout.uid': metadata.uid,
})

/** The span of a release that is over. `how` is the completion status, or `Superseded`. */
export const releaseSpan = (
  rollout: OneRollout,
  status: Status,
  { trace, how, endMs }: { readonly trace: ReleaseTrace; readonly how: string; readonly endMs: number },
): FinishedSpan => ({
  traceId: trace.traceId,
  spanId: trace.spanId,
  name: `release ${rollout.metadata.name}`,
  startMs: trace.startMs,
  endMs: Math.max(trace.startMs, endMs),
  attributes: {
    ...objectAttributes(rollout),
    'crossfade.release.strategy': rollout.spec.strategy?.blueGreen === undefined ? 'canary' : 'blueGreen',
    'crossfade.release.revision': Number(rollout.metadata.annotations?.[revisionAnnotation] ?? 0),
    'crossfade.release.hash': status.currentPodHash ?? '',
    'crossfade.release.completion': how,
    'crossfade.release.manual_pause_seconds': status.duration?.totalManualPauseDurationSeconds ?? 0,
  },
  events: [],
  ...(how === 'Aborted' && { failure: status.message ?? 'the release was aborted' }),
})

/** A step that is not over. */
export interface OpenStep {
  readonly trace: ReleaseTrace
  /** Index of the step; the number of steps while the last pods are promoted. */
  readonly index: number
  readonly startMs: number
  /** False when another controller saw the step begin: then its beginning is when this one first saw it. */
  readonly isExact: boolean
  readonly events: readonly SpanEvent[]
}

/** The span of a step that is over. Past the last step it is named `promotion`. Undefined for a release without steps. */
export const stepSpan = (
  rollout: OneRollout,
  step: OpenStep,
  endMs: number,
  failure?: string,
): FinishedSpan | undefined => {
  const steps = stepsOf({ spec: rollout.spec, status: rollout.status ?? {} })
  if (steps.length === 0) return undefined
  const { trace, index, startMs, isExact, events } = step
  const current = steps[index]
  return {
    traceId: trace.traceId,
    spanId: digest(trace.traceId, 'step', String(index), String(startMs)).slice(0, 16),
    parentSpanId: trace.spanId,
    name: current === undefined ? 'promotion' : stepLabel(current),
    startMs,
    endMs: Math.max(startMs, endMs),
    attributes: {
      ...objectAttributes(rollout),
      'crossfade.step.index': index,
      'crossfade.step.count': steps.length,
      'crossfade.step.start_is_exact': isExact,
    },
    events,
    ...(failure !== undefined && { failure }),
  }
}

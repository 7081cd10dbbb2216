import type { Rollout } from '../api/rollout.ts'
import type { RolloutStatus } from '../api/rollout-status.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { fromRfc3339 } from '../lib/rfc3339.ts'
import type { SpanSink } from '../telemetry/span.ts'
import type { RolloutEvent } from './events.ts'
import { isUnderWay, type OpenStep, type ReleaseTrace, releaseSpan, stepSpan, traceOf } from './release-trace.ts'

type Status = DeepReadonly<RolloutStatus>

/** A status that was written, and what it was before. */
export interface StatusChange {
  /** With the status before. */
  readonly rollout: DeepReadonly<Rollout>
  readonly after: Status
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Events that the span of a step has at most. */
const mostEvents = 64

/**
 * Tells the trace of each release: a span for the whole of it, and one for each step. All that it keeps is when the current
 * step of each release under way began; who takes over goes on with the same trace.
 */
export class ReleaseTracer {
  readonly #tell: SpanSink
  readonly #open = new Map<string, OpenStep>()

  constructor(tell: SpanSink) {
    this.#tell = tell
  }

  /** Notes what happened in the current step. Call it before {@link changed} of the same pass. */
  recorded(key: string, events: readonly RolloutEvent[], now: number): void {
    const step = this.#open.get(key)
    if (step === undefined || events.length === 0) return
    const news = events.map(({ reason, type, message }) => ({
      name: reason,
      timeMs: now,
      attributes: { type, message },
    }))
    this.#open.set(key, { ...step, events: [...step.events, ...news].slice(0, mostEvents) })
  }

  /** Tells the spans that ended with a change of the status. */
  changed(key: string, change: StatusChange): void {
    const { rollout, after, now } = change
    const before = rollout.status ?? {}
    const former = isUnderWay(before) ? traceOf(rollout.metadata.uid, before) : undefined
    const trace = traceOf(rollout.metadata.uid, after)
    if (former !== undefined) this.#leave(key, former, trace, change)
    if (trace === undefined) return
    const isNew = trace.traceId !== traceOf(rollout.metadata.uid, before)?.traceId
    if (!isUnderWay(after)) {
      if (former !== undefined || isNew) this.#finish(rollout, trace, after, now)
    } else if (this.#open.get(key) === undefined) {
      const index = after.currentStepIndex ?? 0
      const isExact = isNew || index !== (before.currentStepIndex ?? 0)
      this.#open.set(key, { trace, index, startMs: isExact ? now : unseenStart(before, now), isExact, events: [] })
    }
  }

  /** Forgets a Rollout that is gone. */
  forget(key: string): void {
    this.#open.delete(key)
  }

  /** Ends the current step where the change did, and the release where another took its place. */
  #leave(
    key: string,
    former: ReleaseTrace,
    trace: ReleaseTrace | undefined,
    { rollout, after, now }: StatusChange,
  ): void {
    const before = rollout.status ?? {}
    const isSuperseded = trace?.traceId !== former.traceId
    const index = before.currentStepIndex ?? 0
    if (!isSuperseded && isUnderWay(after) && (after.currentStepIndex ?? 0) === index) return
    const step = this.#open.get(key) ?? {
      trace: former,
      index,
      startMs: unseenStart(before, now),
      isExact: false,
      events: [],
    }
    this.#open.delete(key)
    const span = stepSpan(rollout, step, now, after.abort === true ? (after.message ?? 'aborted') : undefined)
    if (span !== undefined) this.#tell(span)
    if (isSuperseded) this.#tell(releaseSpan(rollout, before, { trace: former, how: 'Superseded', endMs: now }))
  }

  #finish(rollout: DeepReadonly<Rollout>, trace: ReleaseTrace, after: Status, now: number): void {
    const { finishedAt, completionStatus = 'Promoted' } = after.duration ?? {}
    this.#tell(releaseSpan(rollout, after, { trace, how: completionStatus, endMs: fromRfc3339(finishedAt) ?? now }))
  }
}

/** When a step may have begun that another controller saw begin: with the release, or with the pause that it is. */
const unseenStart = ({ duration, pauseConditions = [], currentStepIndex = 0 }: Status, now: number): number => {
  const paused = fromRfc3339(pauseConditions[0]?.startTime)
  const began = currentStepIndex === 0 ? fromRfc3339(duration?.rolloutStartedAt) : undefined
  return paused ?? began ?? now
}

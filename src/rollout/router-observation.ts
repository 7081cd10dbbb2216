import type { BoundRouter, TrafficIntent, Verification } from '../routers/router.ts'
import type { Observed } from './observer.ts'

/** What is known of an intent that a foreign API was told, and when to ask again. */
export interface ObservedRouting {
  /** Asked: nobody knows yet whether it was accepted. */
  readonly state: Verification['state'] | 'asked'
  /** Why it is not in force, as far as somebody has said. */
  readonly why?: string
  /** Whether to ask now. */
  readonly isDue: boolean
  /** When to ask next, in milliseconds since the epoch; absent while a question is on its way. */
  readonly dueAt: number | undefined
}

/** Tells what is asked of a router apart: the intent, and all else that it depends on. */
export const questionId = ({ subject = '' }: Pick<BoundRouter, 'subject'>, intent: TrafficIntent): string =>
  JSON.stringify([subject, intent])

/** How long to wait before asking again whether an intent is in force. */
const pendingMs = 10_000
/** How long an answer counts: a plugin or a cloud may have been changed, or have forgotten. */
const freshMs = 5 * 60_000
const firstRetryMs = 1000
const longestRetryMs = 60_000

const waitMs = (answer: Verification | undefined, failures: number): number => {
  if (failures > 0) return Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1))
  return answer?.state === 'pending' ? pendingMs : freshMs
}

const stateOf = (
  reply: Observed<Verification>['reply'],
  isWritten: boolean,
): Pick<ObservedRouting, 'state' | 'why'> => {
  const { answer, error } = reply ?? {}
  if (answer === undefined && isWritten && error !== undefined) return { state: 'pending', why: error }
  if (answer === undefined) return { state: 'asked', ...(error !== undefined && { why: error }) }
  return answer.state === 'pending' ? { state: 'pending', why: answer.why } : { state: answer.state }
}

/**
 * Judges what was answered to the question of this id. An answer counts until there is another one, also while a later try
 * fails. Where the intent is written in objects, which are watched, it is in the world before anybody answers, and what has
 * been verified is not asked about again.
 */
export const judgeObservation = (
  observed: Observed<Verification> | undefined,
  id: string,
  now: number,
  isWritten = false,
): ObservedRouting => {
  const reply = observed?.reply?.id === id ? observed.reply : undefined
  const known = stateOf(reply, isWritten)
  const isSettled = isWritten && reply?.failures === 0 && known.state === 'verified'
  if (observed?.asking === id || isSettled) return { ...known, isDue: false, dueAt: undefined }
  const dueAt = reply === undefined ? now : reply.atMs + waitMs(reply.answer, reply.failures)
  return { ...known, isDue: dueAt <= now, dueAt }
}

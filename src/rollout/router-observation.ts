import type { BoundRouter, TrafficIntent, Verification } from '../routers/router.ts'
import type { Observed } from './observer.ts'

/** What is known of an intent that a foreign API was told, and when to ask again. */
export interface ObservedRouting {
  /** Asked: nobody knows yet whether it was accepted. */
  readonly state: Verification['state'] | 'asked'
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

/** Judges what was answered to the question of this id. An answer counts until there is another one, also while a later try fails. */
export const judgeObservation = (
  observed: Observed<Verification> | undefined,
  id: string,
  now: number,
): ObservedRouting => {
  const reply = observed?.reply?.id === id ? observed.reply : undefined
  const state = reply?.answer?.state ?? 'asked'
  if (observed?.asking === id) return { state, isDue: false, dueAt: undefined }
  const dueAt = reply === undefined ? now : reply.atMs + waitMs(reply.answer, reply.failures)
  return { state, isDue: dueAt <= now, dueAt }
}

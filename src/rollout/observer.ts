import type { Clock } from '../lib/clock.ts'
import { startDeadline } from '../lib/deadline.ts'
import { equalJson } from '../lib/json-value.ts'
import { Slots } from '../lib/slots.ts'

/** Something that takes too long to ask for within a pass. */
export interface Question<Answer> {
  /** Tells questions apart: what is asked, whole. */
  readonly id: string
  /**
   * @param last what was answered to the same question before
   * @param signal aborts when nobody waits any more, and when the time is over
   */
  ask(last: Answer | undefined, signal: AbortSignal): Promise<Answer>
}

/** What came of the last question. */
export interface Reply<Answer> {
  /** Of the question. */
  readonly id: string
  /** When it came, in milliseconds since the epoch. */
  readonly atMs: number
  /** The last good answer to this question; absent until there is one. */
  readonly answer?: Answer
  /** Why the last try gave none. */
  readonly error?: string
  /** Failed tries in a row. */
  readonly failures: number
  /** Whether no pass has told of it yet; the same again is none. */
  readonly isNews: boolean
}

/** What is known from asking about one topic of one object. */
export interface Observed<Answer> {
  /** Id of the question that is on its way. */
  readonly asking?: string | undefined
  readonly reply?: Reply<Answer> | undefined
}

interface Asking {
  readonly id: string
  readonly abort: AbortController
}

/** One topic of one object: one question at a time, the next one when the one before has come to its end. */
interface Topic<Answer> {
  asking?: Asking | undefined
  reply?: Reply<Answer> | undefined
  turn: Promise<void>
}

/** Settings of an {@link Observer}. */
export interface ObserverOptions {
  readonly clock: Clock
  /** Limit for one question with all its tries, in milliseconds. */
  readonly timeoutMs: number
  /** Called with the key of an object about which there is news. */
  readonly onReply: (key: string) => void
  /** Questions that are asked at a time. Default 16. */
  readonly limit?: number
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Asks slow things beside the loop: a plugin, the API of a cloud. A pass sees what was answered last, and never waits. It
 * keeps one reply for each topic of each object that is there, and remembers nothing over a restart: what is asked must be
 * such that it can be asked again.
 */
export class Observer<Answer> {
  readonly #options: ObserverOptions
  readonly #slots: Slots
  readonly #objects = new Map<string, Map<string, Topic<Answer>>>()
  #stopped = false

  constructor(options: ObserverOptions) {
    this.#options = options
    this.#slots = new Slots(options.limit ?? 16)
  }

  /** What is known about the topics of an object. */
  observed(key: string): ReadonlyMap<string, Observed<Answer>> {
    const topics = [...(this.#objects.get(key) ?? [])]
    return new Map(topics.map(([topic, { asking, reply }]) => [topic, { asking: asking?.id, reply }]))
  }

  /** Asks, unless just this is on its way. Another question about the topic is given up, and has ended before this one begins. */
  ask(key: string, topic: string, question: Question<Answer>): void {
    const topics = this.#objects.get(key) ?? new Map<string, Topic<Answer>>()
    const entry = topics.get(topic) ?? { turn: Promise.resolve() }
    if (this.#stopped || entry.asking?.id === question.id) return
    entry.asking?.abort.abort(new Error('another question took its place'))
    const asking = { id: question.id, abort: new AbortController() }
    entry.asking = asking
    // To tell is to change: what was answered to another question need not be so any more.
    if (entry.reply?.id !== question.id) entry.reply = undefined
    this.#objects.set(key, topics.set(topic, entry))
    entry.turn = entry.turn.then(() => this.#slots.use(() => this.#run(key, entry, asking, question)))
  }

  /** Notes that a pass has told of these replies. */
  told(key: string, replies: ReadonlyMap<string, Observed<Answer>>): void {
    for (const [topic, { reply }] of replies) {
      const entry = this.#objects.get(key)?.get(topic)
      if (entry !== undefined && reply !== undefined && entry.reply === reply) entry.reply = { ...reply, isNews: false }
    }
  }

  /** Drops all that is known and asked about an object. */
  forget(key: string): void {
    for (const { asking } of this.#objects.get(key)?.values() ?? []) asking?.abort.abort(new Error('it is gone'))
    this.#objects.delete(key)
  }

  /** Gives up everything and asks nothing any more. */
  stop(): void {
    this.#stopped = true
    for (const key of [...this.#objects.keys()]) this.forget(key)
  }

  async #run(key: string, entry: Topic<Answer>, asking: Asking, question: Question<Answer>): Promise<void> {
    const { signal } = asking.abort
    if (signal.aborted) return
    const { clock, timeoutMs, onReply } = this.#options
    const before = entry.reply?.id === question.id ? entry.reply : undefined
    const deadline = startDeadline(clock, timeoutMs, signal, 'no answer')
    const tried = await question.ask(before?.answer, deadline.signal).then(
      (answer) => ({ answer, failures: 0 }),
      (error: unknown) => ({
        ...(before?.answer !== undefined && { answer: before.answer }),
        error: messageOf(error),
        failures: (before?.failures ?? 0) + 1,
      }),
    )
    deadline.release()
    if (signal.aborted) return
    entry.asking = undefined
    const error = 'error' in tried ? tried.error : undefined
    const isOther = error === undefined && !equalJson(tried.answer, before?.answer)
    const isNews = isOther || error !== before?.error
    entry.reply = { ...tried, id: question.id, atMs: clock.now(), isNews }
    onReply(key)
  }
}

import type { NetRequest, NetResponse } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'

/** What a web address answers, from a time on. */
export interface WebAnswer {
  /** Not before this time since the scenario began, in milliseconds. */
  readonly fromMs?: number
  /** HTTP status. Default 200. */
  readonly status?: number
  /** Body as JSON; `text` is used when it is absent. */
  readonly json?: Json
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  /** How long the answer takes. */
  readonly delayMs?: number
  /** No answer at all: the connection is refused, or nothing comes until the caller gives up. */
  readonly fault?: 'refused' | 'timeout'
}

/** A web address of the sandbox. */
export interface WebRule {
  /** Beginning of the address. */
  readonly url: string
  readonly method?: string
  /** The last one whose time has come answers. */
  readonly answers: readonly WebAnswer[]
}

/** The answer for a request at this time; undefined when no rule knows the address. */
export const webAnswerAt = (
  rules: readonly WebRule[],
  request: NetRequest,
  sinceStartMs: number,
): WebAnswer | undefined =>
  rules
    .find((rule) => request.url.startsWith(rule.url) && (rule.method ?? request.method) === request.method)
    ?.answers.findLast((answer) => (answer.fromMs ?? 0) <= sinceStartMs)

/** The HTTP answer that a rule describes. */
export const responseOf = (answer: WebAnswer): NetResponse => ({
  status: answer.status ?? 200,
  headers: { 'content-type': answer.json === undefined ? 'text/plain' : 'application/json', ...answer.headers },
  text: answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json),
})

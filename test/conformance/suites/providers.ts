import { z } from 'zod'
import type { Metric } from '../../../src/api/metric.ts'
import type { Net, NetRequest } from '../../../src/kube/net.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import type { JsonObject } from '../../../src/lib/json.ts'
import { providerOf } from '../../../src/providers/registry.ts'
import { closedHost, surroundingsOf } from '../../../src/providers/surroundings.ts'
import { runOf } from '../../builders/analysis-run.ts'
import { noJobs } from '../../builders/job-access.ts'
import { noPlugins } from '../../builders/plugins.ts'
import { noSecrets } from '../../builders/secret-access.ts'
import { compareAnswers, type Failure, type Suite, type SuiteResult } from '../suite.ts'

const caseSchema = z.object({
  id: z.string(),
  httpStatus: z.number(),
  httpBody: z.string(),
  metric: z.custom<Metric>(),
  phase: z.string(),
  value: z.string().optional(),
  message: z.string().optional(),
  providerError: z.string().optional(),
  request: z
    .object({ body: z.string(), headers: z.record(z.string(), z.string()), method: z.string(), uri: z.string() })
    .optional(),
})

type Case = z.infer<typeof caseSchema>

/** A server with one answer that remembers what it was asked. A 204 has no body, whatever a server means to send. */
class OneAnswer implements Net {
  request: NetRequest | undefined
  readonly #answer: Pick<Case, 'httpStatus' | 'httpBody'>

  constructor(answer: Pick<Case, 'httpStatus' | 'httpBody'>) {
    this.#answer = answer
  }

  async fetch(request: NetRequest) {
    this.request = request
    const { httpStatus: status, httpBody } = this.#answer
    return { status, headers: {}, text: status === 204 ? '' : httpBody }
  }
}

const requestShown = (request: NetRequest | undefined, expected: Case['request']): unknown => {
  if (expected === undefined || request === undefined) return undefined
  const { pathname, search } = new URL(request.url)
  const names = Object.keys(expected.headers)
  const headers = Object.fromEntries(names.map((name) => [name, request.headers?.[name.toLowerCase()]]))
  return { body: request.body ?? '', headers, method: request.method, uri: pathname + search }
}

const measure = async ({ metric, ...answer }: Case) => {
  const net = new OneAnswer(answer)
  const outcome = await providerOf(metric.provider)?.start({
    net,
    clock: systemClock,
    jobs: noJobs,
    secrets: noSecrets,
    surroundings: surroundingsOf(closedHost()),
    plugins: noPlugins,
    config: { prometheusAddress: 'http://provider.example' },
    run: runOf({ metrics: [metric] }),
    metric,
    ordinal: 1,
    signal: new AbortController().signal,
  })
  return { outcome, request: net.request }
}

const jsonBody = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return text
  }
}

const differenceOf = async (one: Case): Promise<{ expected: unknown; got: unknown } | undefined> => {
  const { outcome, request } = await measure(one)
  const expectedRequest = one.request && { ...one.request, body: jsonBody(one.request.body) }
  const shown = requestShown(request, one.request)
  const gotRequest =
    typeof shown === 'object' && shown !== null ? { ...shown, body: jsonBody(request?.body ?? '') } : undefined
  const expected =
    one.providerError === undefined
      ? { phase: one.phase, value: one.value ?? '', message: one.message ?? '', request: expectedRequest }
      : { phase: 'Error', value: '', message: one.providerError, request: undefined }
  const got = {
    phase: outcome?.phase,
    value: outcome?.value ?? '',
    message: outcome?.message ?? '',
    request: gotRequest,
  }
  const verdict = compareAnswers(expected, got)
  return verdict.equal ? undefined : { expected: verdict.expected, got: verdict.got }
}

const runAll = async (cases: readonly Case[], reasonOf: (one: Case) => string | undefined): Promise<SuiteResult> => {
  const failed: Failure[] = []
  const deviated: { id: string; reason: string }[] = []
  for (const one of cases) {
    const difference = await differenceOf(one)
    if (difference === undefined) continue
    const reason = reasonOf(one)
    if (reason === undefined) failed.push({ id: one.id, ...difference })
    else deviated.push({ id: one.id, reason })
  }
  return { passed: cases.length - failed.length - deviated.length, failed, deviated }
}

/** A string is an error of the JSON decoder of the published client; ours is the same error in words that help. */
const stringResult = ({ phase, message = '' }: Case): string | undefined =>
  phase === 'Error' && message.startsWith('unmarshalerDecoder')
    ? 'the message says what the query must return instead of naming a decoder'
    : undefined

const nullBody = ({ phase }: Case): string | undefined =>
  phase === 'PANIC' ? 'a body of null is the value null; the published controller crashes' : undefined

/** Prometheus, from the answer of a server to the measurement. */
export const prometheusSuite: Suite = {
  name: 'prometheus provider',
  file: 'expr.json',
  run: (oracle: JsonObject) =>
    runAll(z.object({ prometheus: z.array(caseSchema) }).parse(oracle).prometheus, stringResult),
}

/** Web, from the answer of a server to the measurement, and what the server was asked. */
export const webSuite: Suite = {
  name: 'web provider',
  file: 'expr.json',
  run: (oracle: JsonObject) => runAll(z.object({ web: z.array(caseSchema) }).parse(oracle).web, nullBody),
}

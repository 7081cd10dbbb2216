import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type MeasureEnvironment, measure } from '../../src/analysis/measure.ts'
import type { Arrival } from '../../src/analysis/record.ts'
import { SecretError } from '../../src/analysis/secret-reader.ts'
import type { Measurement } from '../../src/api/analysis-run.ts'
import type { MetricProvider } from '../../src/api/metric.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { SecretData } from '../../src/providers/secret-access.ts'
import { closedHost, surroundingsOf } from '../../src/providers/surroundings.ts'
import { metricOf, runOf } from './analysis-run.ts'
import { type Answer, AnsweringServer, type SeenRequest } from './answering-server.ts'
import { type ContractPart, contractParts } from './contract-part.ts'
import { impatientClock } from './impatient-clock.ts'
import { noJobs } from './job-access.ts'
import { ManualClock } from './manual-clock.ts'
import { machineNet } from './measure-context.ts'
import { noPlugins } from './plugins.ts'

/** What a server answers: always the same, or by the request. */
export type Answers = Answer | ((request: SeenRequest) => Answer)

/** An answer, and the measurement that comes of it. */
export interface ContractCase {
  readonly what: string
  readonly answer: Answers
  /** Success condition. Default `true`: whatever is a value passes. */
  readonly condition?: string
  readonly phase: 'Successful' | 'Failed' | 'Inconclusive' | 'Error'
  readonly value?: string
  readonly message?: RegExp
  readonly metadata?: Readonly<Record<string, string>>
}

/** A spec that cannot be asked for: no request may be sent. */
export interface MisconfiguredCase {
  readonly what: string
  readonly provider: (address: string) => MetricProvider
  readonly secrets?: Readonly<Record<string, SecretData>>
  readonly message: RegExp
}

/** Where the plugins of a contract are, and what they are asked with. */
export interface PluginSetting {
  readonly address: string
  readonly clock: Clock
  readonly secrets: Readonly<Record<string, SecretData>>
}

/**
 * What a provider over HTTP promises, for {@link describeProviderContract}: the answers that its vendor documents and what comes of them.
 * The suite adds everything that is the same for all: refusals, throttling, silence, rubbish, size, secrets.
 */
export interface ProviderContract {
  readonly name: keyof MetricProvider
  /** Which of several questions of a provider this is about, for the names of tests. */
  readonly about?: string
  /** The provider part of a metric that asks a server at `address`. */
  readonly provider: (address: string) => MetricProvider
  /** The Secrets of the cluster by `namespace/name`. The controller lives in `argo-rollouts`, the run in `shop`. */
  readonly secrets?: (address: string) => Readonly<Record<string, SecretData>>
  /** Environment of the controller. */
  readonly env?: (address: string) => Readonly<Record<string, string>>
  /** The plugins that are configured. */
  readonly plugins?: (setting: PluginSetting) => MeasureEnvironment['plugins']
  /** Texts that may appear nowhere. Each must be sent to the server, or the test could not fail. */
  readonly hidden: readonly string[]
  /** An answer that is a value. */
  readonly good: Answers
  /** What the server must have been asked for {@link good}; assertions. */
  readonly asked: (requests: readonly SeenRequest[]) => void
  /** Answers requests that come before the question, such as those for a token; they are no part of what is tested. */
  readonly beforehand?: (request: SeenRequest) => Answer | undefined
  /** Documented answers: values, errors, no data, odd numbers. */
  readonly cases: readonly ContractCase[]
  readonly misconfigured?: readonly MisconfiguredCase[]
  /** Milliseconds after which a silent server is given up. */
  readonly timeLimitMs: number
  /** Parts of the suite that do not apply, and why. */
  readonly exempt?: Readonly<Partial<Record<ContractPart, string>>>
}

const emptySecrets = (): Readonly<Record<string, SecretData>> => ({})

interface Trial extends Partial<Pick<MeasureEnvironment, 'net' | 'clock'>> {
  readonly address: string
  readonly provider?: MetricProvider
  readonly secrets?: Readonly<Record<string, SecretData>>
  readonly condition?: string
  readonly signal?: AbortSignal
}

const metricName = 'error-rate'
/** More than any provider needs, so that one that never ends its measurement fails. */
const mostResumes = 3

/** Takes one measurement as the controller does, Secrets and their hiding included. Nobody waits until it is asked for again. */
const tryOnce = async (contract: ProviderContract, trial: Trial): Promise<Arrival> => {
  const { address, net, clock = impatientClock, condition = 'true' } = trial
  const secrets = trial.secrets ?? (contract.secrets ?? emptySecrets)(address)
  const provider = trial.provider ?? contract.provider(address)
  const run = runOf({ metrics: [metricOf({ name: metricName, provider, successCondition: condition })] })
  const environment: MeasureEnvironment = {
    net: net ?? machineNet(clock),
    clock,
    jobs: noJobs,
    config: {},
    surroundings: surroundingsOf(closedHost(contract.env?.(address))),
    plugins: contract.plugins?.({ address, clock, secrets }) ?? noPlugins,
    readSecret: async (namespace, name) =>
      secrets[`${namespace}/${name}`] ?? Promise.reject(new SecretError(`secrets "${name}" not found`)),
  }
  const { signal = new AbortController().signal } = trial
  let arrival = await measure({ kind: 'start', metric: metricName }, run, environment, signal)
  for (let resumes = 0; arrival.measurement.phase === 'Running' && resumes < mostResumes; resumes++) {
    const { measurement } = arrival
    arrival = await measure({ kind: 'resume', metric: metricName, measurement }, run, environment, signal)
  }
  return arrival
}

/** A server for a contract, and a promise that resolves when the question itself has come. */
const serve = async ({ beforehand }: ProviderContract, answers: Answers) => {
  const question = Promise.withResolvers<void>()
  const server = await AnsweringServer.start((request) => {
    const before = beforehand?.(request)
    if (before !== undefined) return before
    question.resolve()
    return typeof answers === 'function' ? answers(request) : answers
  })
  return { server, questioned: question.promise, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const against = async (contract: ProviderContract, answers: Answers, trial: Partial<Trial> = {}) => {
  await using served = await serve(contract, answers)
  const { server } = served
  const arrival = await tryOnce(contract, { address: server.address, ...trial })
  const seen = server.seen.filter((request) => contract.beforehand?.(request) === undefined)
  return { arrival, ...arrival.measurement, seen }
}

/** Every refusal says something, and leaves no value behind that could be taken for one. */
const assertError = (
  { phase, value, message = '' }: Pick<Measurement, 'phase' | 'value' | 'message'>,
  pattern = /./,
): void => {
  assert.deepEqual([phase, value], ['Error', undefined], message)
  assert.match(message, pattern)
}

const describeAnswers = (contract: ProviderContract): void => {
  it('asks as its vendor documents', async () => {
    const { phase, message, seen } = await against(contract, contract.good)
    assert.equal(phase, 'Successful', message)
    contract.asked(seen)
  })

  for (const { what, answer, condition, phase, value, message, metadata } of contract.cases) {
    it(`makes ${phase} of ${what}`, async () => {
      const taken = await against(contract, answer, condition === undefined ? {} : { condition })
      assert.deepEqual([taken.phase, taken.value], [phase, value], taken.message)
      if (message !== undefined) assert.match(taken.message ?? '', message)
      if (metadata !== undefined) assert.deepEqual(taken.metadata, metadata)
    })
  }

  for (const { what, message, ...trial } of contract.misconfigured ?? []) {
    it(`refuses ${what}, and asks nobody`, async () => {
      await using server = await AnsweringServer.start(contract.good)
      const { address } = server
      const { secrets } = trial
      const { measurement } = await tryOnce(contract, {
        address,
        provider: trial.provider(address),
        ...(secrets && { secrets }),
      })
      assertError(measurement, message)
      assert.deepEqual(server.seen, [])
    })
  }
}

const describeRefusals = (contract: ProviderContract): void => {
  for (const status of [401, 403]) {
    it(`says where the credentials are that are refused with ${status}`, async () => {
      assertError(await against(contract, { status, body: 'denied' }), new RegExp(`${status}.*denied.*check `))
    })
  }
}

const describeThrottling = (contract: ProviderContract): void => {
  it('says how long a server that is asked too often wants to be left alone', async () => {
    const answer = { status: 429, headers: { 'retry-after': '37' }, body: 'too many requests' }
    assertError(await against(contract, answer), /429.*37 s/)
  })

  it('repeats what a server in trouble says', async () => {
    assertError(await against(contract, { status: 503, body: 'maintenance' }), /503.*maintenance/)
    assertError(await against(contract, { status: 500 }), /500/)
  })
}

const describeSlowness = (contract: ProviderContract): void => {
  const { timeLimitMs } = contract
  for (const [what, answer] of [
    ['never answers', { silent: true }],
    ['never ends its answer', { body: '{', endless: true }],
  ] as const) {
    it(`gives up on a server that ${what}, after ${timeLimitMs / 1000} s`, async () => {
      await using served = await serve(contract, answer)
      const { server, questioned } = served
      const clock = new ManualClock()
      const arrivals: Arrival[] = []
      const done = tryOnce(contract, { address: server.address, clock }).then((arrival) => arrivals.push(arrival))
      await questioned
      await clock.advance(timeLimitMs - 1)
      assert.equal(arrivals.length, 0)
      await clock.advance(1)
      await done
      assertError(arrivals[0]?.measurement ?? assert.fail(), /127\.0\.0\.1/)
      assert.equal(clock.pendingTimers, 0)
    })
  }

  it('stops asking when nobody waits any more', async () => {
    await using served = await serve(contract, { silent: true })
    const { server, questioned } = served
    const abort = new AbortController()
    const arrival = tryOnce(contract, { address: server.address, signal: abort.signal })
    await questioned
    abort.abort(new Error('nobody waits'))
    assertError((await arrival).measurement)
  })

  it('makes an error of a cut connection, and of a server that is not there', async () => {
    assertError(await against(contract, { reset: true }), /127\.0\.0\.1/)
    await using server = await AnsweringServer.start({})
    const { address } = server
    await server.close()
    assertError((await tryOnce(contract, { address })).measurement, /ECONNREFUSED/)
  })
}

const rubbish: readonly (readonly [what: string, body: string])[] = [
  ['nothing', ''],
  ['half an object', '{"data":{"resul'],
  ['an object of something else', '{"ok":true}'],
  ['a text', '"up"'],
  ['a number', '1'],
  ['null', 'null'],
  ['a list of something else', '[1, "two", {}]'],
  ['bytes', '\u0000\u0001\ufffd'],
]

const describeRubbish = (contract: ProviderContract): void => {
  for (const [what, body] of rubbish) {
    it(`takes ${what} for no value`, async () => assertError(await against(contract, { body })))
  }
}

const describeHtml = (contract: ProviderContract): void => {
  it('takes a login page for no value, and says to look at the address', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<!doctype html>\n<title>Sign in</title>' }
    assertError(await against(contract, page), /<!doctype html> <title>Sign in.*address/)
  })
}

const describeSize = (contract: ProviderContract): void => {
  it('reads no more than its limit of 10 MB', async () => {
    assertError(await against(contract, { body: `[${'1,'.repeat(5 * 1024 * 1024)}1]` }), /bytes|long|large|MiB/)
    assertError(await against(contract, { status: 500, body: 'x'.repeat(10 * 1024 * 1024) }), /bytes|long|large|MiB/)
  })

  it('keeps a long message short', async () => {
    const { message = '' } = await against(contract, { status: 500, body: 'x'.repeat(100_000) })
    assert.ok(message.length < 1000, `${message.length} characters`)
  })
}

/** A server that shows everything it was sent, as some error pages do. */
const echo =
  (status: number, quote: (text: string) => string = String) =>
  ({ url, headers, body }: SeenRequest): Answer => ({
    status,
    body: quote(`${decodeURIComponent(url)} ${url} ${Object.values(headers).join(' ')} ${body}`),
  })

const describeSecrets = (contract: ProviderContract): void => {
  const { hidden } = contract
  const sent = ({ url, headers, body }: SeenRequest): string => `${url} ${JSON.stringify(headers)} ${body}`
  const assertHidden = (arrival: Arrival): void => {
    const shown = JSON.stringify(arrival)
    for (const secret of hidden) {
      assert.ok(!shown.includes(secret), `${secret} in ${shown}`)
      assert.ok(!shown.includes(Buffer.from(secret).toString('base64')), `${secret} as base64 in ${shown}`)
    }
  }

  it('shows no secret, whatever the server does with it', async () => {
    for (const answers of [contract.good, echo(401), echo(500), echo(200), echo(200, JSON.stringify)]) {
      const { arrival, seen } = await against(contract, answers)
      assertHidden(arrival)
      for (const secret of hidden) {
        assert.ok(seen.map(sent).join().includes(secret), `${secret} was not sent: this test could not fail`)
      }
    }
  })

  if (contract.secrets === undefined) return

  it('says which Secret is missing, and asks nobody', async () => {
    const { seen, ...measurement } = await against(contract, contract.good, { secrets: {} })
    assertError(measurement, /secrets ".+" not found|the Secret .+ does not exist/)
    assert.deepEqual(seen, [])
  })

  it('says which keys a Secret must have, and asks nobody', async () => {
    await using server = await AnsweringServer.start(contract.good)
    const names = Object.keys((contract.secrets ?? emptySecrets)(server.address))
    const secrets = Object.fromEntries(names.map((name) => [name, {}]))
    const { measurement } = await tryOnce(contract, { address: server.address, secrets })
    assertError(measurement, new RegExp(names.join('|')))
    assert.deepEqual(server.seen, [])
  })

  it('uses a rotated secret at once', async () => {
    await using server = await AnsweringServer.start(contract.good)
    const { address } = server
    const before = (contract.secrets ?? emptySecrets)(address)
    const rotate = (value: string): string => (hidden.includes(value) ? `${value}-rotated` : value)
    const rotated = Object.entries(before).map(([name, data]) => [
      name,
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, rotate(value)])),
    ])
    await tryOnce(contract, { address })
    await tryOnce(contract, { address, secrets: Object.fromEntries(rotated) })
    assert.ok(!sent(server.seen[0] ?? assert.fail()).includes('-rotated'))
    assert.ok(server.seen.slice(1).map(sent).join().includes('-rotated'))
  })
}

const parts: Readonly<Record<ContractPart, (contract: ProviderContract) => void>> = {
  'documented answers': describeAnswers,
  'refused credentials': describeRefusals,
  'throttled, in trouble': describeThrottling,
  'slow, cut off, gone': describeSlowness,
  malformed: describeRubbish,
  HTML: describeHtml,
  '10 MB': describeSize,
  'secrets hidden': describeSecrets,
}

/** Tests of one provider against a server on loopback, through the machine's own network code. */
export const describeProviderContract = (contract: ProviderContract): void => {
  const about = contract.about === undefined ? '' : `, ${contract.about}`
  describe(`the contract of the ${contract.name} provider${about}`, () => {
    for (const part of contractParts) {
      if (contract.exempt?.[part] === undefined) describe(part, () => parts[part](contract))
    }
  })
}

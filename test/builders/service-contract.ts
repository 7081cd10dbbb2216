import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HttpNet } from '../../src/kube/http-net.ts'
import type { Net } from '../../src/kube/net.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Json } from '../../src/lib/json.ts'
import { connectTcp } from '../../src/notifications/services/connection.ts'
import { newMemory } from '../../src/notifications/services/memory.ts'
import { createService } from '../../src/notifications/services/registry.ts'
import { SendError } from '../../src/notifications/services/send-error.ts'
import type { Destination, Notification, SendContext } from '../../src/notifications/services/service.ts'
import { closedHost, surroundingsOf } from '../../src/providers/surroundings.ts'
import { type Answer, AnsweringServer, type SeenRequest } from './answering-server.ts'
import { ManualClock } from './manual-clock.ts'

/** Ten minutes after this, tokens of the tests are still good. */
export const testNow = Date.parse('2026-03-01T12:00:00Z')

/** A notification with a message and these sections. */
export const notificationOf = (
  sections: Readonly<Record<string, Json>> = {},
  message = 'Rollout shop is complete',
): Notification => ({ message, sections, template: 'rollout-completed' })

/** What services may touch: the machine's network, and nothing in the surroundings. */
export const sendContext = (over: Partial<SendContext> = {}): SendContext => ({
  net: new HttpNet({ clock: over.clock ?? systemClock, userAgent: 'test', proxyEnv: {} }),
  connect: connectTcp,
  clock: systemClock,
  surroundings: surroundingsOf(closedHost()),
  memory: newMemory(),
  signal: new AbortController().signal,
  ...over,
})

/** A network in which one public address leads to a server of the test. */
export const redirected = (net: Net, from: string, to: string): Net => ({
  fetch: (request) => net.fetch({ ...request, url: request.url.replace(from, to) }),
})

/** What a rejection must be: a {@link SendError}. */
export const sendErrorOf = (sending: Promise<void>): Promise<SendError> =>
  sending.then(
    () => assert.fail('it was sent'),
    (error: unknown) => {
      assert.ok(error instanceof SendError, String(error))
      return error
    },
  )

/** What every service over HTTP is held to. */
export interface ServiceContract {
  readonly type: string
  /** The value of its key, for a server at this address. */
  readonly config: (address: string) => Json
  readonly recipient: string
  readonly notification: Notification
  /** A public address that the configuration cannot change. */
  readonly publicAddress?: string
  readonly surroundings?: (address: string) => SendContext['surroundings']
  /** What the server says when all is well. */
  readonly good: Answer
  /** Answers to requests before the one that carries the message: logging in, finding a queue. They are answered well in every case. */
  readonly before?: (request: SeenRequest) => Answer | undefined
  /** Checks what was asked of the server, without the requests before. */
  readonly asked: (requests: readonly SeenRequest[]) => void
  /** Texts that no error may show. */
  readonly hidden: readonly string[]
  /** Milliseconds after which it gives up. */
  readonly timeLimitMs: number
  /** Whether it reads what a server says to a success: then a page in HTML is none. */
  readonly readsAnswer: boolean
}

type Answers = Answer | ((request: SeenRequest) => Answer)

interface Tried {
  readonly server: AnsweringServer
  readonly sending: Promise<void>
}

const contextFor = (contract: ServiceContract, address: string, over: Partial<SendContext>): SendContext => {
  const context = sendContext({
    ...(contract.surroundings && { surroundings: contract.surroundings(address) }),
    ...over,
  })
  const { publicAddress } = contract
  return publicAddress === undefined ? context : { ...context, net: redirected(context.net, publicAddress, address) }
}

const destinationOf = ({ type, recipient }: ServiceContract): Destination => ({ service: type, recipient })

const sendAgainst = (
  contract: ServiceContract,
  server: { address: string },
  over: Partial<SendContext>,
): Promise<void> => {
  const service = createService(contract.type, contract.config(server.address), `service.${contract.type}`)
  return service.send(contract.notification, destinationOf(contract), contextFor(contract, server.address, over))
}

const tryOnce = async (
  contract: ServiceContract,
  answers: Answers,
  over: Partial<SendContext> = {},
): Promise<Tried> => {
  const answer = (request: SeenRequest): Answer =>
    contract.before?.(request) ?? (typeof answers === 'function' ? answers(request) : answers)
  const server = await AnsweringServer.start(answer)
  return { server, sending: sendAgainst(contract, server, over) }
}

const mainRequests = (contract: ServiceContract, { seen }: AnsweringServer): SeenRequest[] =>
  seen.filter((request) => contract.before?.(request) === undefined)

const failureAgainst = async (
  contract: ServiceContract,
  answers: Answers,
): Promise<{ readonly error: SendError; readonly requests: readonly SeenRequest[] }> => {
  const { server, sending } = await tryOnce(contract, answers)
  await using _ = server
  const error = await sendErrorOf(sending)
  return { error, requests: server.seen }
}

const describeRefusals = (contract: ServiceContract): void => {
  for (const status of [400, 401, 403, 404]) {
    it(`takes ${status} for an answer, and quotes it`, async () => {
      const { error } = await failureAgainst(contract, { status, body: 'no\nsuch thing' })
      assert.deepEqual([error.retry, error.status], [false, status])
      assert.match(error.message, new RegExp(`^sending by service\\.${contract.type}: .*${status}.*no such thing`))
    })
  }

  it('wants to be tried again after 429, when the server says so', async () => {
    const { error } = await failureAgainst(contract, {
      status: 429,
      headers: { 'retry-after': '7' },
      body: 'slow down',
    })
    assert.deepEqual([error.retry, error.status, error.retryAfterMs], [true, 429, 7000])
  })

  for (const status of [500, 502, 503]) {
    it(`wants to be tried again after ${status}`, async () => {
      const { error } = await failureAgainst(contract, { status })
      assert.deepEqual([error.retry, error.status], [true, status])
    })
  }
}

/** An answer, and a promise of its having been asked for. */
const noticed = (answer: Answer): { readonly answers: () => Answer; readonly asked: Promise<void> } => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const answers = (): Answer => {
    resolve()
    return answer
  }
  return { answers, asked: promise }
}

const describeSlowness = (contract: ServiceContract): void => {
  const { timeLimitMs } = contract
  for (const [what, answer] of [
    ['never answers', { silent: true }],
    ['never ends its answer', { body: '{', endless: true }],
  ] as const) {
    it(`gives up on a server that ${what}, after ${timeLimitMs / 1000} s, to try again`, async () => {
      const clock = new ManualClock(testNow)
      const net = new HttpNet({ clock, userAgent: 'test', proxyEnv: {} })
      const { answers, asked } = noticed(answer)
      const { server, sending } = await tryOnce(contract, answers, { clock, net })
      await using _ = server
      const failure = sendErrorOf(sending)
      await asked
      await clock.advance(timeLimitMs)
      assert.equal((await failure).retry, true)
      assert.equal(clock.pendingTimers, 0)
    })
  }

  it('stops when nobody waits any more', async () => {
    const abort = new AbortController()
    const { answers, asked } = noticed({ silent: true })
    const { server, sending } = await tryOnce(contract, answers, { signal: abort.signal })
    await using _ = server
    const failure = sendErrorOf(sending)
    await asked
    abort.abort(new Error('nobody waits'))
    await failure
  })

  it('wants to be tried again after a cut connection', async () => {
    assert.equal((await failureAgainst(contract, { reset: true })).error.retry, true)
  })

  it('wants to be tried again where there is nobody', async () => {
    const server = await AnsweringServer.start({})
    const { address } = server
    await server.close()
    const error = await sendErrorOf(sendAgainst(contract, { address }, {}))
    assert.equal(error.retry, true)
    assert.match(error.message, /ECONNREFUSED/)
  })
}

const describeAnswers = (contract: ServiceContract): void => {
  it('reads no endless answer, and does not send twice because of one', async () => {
    const { error } = await failureAgainst(contract, { body: 'x'.repeat(2 * 1024 * 1024) })
    assert.equal(error.retry, false)
    assert.match(error.message, /longer than \d+ bytes/)
  })

  it('keeps a long answer short', async () => {
    const { error } = await failureAgainst(contract, { status: 400, body: 'x'.repeat(100_000) })
    assert.ok(error.message.length < 500, `${error.message.length} characters`)
  })

  if (!contract.readsAnswer) return

  for (const body of ['', '<!doctype html><title>Sign in</title>', 'null', '[]', '"ok"']) {
    it(`takes ${body || 'nothing'} for no success`, async () => {
      const { error } = await failureAgainst(contract, { body })
      assert.equal(error.retry, false)
    })
  }
}

const sent = ({ url, headers, body }: SeenRequest): string =>
  `${url} ${decodeURIComponent(url)} ${Object.values(headers).join(' ')} ${body}`

const describeSecrets = (contract: ServiceContract): void => {
  it('shows no secret, also where the server shows what it was sent', async () => {
    for (const status of [400, 401, 500]) {
      const { error, requests } = await failureAgainst(contract, (request) => ({ status, body: sent(request) }))
      const all = requests.map(sent).join(' ')
      for (const secret of contract.hidden) {
        const spellings = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]
        assert.ok(
          spellings.some((spelling) => all.includes(spelling)),
          `${secret} was not sent: this test could not fail`,
        )
        for (const spelling of spellings) assert.ok(!error.message.includes(spelling), error.message)
      }
      assert.equal(error.cause, undefined)
    }
  })
}

/** Tests of one service against a server on loopback, through the machine's own network code. */
export const describeServiceContract = (contract: ServiceContract): void => {
  describe(`the contract of the ${contract.type} service`, () => {
    it('sends what the documentation says', async () => {
      const { server, sending } = await tryOnce(contract, contract.good)
      await using _ = server
      await sending
      contract.asked(mainRequests(contract, server))
    })
    describeRefusals(contract)
    describeSlowness(contract)
    describeAnswers(contract)
    if (contract.hidden.length > 0) describeSecrets(contract)
  })
}

/** Sends one notification to a server with these answers, and returns what it saw. Rejects as the service does. */
export const sendTo = async (
  contract: ServiceContract,
  answers: Answers,
  over: Partial<SendContext> = {},
): Promise<readonly SeenRequest[]> => {
  const { server, sending } = await tryOnce(contract, answers, over)
  await using _ = server
  await sending
  return mainRequests(contract, server)
}

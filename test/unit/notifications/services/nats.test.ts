import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { parseNkeySeed } from '../../../../src/notifications/services/nkey.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import type { SendContext } from '../../../../src/notifications/services/service.ts'
import { makeCertificate } from '../../../builders/certificate.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import { type NatsBehavior, NatsListener } from '../../../builders/nats-listener.ts'
import { notificationOf, sendContext, sendErrorOf } from '../../../builders/service-contract.ts'

/** Made with NATS' own library from the bytes of `0123456789abcdef`, twice. */
const seed = 'SUADAMJSGM2DKNRXHA4WCYTDMRSWMMBRGIZTINJWG44DSYLCMNSGKZRF4M'
const publicKey = 'UAR3YVERFQPG5EWEVBUCLSDH4J773RKVX755IJCPC6RGVP7752LF22PY'
const signature = 'jBTaPuX11YFn8bl7SXxzHicgJUR90utc-nEW_pcKIvWjo6kYH2hiSo5PsIutyaJTBReKCPcOE-sww_MqKYCvBA'

const send = (
  url: string,
  over: Readonly<Record<string, Json>> = {},
  {
    subject = 'releases',
    message = 'Größe 7',
    ...context
  }: Partial<SendContext> & { subject?: string; message?: string } = {},
): Promise<void> => {
  const service = createService('nats', { url, ...over }, 'service.nats')
  const destination = { service: 'nats', recipient: subject }
  return service.send(notificationOf({}, message), destination, sendContext(context))
}

const failure = async (behavior: NatsBehavior, over: Readonly<Record<string, Json>> = {}, message = 'hello') => {
  await using listener = await NatsListener.start(behavior)
  return await sendErrorOf(send(`nats://${listener.host}`, over, { message }))
}

describe('the seed of a key of NATS', () => {
  it('gives the key and signatures that the published library gives', () => {
    const key = parseNkeySeed(` ${seed}\n`)
    assert.deepEqual([key.publicKey, key.sign('nonce-1')], [publicKey, signature])
  })

  for (const [what, text] of [
    ['a key that is no seed', publicKey],
    ['a seed with a letter of another', seed.replace('JSGM', 'JSGN')],
    ['half a seed', seed.slice(0, 30)],
    ['another alphabet', seed.toLowerCase()],
  ] as const) {
    it(`is not ${what}, which no message repeats`, () => {
      assert.throws(() => parseNkeySeed(text), {
        name: 'ServiceConfigError',
        message: /^nkey: must be the seed of a user, SU…$/,
      })
    })
  }
})

describe('a message in NATS', () => {
  it('is published on the subject that the subscription names', async () => {
    await using listener = await NatsListener.start()
    await send(`nats://${listener.host}`)
    assert.deepEqual(listener.published, [{ command: 'PUB releases 9', payload: 'Größe 7' }])
  })

  it('has the headers of the service', async () => {
    await using listener = await NatsListener.start()
    await send(listener.host, { Headers: { 'my-header': 'my-value' } })
    const payload = 'NATS/1.0\r\nmy-header: my-value\r\n\r\nGröße 7'
    assert.deepEqual(listener.published, [{ command: 'HPUB releases 33 42', payload }])
  })

  it('comes from a user, by the configuration or by the address', async () => {
    await using listener = await NatsListener.start()
    await send(listener.host, { username: 'deployer', password: 'nats-password' })
    await send(`nats://deployer:nats%2Fpassword@${listener.host}`)
    await send(`nats://only-a-token@${listener.host}`)
    assert.deepEqual(
      listener.options.map(({ user, pass, auth_token: token }) => [user, pass, token]),
      [
        ['deployer', 'nats-password', undefined],
        ['deployer', 'nats/password', undefined],
        [undefined, undefined, 'only-a-token'],
      ],
    )
  })

  it('comes from a key, which signs what the server asks to be signed', async () => {
    await using listener = await NatsListener.start({ info: { nonce: 'nonce-1' } })
    await send(listener.host, { nkey: seed, username: 'not-used', password: 'not-used' })
    const [{ nkey, sig, user } = {}] = listener.options
    assert.deepEqual([nkey, sig, user], [publicKey, signature, undefined])
  })

  it('is encrypted where the server asks for it, with a certificate that is trusted', async () => {
    const error = await failure({ tls: makeCertificate('127.0.0.1') })
    assert.match(error.message, /asking 127\.0\.0\.1:\d+: .*certificate/)
  })

  it('goes to the next server of a cluster where one is away', async () => {
    const away = await NatsListener.start()
    const { host } = away
    await away[Symbol.asyncDispose]()
    await using listener = await NatsListener.start()
    await send(`nats://${host}, nats://${listener.host}`)
    assert.equal(listener.published.length, 1)
    const error = await sendErrorOf(send(host))
    assert.equal(error.retry, true)
    assert.match(error.message, /ECONNREFUSED/)
  })

  it('is refused to who has no right to, and the error shows no password', async () => {
    const over = { username: 'deployer', password: 'nats-password' }
    const error = await failure({ refuses: "-ERR 'Authorization Violation of nats-password'" }, over)
    assert.equal(error.retry, false)
    const told = /NATS answered Authorization Violation of \*\*\*\*\*; check the credentials in the Secret$/
    assert.match(error.message, told)
    const refused = await failure({ refusesMessage: "-ERR 'Permissions Violation for Publish to releases'" })
    assert.equal(refused.retry, false)
  })

  it('is tried again where the server has no room', async () => {
    assert.equal((await failure({ refuses: "-ERR 'maximum connections exceeded'" })).retry, true)
  })

  it('gives up after 10 s, and when nobody waits any more', async () => {
    await using silent = await NatsListener.start({ silent: true })
    const clock = new ManualClock()
    const slow = sendErrorOf(send(silent.host, {}, { clock }))
    await silent.connected
    await clock.advance(10_000)
    assert.equal((await slow).retry, true)
    assert.match((await slow).message, /the message was not accepted within 10000 ms/)
    assert.equal(clock.pendingTimers, 0)

    const abort = new AbortController()
    const left = sendErrorOf(send(silent.host, {}, { signal: abort.signal }))
    abort.abort(new Error('nobody waits'))
    assert.match((await left).message, /nobody waits/)
  })

  it('is not for servers of another kind, for long messages, or for subjects that are none', async () => {
    assert.match((await failure({ greeting: 'HTTP/1.1 400 Bad Request' })).message, /is no NATS server; check url/)
    assert.match((await failure({}, {}, 'x'.repeat(1001))).message, /too long for NATS/)
    assert.match((await failure({ greeting: 'x'.repeat(300_000) })).message, /too long for a NATS server/)
    const none = await failure({ info: { headers: false } }, { headers: { a: 'b' } })
    assert.match(none.message, /headers: the server takes none/)
    const injected = await sendErrorOf(send('nats://127.0.0.1:1', {}, { subject: 'a\r\nPUB b 0' }))
    assert.match(injected.message, /must name a subject, without blanks/)
  })

  it('needs an address of NATS, and headers of one line', () => {
    const create = (raw: Json) => () => createService('nats', raw, 'service.nats')
    assert.throws(create({}), /service\.nats: url: must be set/)
    assert.throws(create({ url: 'wss://nats:443' }), /url: must be an address such as nats:\/\/nats:4222/)
    assert.throws(create({ url: 'nats', headers: { a: 'b\r\nc: d' } }), /headers\.a: must not hold line breaks/)
  })
})

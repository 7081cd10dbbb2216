import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Json } from '../../../../src/lib/json.ts'
import { noConnections } from '../../../../src/notifications/services/connection.ts'
import { createService } from '../../../../src/notifications/services/registry.ts'
import type { SendContext } from '../../../../src/notifications/services/service.ts'
import { makeCertificate } from '../../../builders/certificate.ts'
import { ManualClock } from '../../../builders/manual-clock.ts'
import { notificationOf, sendContext, sendErrorOf } from '../../../builders/service-contract.ts'
import { type SmtpBehavior, SmtpListener } from '../../../builders/smtp-listener.ts'

const credentials = { username: 'deployer', password: 'smtp-password' }
const tls = makeCertificate('127.0.0.1')
const release = notificationOf({ email: { subject: 'Rollout shop' } }, 'It is complete.')

interface Sending {
  readonly over?: Readonly<Record<string, Json>>
  readonly notification?: typeof release
  readonly recipient?: string
  readonly context?: Partial<SendContext>
}

const send = (
  port: number,
  { over = {}, notification = release, recipient = 'a@shop.example', context = {} }: Sending = {},
): Promise<void> => {
  const raw = { host: '127.0.0.1', port, from: 'crossfade@shop.example', ...over }
  const service = createService('email', raw, 'service.email')
  return service.send(notification, { service: 'email', recipient }, sendContext(context))
}

const failure = async (behavior: SmtpBehavior, sending: Sending = {}) => {
  await using listener = await SmtpListener.start(behavior)
  return await sendErrorOf(send(listener.port, sending))
}

describe('an e-mail', () => {
  it('has the subject and the message, for every address of the recipient', async () => {
    await using listener = await SmtpListener.start()
    await send(listener.port, { recipient: 'a@shop.example, b@shop.example' })
    const [mail] = listener.mails
    assert.deepEqual([mail?.from, mail?.to], ['crossfade@shop.example', ['a@shop.example', 'b@shop.example']])
    const { data = '' } = mail ?? {}
    assert.match(data, /^Subject: Rollout shop$/m)
    assert.match(data, /^From: crossfade@shop\.example$/m)
    assert.match(data, /^Content-Type: text\/plain; charset=utf-8$/m)
    assert.match(data, /\n\nIt is complete\.$/)
  })

  it('has a body of its own where the template has one, and is HTML where the service says so', async () => {
    await using listener = await SmtpListener.start()
    const notification = notificationOf({ email: { subject: 's', body: '<b>done</b>' } })
    await send(listener.port, { over: { html: true }, notification })
    assert.match(listener.mails[0]?.data ?? '', /Content-Type: text\/html[\s\S]*<b>done<\/b>$/)
  })

  it('takes no further header from what a template writes into the subject', async () => {
    await using listener = await SmtpListener.start()
    const notification = notificationOf({ email: { subject: 'a\r\nBcc: someone@else.example' } }, 'x')
    await send(listener.port, { notification })
    const { data = '', to = [] } = listener.mails[0] ?? {}
    assert.doesNotMatch(data, /^Bcc:/m)
    assert.deepEqual(to, ['a@shop.example'])
  })

  it('is encrypted where the server offers it, with a certificate that is trusted', async () => {
    await using listener = await SmtpListener.start({ tls })
    const error = await sendErrorOf(send(listener.port))
    assert.match(error.message, /self-signed certificate|unable to verify|certificate/)
    await send(listener.port, { over: { insecure_skip_verify: true } })
    assert.deepEqual(
      listener.mails.map(({ isEncrypted }) => isEncrypted),
      [true],
    )
  })

  it('is encrypted from the start on port 465', async () => {
    await using listener = await SmtpListener.start({ tls, implicitTls: true })
    const real = sendContext()
    // Nobody but root may listen on that port: the listener stands in for it.
    const connect: SendContext['connect'] = (target) => real.connect({ ...target, port: listener.port })
    await send(465, { over: { insecure_skip_verify: true }, context: { connect } })
    assert.equal(listener.mails[0]?.isEncrypted, true)
  })

  it('logs in where the service has a user', async () => {
    await using listener = await SmtpListener.start({ credentials })
    await send(listener.port, { over: credentials })
    assert.ok(listener.commands.includes('AUTH'))
    assert.equal(listener.mails.length, 1)
  })

  it('tells no password to a server elsewhere that does not encrypt', async () => {
    await using listener = await SmtpListener.start({ credentials })
    const real = sendContext()
    const connect: SendContext['connect'] = (target) => real.connect({ ...target, host: '127.0.0.1' })
    const over = { ...credentials, host: 'smtp.shop.example' }
    await sendErrorOf(send(listener.port, { over, context: { connect } }))
    assert.ok(!listener.commands.includes('AUTH'))
  })

  it('shows no password, in whatever spelling the server repeats it', async () => {
    const error = await failure({ credentials: { ...credentials, password: 'another' } }, { over: credentials })
    assert.equal(error.retry, false)
    assert.match(
      error.message,
      /^sending by service\.email: asking 127\.0\.0\.1:\d+: .*535.*check username and password/,
    )
    const plain = Buffer.from(`\0${credentials.username}\0${credentials.password}`).toString('base64')
    for (const spelling of [credentials.password, plain]) assert.ok(!error.message.includes(spelling))
    assert.equal(error.cause, undefined)
  })

  it('is tried again after answers that may pass, and not after others', async () => {
    const refused = async (answers: Record<string, string>) => {
      const { retry, message } = await failure({ answers })
      return [retry, /\b[45]5\d\b/.exec(message)?.[0]]
    }
    assert.deepEqual(await refused({ RCPT: '450 mailbox busy' }), [true, '450'])
    assert.deepEqual(await refused({ RCPT: '550 no such user' }), [false, '550'])
    assert.deepEqual(await refused({ MAIL: '451 later' }), [true, '451'])
    assert.deepEqual(await refused({ '.': '554 looks like spam' }), [false, '554'])
  })

  it('is tried again where there is nobody, and where nobody says a word for 20 s', async () => {
    const listener = await SmtpListener.start()
    const { port } = listener
    await listener[Symbol.asyncDispose]()
    const nobody = await sendErrorOf(send(port))
    assert.equal(nobody.retry, true)
    assert.match(nobody.message, /ECONNREFUSED/)

    await using silent = await SmtpListener.start({ silent: true })
    const clock = new ManualClock()
    const failed = sendErrorOf(send(silent.port, { context: { clock } }))
    await silent.connected
    await clock.advance(20_000)
    const { retry, message } = await failed
    assert.equal(retry, true)
    assert.match(message, /the e-mail was not accepted within 20000 ms/)
    assert.equal(clock.pendingTimers, 0)
  })

  it('stops when nobody waits any more', async () => {
    await using silent = await SmtpListener.start({ silent: true })
    const abort = new AbortController()
    const failed = sendErrorOf(send(silent.port, { context: { signal: abort.signal } }))
    await silent.connected
    abort.abort(new Error('nobody waits'))
    assert.match((await failed).message, /nobody waits/)
  })

  it('cannot be sent where there is no network', async () => {
    const error = await sendErrorOf(send(25, { context: { connect: noConnections } }))
    assert.match(error.message, /there is no TCP network here/)
  })

  it('needs an address, and a service with host, port and sender', async () => {
    const error = await sendErrorOf(send(25, { recipient: ' , ' }))
    assert.match(error.message, /must name an address/)
    assert.throws(() => createService('email', { port: 70_000 }, 'service.email.gmail'), {
      message: 'service.email.gmail: host: must be set; port: must be a port, 1 to 65535; from: must be set',
    })
  })
})

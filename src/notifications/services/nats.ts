import * as z from 'zod'
import { NetFailure } from '../../kube/net.ts'
import { startDeadline } from '../../lib/deadline.ts'
import type { Json } from '../../lib/json.ts'
import { fields, optionalText, requiredText, textMap } from './fields.ts'
import { NatsConnection, type NatsInfo } from './nats-connection.ts'
import { parseNkeySeed } from './nkey.ts'
import { SendError, ServiceConfigError } from './send-error.ts'
import type { ServiceContext, ServiceKind } from './service.ts'

const serverPattern = /^(nats|tls):$/

/** Several servers of a cluster are parted by commas, as NATS' own libraries have it. */
const servers = requiredText.transform((text, context) => {
  const urls = text.split(',').map((part) => URL.parse(part.trim().replace(/^(?![a-z]+:\/\/)/, 'nats://')))
  if (urls.every((url) => url !== null && serverPattern.test(url.protocol) && url.hostname !== '')) {
    return urls.filter((url) => url !== null)
  }
  context.addIssue({ code: 'custom', message: 'must be an address such as nats://nats:4222, or several with commas' })
  return z.NEVER
})

const safeText = z.string().regex(/^[^\r\n]*$/, { error: 'must not hold line breaks' })

const config = fields({
  url: servers,
  headers: textMap.pipe(z.record(safeText, safeText)).optional(),
  nkey: optionalText,
  username: optionalText,
  password: optionalText,
})

type Config = z.output<typeof config>

const timeoutMs = 10_000
const defaultPort = 4222

/** Who connects: a key, a user of the configuration, or what the address itself holds. */
const credentialsOf = ({ nkey, username, password }: Config, url: URL, { nonce }: NatsInfo): Record<string, Json> => {
  if (nkey !== undefined) {
    const key = parseNkeySeed(nkey)
    return { nkey: key.publicKey, ...(nonce && { sig: key.sign(nonce) }) }
  }
  if (username && password) return { user: username, pass: password }
  const [user, pass] = [url.username, url.password].map(decodeURIComponent)
  if (!user) return {}
  return pass ? { user, pass } : { auth_token: user }
}

const publish = (connection: NatsConnection, subject: string, message: string, { headers }: Config): void => {
  const payload = Buffer.from(message)
  if (headers === undefined) {
    connection.write(`PUB ${subject} ${payload.length}`, payload)
    return
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`NATS/1.0\r\n${lines.join('')}\r\n`)
  connection.write(`HPUB ${subject} ${head.length} ${head.length + payload.length}`, Buffer.concat([head, payload]))
}

const talk = async (
  connection: NatsConnection,
  url: URL,
  settings: Config,
  subject: string,
  message: string,
): Promise<void> => {
  const info = await connection.readInfo()
  const { tls_required: mustEncrypt = false, max_payload: longest = Number.POSITIVE_INFINITY } = info
  const isEncrypted = mustEncrypt || url.protocol === 'tls:'
  if (Buffer.byteLength(message) > longest) throw new SendError('the message is too long for NATS', { retry: false })
  if (settings.headers !== undefined && info.headers === false) {
    throw new ServiceConfigError('headers: the server takes none; enable them there, or leave them out')
  }
  if (isEncrypted) await connection.encrypt(url.hostname)
  connection.write('CONNECT', {
    ...{ verbose: false, pedantic: false, lang: 'javascript', version: '1', protocol: 1, name: 'crossfade' },
    ...{ headers: true, no_responders: false, echo: false, tls_required: isEncrypted },
    ...credentialsOf(settings, url, info),
  })
  // Refused credentials are seen before anything is published.
  await connection.flush()
  publish(connection, subject, message, settings)
  await connection.flush()
}

const sendTo = async (
  url: URL,
  settings: Config,
  subject: string,
  message: string,
  context: ServiceContext,
): Promise<void> => {
  const where = `${url.hostname}:${url.port || defaultPort}`
  const deadline = startDeadline(context.clock, timeoutMs, context.signal, 'the message was not accepted')
  const { signal } = deadline
  let connection: NatsConnection | undefined
  const cut = (): void => connection?.close()
  signal.addEventListener('abort', cut, { once: true })
  try {
    const socket = await context.connect({ host: url.hostname, port: Number(url.port || defaultPort), signal })
    connection = new NatsConnection(socket)
    await talk(connection, url, settings, subject, message)
  } catch (error) {
    if (error instanceof SendError || error instanceof ServiceConfigError) throw error
    const reason = signal.aborted ? signal.reason : error
    const told = reason instanceof Error ? reason.message.replace(`${where}: `, '') : String(reason)
    throw new NetFailure(`asking ${where}: ${told}`, { cause: error })
  } finally {
    deadline.release()
    connection?.close()
  }
}

/** NATS, core messages without JetStream; the recipient is the subject (NATS client protocol). */
export const nats: ServiceKind<Config, never> = {
  type: 'nats',
  config,
  secrets: ({ nkey, password, url }) => [
    nkey,
    password,
    ...url.flatMap((server) => [server.password, server.username]),
  ],
  send: async (settings, { message }, { recipient: subject }, context) => {
    if (!/^[^\s]+$/.test(subject))
      throw new ServiceConfigError('nats: the subscription must name a subject, without blanks')
    let failure: NetFailure | undefined
    for (const url of settings.url) {
      try {
        return await sendTo(url, settings, subject, message, context)
      } catch (error) {
        if (!(error instanceof NetFailure)) throw error
        failure = error
      }
    }
    throw failure ?? new ServiceConfigError('url: must be set')
  },
}

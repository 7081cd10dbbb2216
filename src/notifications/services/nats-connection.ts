import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import * as z from 'zod'
import { NetFailure } from '../../kube/net.ts'
import type { Json } from '../../lib/json.ts'
import { SendError } from './send-error.ts'

/** What a server says of itself when one connects (NATS client protocol, INFO). */
const infoSchema = z.object({
  headers: z.boolean().optional(),
  max_payload: z.number().optional(),
  nonce: z.string().optional(),
  tls_required: z.boolean().optional(),
  auth_required: z.boolean().optional(),
})

export type NatsInfo = z.output<typeof infoSchema>

/** No line of a server is longer, also where it knows a large cluster. */
const longestLine = 256 * 1024

/** Faults of who asks; a server that is full or slow may take the next try. */
const lasting = /authorization|authentication|permissions|invalid|parser|payload|secure connection|tls/i

/** A line `-ERR` of the server. */
const faultOf = (line: string): SendError => {
  const reason = line.replace(/^-ERR\s*/, '').replace(/^'|'$/g, '')
  const advice = /authorization|authentication|permissions/i.test(reason) ? '; check the credentials in the Secret' : ''
  return new SendError(`NATS answered ${reason.slice(0, 200)}${advice}`, { retry: !lasting.test(reason) })
}

/** A connection to one NATS server: lines in, lines out. */
export class NatsConnection {
  #socket: Socket
  #buffer = ''
  #failure: Error | undefined
  #wake: () => void = () => {}
  readonly #onData = (chunk: Buffer): void => {
    this.#buffer += chunk.toString('latin1')
    if (this.#buffer.length > longestLine) this.#fail(new NetFailure('the answer is too long for a NATS server'))
    this.#wake()
  }
  readonly #fail = (error?: Error): void => {
    this.#failure ??= error ?? new NetFailure('the server closed the connection')
    this.#wake()
  }

  constructor(socket: Socket) {
    this.#socket = socket
    this.#listen()
  }

  /** The first line of the server. Rejects with {@link SendError} where nothing like NATS answers, and with NetFailure. */
  async readInfo(): Promise<NatsInfo> {
    const line = await this.#readLine()
    const [, json] = /^INFO\s+(\{.*\})\s*$/i.exec(line) ?? []
    if (json === undefined) throw new SendError('what answers there is no NATS server; check url', { retry: false })
    return infoSchema.parse(JSON.parse(json))
  }

  /** Goes on encrypted. */
  async encrypt(host: string): Promise<void> {
    this.#socket.off('data', this.#onData)
    const options = { socket: this.#socket, ...(isIP(host) === 0 ? { servername: host } : { host }) }
    this.#socket = await new Promise<Socket>((resolve, reject) => {
      const secure = connectTls(options, () => resolve(secure))
      secure.once('error', (error) => reject(new NetFailure(error.message, { cause: error })))
      secure.once('close', () => reject(new NetFailure('the server closed the connection')))
    })
    this.#listen()
  }

  /** Sends a command with its JSON, or with bytes of its own. */
  write(command: string, payload?: Json | Buffer): void {
    const end = Buffer.from('\r\n')
    if (payload === undefined) this.#socket.write(`${command}\r\n`)
    else if (Buffer.isBuffer(payload)) this.#socket.write(Buffer.concat([Buffer.from(command), end, payload, end]))
    else this.#socket.write(`${command} ${JSON.stringify(payload)}\r\n`)
  }

  /** Waits until the server has worked off everything so far. Rejects with {@link SendError} for what it refuses. */
  async flush(): Promise<void> {
    this.write('PING')
    for (;;) {
      const line = await this.#readLine()
      if (/^PONG\b/i.test(line)) return
      if (line.startsWith('-ERR')) throw faultOf(line)
      if (/^PING\b/i.test(line)) this.write('PONG')
    }
  }

  close(): void {
    this.#socket.destroy()
  }

  #listen(): void {
    this.#socket.on('data', this.#onData)
    this.#socket.on('error', (error) => this.#fail(new NetFailure(error.message, { cause: error })))
    this.#socket.on('close', () => this.#fail())
  }

  async #readLine(): Promise<string> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#buffer.slice(0, end)
        this.#buffer = this.#buffer.slice(end + 2)
        return line
      }
      if (this.#failure !== undefined) throw this.#failure
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer, type SecureContextOptions, TLSSocket } from 'node:tls'

/** How a listener treats who connects. */
export interface SmtpBehavior {
  /** Key and certificate: STARTTLS is offered, or TLS comes first where {@link implicitTls} says so. */
  readonly tls?: SecureContextOptions
  readonly implicitTls?: boolean
  /** Takes names and passwords, and this pair only. */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** Answers to commands by their first word (`MAIL`, `RCPT`, `.` for the end of the message) instead of the usual ones. */
  readonly answers?: Readonly<Record<string, string>>
  /** Says nothing at all. */
  readonly silent?: boolean
}

/** A message that was taken. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
  /** Whether it came encrypted. */
  readonly isEncrypted: boolean
}

/** A small real SMTP server on loopback (RFC 5321, RFC 3207, RFC 4954). */
export class SmtpListener implements AsyncDisposable {
  readonly mails: ReceivedMail[] = []
  /** First words of the commands that came, in order. */
  readonly commands: string[] = []
  /** Resolves with the first connection. */
  readonly connected: Promise<void>
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #behavior: SmtpBehavior

  private constructor(behavior: SmtpBehavior) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.connected = promise
    this.#behavior = behavior
    const onSocket = (socket: Socket): void => {
      resolve()
      this.#serve(socket, behavior.implicitTls ?? false, true)
    }
    this.#server = behavior.implicitTls ? createTlsServer({ ...behavior.tls }, onSocket) : createServer(onSocket)
  }

  /** Listens on a free port. */
  static async start(behavior: SmtpBehavior = {}): Promise<SmtpListener> {
    const listener = new SmtpListener(behavior)
    await new Promise<void>((resolve) => listener.#server.listen(0, '127.0.0.1', resolve))
    return listener
  }

  get port(): number {
    const { port } = this.#server.address() as AddressInfo
    return port
  }

  #serve(socket: Socket, isEncrypted: boolean, greets: boolean): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    if (this.#behavior.silent) return
    const session = new Session(this.#behavior, isEncrypted, this.mails)
    if (greets) socket.write('220 listener ESMTP\r\n')
    let buffer = ''
    const onData = (chunk: Buffer): void => {
      buffer += chunk.toString()
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const line = buffer.slice(0, end)
        buffer = buffer.slice(end + 2)
        const reply = session.take(line, (command) => this.commands.push(command))
        if (reply !== undefined) socket.write(`${reply}\r\n`)
        if (!session.wantsTls) continue
        socket.off('data', onData)
        this.#serve(new TLSSocket(socket, { isServer: true, ...this.#behavior.tls }), true, false)
        return
      }
    }
    socket.on('data', onData)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** What one client says, line by line. */
class Session {
  wantsTls = false
  readonly #behavior: SmtpBehavior
  readonly #isEncrypted: boolean
  readonly #mails: ReceivedMail[]
  #from = ''
  #to: string[] = []
  #data: string[] | undefined

  constructor(behavior: SmtpBehavior, isEncrypted: boolean, mails: ReceivedMail[]) {
    this.#behavior = behavior
    this.#isEncrypted = isEncrypted
    this.#mails = mails
  }

  /** The answer to a line; undefined within a message. */
  take(line: string, note: (command: string) => void): string | undefined {
    if (this.#data !== undefined) return this.#takeData(line)
    const [word = ''] = line.toUpperCase().split(/[ :]/)
    note(word)
    return this.#behavior.answers?.[word] ?? this.#answer(word, line)
  }

  #answer(word: string, line: string): string {
    if (word === 'EHLO') return this.#greeting()
    if (word === 'AUTH') return this.#logIn(line)
    if (word === 'STARTTLS') this.wantsTls = true
    if (word === 'MAIL') this.#from = /<(.*?)>/.exec(line)?.[1] ?? ''
    if (word === 'RCPT') this.#to.push(/<(.*?)>/.exec(line)?.[1] ?? '')
    if (word === 'DATA') this.#data = []
    return word === 'DATA' ? '354 go on' : '250 ok'
  }

  #greeting(): string {
    const { tls, credentials } = this.#behavior
    const lines = [
      'listener',
      ...(tls && !this.#isEncrypted ? ['STARTTLS'] : []),
      ...(credentials ? ['AUTH PLAIN'] : []),
    ]
    return lines.map((text, index) => `250${index === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n')
  }

  #logIn(line: string): string {
    const { username, password } = this.#behavior.credentials ?? { username: '', password: '' }
    const expected = Buffer.from(`\0${username}\0${password}`).toString('base64')
    return line === `AUTH PLAIN ${expected}` ? '235 welcome' : `535 refused ${line}`
  }

  #takeData(line: string): string | undefined {
    if (line !== '.') {
      this.#data?.push(line)
      return undefined
    }
    const data = this.#data?.join('\n') ?? ''
    this.#data = undefined
    const refused = this.#behavior.answers?.['.']
    if (refused === undefined)
      this.#mails.push({ from: this.#from, to: this.#to, data, isEncrypted: this.#isEncrypted })
    return refused ?? '250 taken'
  }
}

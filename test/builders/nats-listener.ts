import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:net'
import { type SecureContextOptions, TLSSocket } from 'node:tls'
import type { Json } from '../../src/lib/json.ts'

/** How a listener treats who connects. */
export interface NatsBehavior {
  /** What it says of itself, besides its name. */
  readonly info?: Readonly<Record<string, Json>>
  /** The first line instead of INFO. */
  readonly greeting?: string
  /** Key and certificate: TLS follows the first line. */
  readonly tls?: SecureContextOptions
  /** Answer to CONNECT, where it is refused: `-ERR 'Authorization Violation'`. */
  readonly refuses?: string
  /** The same to a message. */
  readonly refusesMessage?: string
  readonly silent?: boolean
}

/** A message that was published. */
export interface PublishedMessage {
  /** The command, `PUB` or `HPUB`, with its arguments. */
  readonly command: string
  readonly payload: string
}

/** A small real NATS server on loopback, as far as publishing goes (NATS client protocol). */
export class NatsListener implements AsyncDisposable {
  readonly published: PublishedMessage[] = []
  /** Arguments of CONNECT. */
  readonly options: Readonly<Record<string, unknown>>[] = []
  /** Resolves with the first connection. */
  readonly connected: Promise<void>
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #behavior: NatsBehavior

  private constructor(behavior: NatsBehavior) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.connected = promise
    this.#behavior = behavior
    this.#server = createServer((socket) => {
      resolve()
      this.#greet(socket)
    })
  }

  /** Listens on a free port. */
  static async start(behavior: NatsBehavior = {}): Promise<NatsListener> {
    const listener = new NatsListener(behavior)
    await new Promise<void>((resolve) => listener.#server.listen(0, '127.0.0.1', resolve))
    return listener
  }

  get host(): string {
    const { port } = this.#server.address() as AddressInfo
    return `127.0.0.1:${port}`
  }

  #greet(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('error', () => {})
    const { silent, greeting, info, tls } = this.#behavior
    if (silent) return
    const told = {
      server_name: 'listener',
      headers: true,
      max_payload: 1000,
      ...(tls && { tls_required: true }),
      ...info,
    }
    socket.write(`${greeting ?? `INFO ${JSON.stringify(told)}`}\r\n`)
    this.#listen(tls === undefined ? socket : new TLSSocket(socket, { isServer: true, ...tls }))
  }

  #listen(socket: Socket): void {
    socket.on('error', () => {})
    let buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk])
      for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
        const command = buffer.subarray(0, end).toString()
        const size = /^H?PUB/.test(command) ? Number(command.split(' ').at(-1)) + 2 : 0
        if (buffer.length < end + 2 + size) return
        this.#take(socket, command, buffer.subarray(end + 2, end + Math.max(2, size)).toString())
        buffer = buffer.subarray(end + 2 + size)
      }
    })
  }

  #take(socket: Socket, command: string, payload: string): void {
    const { refuses, refusesMessage } = this.#behavior
    if (command.startsWith('CONNECT ')) {
      this.options.push(JSON.parse(command.slice('CONNECT '.length)))
      if (refuses !== undefined) socket.end(`${refuses}\r\n`)
    } else if (command === 'PING') {
      // A server asks, too, whether the client is still there.
      socket.write('PING\r\nPONG\r\n')
    } else if (command !== 'PONG') {
      this.published.push({ command, payload })
      if (refusesMessage !== undefined) socket.write(`${refusesMessage}\r\n`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

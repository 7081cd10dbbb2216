import { fieldManager } from '../../src/cli/connect.ts'
import type { ConnectionFlags } from '../../src/cli/connection-flags.ts'
import type { CliContext, Output } from '../../src/cli/context.ts'
import { run } from '../../src/cli/run.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { type Net, NetFailure } from '../../src/kube/net.ts'
import type { KubeRequest, Transport } from '../../src/kube/transport.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { noConnections } from '../../src/notifications/services/connection.ts'
import { closedHost, surroundingsOf } from '../../src/providers/surroundings.ts'

const noNet: Net = { fetch: async ({ url }) => Promise.reject(new NetFailure(`${url}: there is no network here`)) }

/** How a session of commands begins. */
export interface SessionOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly env?: Readonly<Record<string, string>>
  /** Texts of files, by their path. */
  readonly files?: Readonly<Record<string, string>>
  /** The network beyond the cluster; without it nothing answers. */
  readonly net?: Net
  /** What stands on standard input. */
  readonly input?: string
  /** Size of the terminal; without it, output goes to a pipe. */
  readonly terminal?: { readonly columns: number; readonly rows: number }
}

/** What a command left behind. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

class TextOutput implements Output {
  text = ''
  readonly #terminal: SessionOptions['terminal']

  constructor(terminal: SessionOptions['terminal']) {
    this.#terminal = terminal
  }

  write(text: string): void {
    this.text += text
  }

  get isTty(): boolean {
    return this.#terminal !== undefined
  }

  get columns(): number | undefined {
    return this.#terminal?.columns
  }

  get rows(): number | undefined {
    return this.#terminal?.rows
  }
}

/** One command that runs in this process, and what it has said so far. */
export class CliSession {
  readonly out: TextOutput
  readonly err: TextOutput
  /** The writes that were sent, in order. */
  readonly writes: KubeRequest[] = []
  /** The flags by which the cluster was looked for. */
  flags: ConnectionFlags | undefined
  readonly #interrupt = new AbortController()
  readonly #options: SessionOptions

  constructor(options: SessionOptions) {
    this.#options = options
    this.out = new TextOutput(options.terminal)
    this.err = new TextOutput(options.terminal)
  }

  /** As Ctrl-C does. */
  interrupt(): void {
    this.#interrupt.abort(new Error('SIGINT'))
  }

  async run(...argv: string[]): Promise<Outcome> {
    const code = await run(argv, this.#context())
    return { code, stdout: this.out.text, stderr: this.err.text }
  }

  #context(): CliContext {
    const { clock, env = {}, files = {}, input = '', net = noNet } = this.#options
    const outside = { net, connect: noConnections, surroundings: surroundingsOf(closedHost()) }
    return {
      out: this.out,
      err: this.err,
      clock,
      random: () => 0.5,
      env,
      signal: this.#interrupt.signal,
      build: {
        version: '1.2.3',
        date: '',
        commit: 'abc',
        treeState: 'clean',
        nodeVersion: 'v20',
        platform: 'linux/x64',
      },
      readFile: async (path) => {
        const text = files[path]
        if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
        return text
      },
      readInput: async () => input,
      dashboardPage: async () => '<!doctype html><html><head><base href="/"></head><body></body></html>',
      outside: async () => outside,
      connect: async (flags) => {
        this.flags = flags
        const transport = this.#watched()
        const client = new KubeClient({ transport, fieldManager })
        return { transport, client, namespace: flags.namespace ?? 'default', close: () => {} }
      },
    }
  }

  #watched(): Transport {
    const { transport } = this.#options
    return {
      request: (request) => {
        if (request.method !== 'GET') this.writes.push(request)
        return transport.request(request)
      },
      watch: (request) => transport.watch(request),
    }
  }
}

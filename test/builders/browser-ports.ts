import type { Ports, StreamHandlers } from '../../src/dashboard/session/ports.ts'

/** A stream that the page has opened. */
export interface OpenedStream extends StreamHandlers {
  readonly path: string
  isOpen: boolean
}

/** How a path of the API is answered: a value as JSON, or a status with a text. */
type Answer = { readonly json: unknown } | { readonly status: number; readonly text: string }

/** A browser that a test holds in its hands: time passes, streams speak and requests are answered as it says. */
export class BrowserPorts implements Ports {
  readonly streams: OpenedStream[] = []
  readonly addresses: string[] = []
  /** Requests that change something, with their bodies. */
  readonly changes: string[] = []
  readonly storage = new Map<string, string>()
  readonly #answers = new Map<string, Answer>()
  readonly #visibility: (() => void)[] = []
  #timers: { readonly at: number; readonly run: () => void }[] = []
  #now = 0
  #visible = true

  /** Says how a path is answered from now on; without, nobody answers. */
  answer(path: string, answer: Answer): this {
    this.#answers.set(path, answer)
    return this
  }

  request(path: string, options?: { readonly method: 'PUT'; readonly body: string }): Promise<Response> {
    if (options) this.changes.push(`${path} ${options.body}`)
    const answer = this.#answers.get(path)
    if (answer === undefined) return Promise.reject(new TypeError('nobody answers'))
    return Promise.resolve('json' in answer ? Response.json(answer.json) : new Response(answer.text, answer))
  }

  openStream(path: string, handlers: StreamHandlers): () => void {
    const stream = { ...handlers, path, isOpen: true }
    this.streams.push(stream)
    return () => {
      stream.isOpen = false
    }
  }

  /** The one stream that is open. Throws where there are more, or none. */
  get stream(): OpenedStream {
    const open = this.streams.filter(({ isOpen }) => isOpen)
    const [stream] = open
    if (stream === undefined || open.length > 1) throw new Error(`${open.length} streams, not one, are open`)
    return stream
  }

  later(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + ms, run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  /** Lets time pass, and runs what is due in it. */
  advance(ms: number): void {
    this.#now += ms
    const due = this.#timers.filter(({ at }) => at <= this.#now)
    this.#timers = this.#timers.filter(({ at }) => at > this.#now)
    for (const { run } of due) run()
  }

  isVisible(): boolean {
    return this.#visible
  }

  onVisibility(run: () => void): void {
    this.#visibility.push(run)
  }

  /** Hides the page, or shows it again. */
  setVisible(visible: boolean): void {
    this.#visible = visible
    for (const run of this.#visibility) run()
  }

  kept(key: string): string | undefined {
    return this.storage.get(key)
  }

  keep(key: string, value: string): void {
    this.storage.set(key, value)
  }

  /** Where pages may copy to; undefined where they may not. */
  clipboard: string | undefined = ''

  async copy(text: string): Promise<void> {
    if (this.clipboard === undefined) throw new Error('not allowed')
    this.clipboard = text
  }

  showAddress(address: string, how: 'push' | 'replace'): void {
    this.addresses.push(`${how} ${address}`)
  }
}

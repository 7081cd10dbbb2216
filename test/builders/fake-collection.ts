import { errorFromStatus, KubeError } from '../../src/kube/errors.ts'
import type { StoredObject } from '../../src/kube/informer.ts'
import type { Resource } from '../../src/kube/resource.ts'
import type { KubeRequest, Transport, WatchEvent, WatchRequest } from '../../src/kube/transport.ts'
import type { JsonObject } from '../../src/lib/json.ts'

/** A custom resource for tests. */
export const widgets: Resource = {
  group: 'test.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
}

interface Watcher {
  readonly request: WatchRequest
  readonly queue: (WatchEvent | Error | 'close')[]
  wake: () => void
}

/**
 * One collection of an API server in memory, with a list, a watch, and the faults of both at hand. Smaller than the sandbox
 * on purpose: what it does wrong, it does because a test says so.
 */
export class FakeCollection implements Transport {
  /** Every request that came, as `LIST`, `LIST continue` or `WATCH <resourceVersion>`. */
  readonly calls: string[] = []
  /** Thrown by the next lists, in order. */
  readonly listFaults: Error[] = []
  /** Thrown by the next watches when they are opened, in order. */
  readonly watchFaults: Error[] = []
  /** Objects in a page at most, whatever is asked for. */
  pageSize = 500
  readonly #objects = new Map<string, StoredObject>()
  #history: { readonly version: number; readonly event: WatchEvent }[] = []
  #compactedAt = 0
  #version = 100
  readonly #watchers = new Set<Watcher>()
  #isSilent = false

  /** Watches that are open. */
  get watches(): number {
    return this.#watchers.size
  }

  /** The objects there are, as a list would give them. */
  get objects(): readonly StoredObject[] {
    return [...this.#objects.values()]
  }

  /** Creates an object or changes it. */
  put(name: string, content: JsonObject = {}): StoredObject {
    const known = this.#objects.get(name)
    const object: StoredObject = {
      ...content,
      metadata: {
        name,
        namespace: 'default',
        uid: known?.metadata.uid ?? `uid-${name}-${this.#version}`,
        resourceVersion: String(++this.#version),
      },
    }
    this.#objects.set(name, object)
    this.#publish({ type: known ? 'MODIFIED' : 'ADDED', object })
    return object
  }

  delete(name: string): void {
    const known = this.#objects.get(name)
    if (known === undefined) return
    this.#objects.delete(name)
    const metadata = { ...known.metadata, resourceVersion: String(++this.#version) }
    this.#publish({ type: 'DELETED', object: { ...known, metadata } })
  }

  /** Tells every watcher how far the collection is. */
  bookmark(): void {
    const object = { kind: 'Widget', metadata: { resourceVersion: String(++this.#version) } }
    for (const watcher of this.#watchers) this.#send(watcher, { type: 'BOOKMARK', object })
  }

  /** Does something of which no watch hears, as when something in between hangs. */
  silently<T>(act: () => T): T {
    this.#isSilent = true
    try {
      return act()
    } finally {
      this.#isSilent = false
    }
  }

  /** Forgets every change so far: who watches from before gets 410. */
  compact(): void {
    this.#history = []
    this.#compactedAt = this.#version
  }

  /** Ends every watch, in order or with an error. */
  end(how: Error | 'close'): void {
    for (const watcher of this.#watchers) this.#send(watcher, how)
  }

  async request(request: KubeRequest): Promise<JsonObject> {
    const from = Number(request.query?.continue ?? 0)
    this.calls.push(from === 0 ? 'LIST' : 'LIST continue')
    const fault = this.listFaults.shift()
    if (fault !== undefined) throw fault
    const size = request.query?.limit === undefined ? Number.POSITIVE_INFINITY : this.pageSize
    const rest = this.objects.slice(from + size)
    return {
      kind: 'WidgetList',
      metadata: {
        resourceVersion: String(this.#version),
        ...(rest.length > 0 && { continue: String(from + size) }),
      },
      items: structuredClone(this.objects.slice(from, from + size)),
    }
  }

  async *watch(request: WatchRequest): AsyncGenerator<WatchEvent> {
    this.calls.push(`WATCH ${request.query.resourceVersion}`)
    const fault = this.watchFaults.shift()
    if (fault !== undefined) throw fault
    const from = Number(request.query.resourceVersion)
    if (from < this.#compactedAt) throw gone()
    const missed = this.#history.filter(({ version }) => version > from).map(({ event }) => event)
    const watcher: Watcher = { request, queue: [...missed], wake: () => {} }
    this.#watchers.add(watcher)
    request.onOpen?.()
    request.signal.addEventListener('abort', () => this.#send(watcher, 'close'), { once: true })
    try {
      yield* this.#stream(watcher)
    } finally {
      this.#watchers.delete(watcher)
    }
  }

  async *#stream(watcher: Watcher): AsyncGenerator<WatchEvent> {
    for (;;) {
      const next = watcher.queue.shift()
      if (next === 'close') return
      if (next instanceof Error) throw next
      if (next !== undefined) yield structuredClone(next)
      else {
        await new Promise<void>((resolve) => {
          watcher.wake = resolve
        })
      }
    }
  }

  #publish(event: WatchEvent): void {
    this.#history.push({ version: this.#version, event })
    if (this.#isSilent) return
    for (const watcher of this.#watchers) this.#send(watcher, event)
  }

  #send(watcher: Watcher, item: WatchEvent | Error | 'close'): void {
    watcher.queue.push(item)
    watcher.wake()
  }
}

/** The error of a version that the server has forgotten. */
export const gone = (): KubeError =>
  errorFromStatus(
    410,
    { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' },
    { method: 'WATCH', path: '/x' },
  )

/** An error of the API server with only a code, and how long it asks to wait. */
export const refusal = (code: number, retryAfterMs?: number): KubeError =>
  new KubeError({ code, retryAfterMs }, { method: 'GET', path: '/x' })

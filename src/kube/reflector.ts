import { Backoff } from '../lib/backoff.ts'
import { type Deadline, startDeadline } from '../lib/deadline.ts'
import type { JsonObject } from '../lib/json.ts'
import { isJsonObject, listOr, stringOr } from '../lib/json-value.ts'
import type { Logger } from '../telemetry/logger.ts'
import { isForbidden, isGone, isNotFound, KubeError } from './errors.ts'
import type { StoredObject } from './informer.ts'
import {
  afterClose,
  afterFailure,
  afterList,
  firstState,
  type Pause,
  type ReflectorState,
  type Step,
} from './reflector-state.ts'
import type { Runtime } from './runtime.ts'
import { isStoredObject } from './stored-object.ts'
import type { Transport, WatchEvent } from './transport.ts'

/** Where a reflector puts what it reads. Every call is synchronous: a watch never waits for its reader. */
export interface ReflectorSink {
  /** The whole collection, as of one resource version. */
  replace(objects: readonly StoredObject[], resourceVersion: string): void
  upsert(object: StoredObject): void
  remove(object: StoredObject): void
  /** The reader has everything up to this version. Called after each change, and for bookmarks. */
  progress(resourceVersion: string): void
  /** The server does not know the kind: its CRD is not installed. */
  absent(): void
  /** What stands in the way at the moment; `undefined` when nothing does. */
  problem(error: unknown): void
}

/** Settings of a {@link Reflector}. */
export interface ReflectorOptions {
  readonly transport: Transport
  readonly runtime: Runtime
  /** Path of the collection. */
  readonly path: string
  /** Label and field selectors. */
  readonly query: Readonly<Record<string, string>>
  readonly sink: ReflectorSink
}

/** Objects in a page of a list: large enough for few calls, small enough that decoding one does not hold up the event loop. */
const pageSize = 500
const unpagedTimeoutMs = 120_000
const slowRetryMs = 30_000
const newBackoff = (firstMs: number, maxMs: number): Backoff => new Backoff({ firstMs, maxMs, resetAfterMs: 120_000 })
/** Longer than a watch takes to come back from a connection that was cut; what happened meanwhile is still to be heard then. */
const outdatedAfterMs = 5000
/** Longer than a server that starts takes to serve its CRDs: until then 404 is a failure, not the absence of the kind. */
const absentAfterMs = 60_000
const watchSeconds = { least: 280, spread: 20 }
/** A live server ends a watch by itself after its time; one that is this late is gone. */
const idleGraceMs = 5000
/**
 * Servers send a bookmark about once a minute (Kubernetes API concepts, "Watch bookmarks"). One that has sent any and then
 * neither a change nor a bookmark for so long hangs, or somebody in between does.
 */
const silentAfterMs = 90_000

/**
 * Keeps a copy of a collection current: lists it, watches it from there, resumes where it can and lists again where it
 * must. The moves are in `reflector-state.ts`; this is what carries them out. Follows kube-rs' watcher in its rules.
 */
export class Reflector {
  readonly #options: ReflectorOptions
  readonly #log: Logger
  /**
   * Counted apart: a server that answers again after an outage need not be waited for as long as one that is gone. Asking
   * one that is away costs nobody anything, and releases wait for it; a new list after each 410 costs the server most.
   */
  readonly #backoffs = {
    network: newBackoff(800, 5000),
    answer: newBackoff(800, 10_000),
    gone: newBackoff(1600, 30_000),
  }
  #backoff = this.#backoffs.answer
  #state: ReflectorState = firstState
  #everListed = false
  #sendsBookmarks = false
  #missingSince: number | undefined
  #failingSince: number | undefined

  constructor(options: ReflectorOptions) {
    this.#options = options
    this.#log = options.runtime.log.child({ path: options.path })
  }

  /** Runs until `signal` aborts. Never rejects: whatever goes wrong is reported to the sink, and tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const step = await this.#attempt(signal)
      if (signal.aborted) return
      this.#state = step.state
      await this.#wait(step.pause, signal)
    }
  }

  /** Whether the collection has been out of reach for so long that what is known of it is not to be relied upon. */
  get outdated(): boolean {
    const { clock } = this.#options.runtime
    return this.#failingSince !== undefined && clock.monotonic() - this.#failingSince >= outdatedAfterMs
  }

  async #attempt(signal: AbortSignal): Promise<Step> {
    // A watch that goes on catches up some time after it was opened, and says nothing when it has; a list is exact.
    if (this.#state.type === 'watch' && this.outdated) this.#state = firstState
    try {
      return this.#state.type === 'list'
        ? await this.#list(this.#state.paged, signal)
        : await this.#watch(this.#state.resourceVersion, signal)
    } catch (error) {
      return signal.aborted ? { state: this.#state, pause: { type: 'none' } } : this.#fail(error)
    }
  }

  #fail(error: unknown): Step {
    const step = afterFailure(this.#state, error)
    this.#backoff = this.#backoffs[failureKind(error)]
    this.#failingSince ??= this.#options.runtime.clock.monotonic()
    this.#options.sink.problem(error)
    this.#report(error)
    // A server that starts refuses what its RBAC caches do not know yet, so rights that were there are asked for sooner.
    if (isForbidden(error) && this.#everListed) return { state: step.state, pause: { type: 'backoff', atLeastMs: 0 } }
    return isNotFound(error) ? this.#missing(step) : step
  }

  #recover(): void {
    this.#failingSince = undefined
    this.#options.sink.problem(undefined)
  }

  #report(error: unknown): void {
    if (isForbidden(error))
      this.#log.warn('reading is forbidden; check the RBAC rules of the controller', { err: error })
    else if (!isNotFound(error)) this.#log.info('reading was interrupted and goes on', { err: error })
  }

  /** 404 of a kind that was there is believed only after a while: nothing may be taken for deleted while a server starts. */
  #missing(step: Step): Step {
    const now = this.#options.runtime.clock.monotonic()
    this.#missingSince ??= now
    if (this.#everListed && now - this.#missingSince < absentAfterMs) {
      return { state: step.state, pause: { type: 'backoff', atLeastMs: 0 } }
    }
    this.#everListed = false
    this.#options.sink.absent()
    return step
  }

  async #wait(pause: Pause, signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options.runtime
    if (pause.type === 'none') return
    const delay =
      pause.type === 'slow'
        ? slowRetryMs * (0.75 + random() / 2)
        : Math.max(pause.atLeastMs, this.#backoff.next(clock.monotonic(), random()))
    await clock.sleep(delay, signal).catch(() => {})
  }

  async #list(paged: boolean, signal: AbortSignal): Promise<Step> {
    const objects: StoredObject[] = []
    let page = await this.#page(paged, undefined, signal)
    for (;;) {
      this.#collect(page, objects)
      const next = isJsonObject(page.metadata) ? stringOr(page.metadata.continue) : undefined
      if (next === undefined || next === '') break
      await this.#options.runtime.yieldToLoop()
      page = await this.#page(paged, next, signal)
    }
    const resourceVersion = versionOf(page)
    if (resourceVersion === undefined)
      throw new Error(`listing ${this.#options.path}: the answer has no resourceVersion`)
    this.#everListed = true
    this.#missingSince = undefined
    this.#failingSince = undefined
    this.#options.sink.replace(objects, resourceVersion)
    return afterList(resourceVersion)
  }

  #page(paged: boolean, token: string | undefined, signal: AbortSignal): Promise<JsonObject> {
    const { transport, path, query } = this.#options
    const page = paged ? { limit: String(pageSize) } : {}
    return transport.request({
      method: 'GET',
      path,
      query: { ...query, ...page, ...(token !== undefined && { continue: token }) },
      signal,
      ...(!paged && { timeoutMs: unpagedTimeoutMs }),
    })
  }

  #collect(page: JsonObject, objects: StoredObject[]): void {
    for (const item of listOr(page.items)) {
      if (isStoredObject(item)) objects.push(item)
      else this.#log.warn('leaving out an object without name, uid or resourceVersion')
    }
  }

  async #watch(from: string, outer: AbortSignal): Promise<Step> {
    const { clock, random } = this.#options.runtime
    const seconds = watchSeconds.least + Math.floor(random() * watchSeconds.spread)
    const idleTimeoutMs = seconds * 1000 + idleGraceMs
    const silence = startDeadline(clock, this.#allowedSilence(idleTimeoutMs), outer, 'the watch brought nothing')
    const began = clock.monotonic()
    try {
      const { transport, path, query } = this.#options
      const stream = transport.watch({
        path,
        query: { ...query, resourceVersion: from, allowWatchBookmarks: 'true', timeoutSeconds: String(seconds) },
        idleTimeoutMs,
        signal: silence.signal,
        onOpen: () => this.#recover(),
      })
      const { resourceVersion, events } = await this.#follow(stream, from, silence, idleTimeoutMs)
      if (!outer.aborted) silence.signal.throwIfAborted()
      return afterClose(resourceVersion, { lastedMs: clock.monotonic() - began, events })
    } finally {
      silence.release()
    }
  }

  async #follow(stream: AsyncIterable<WatchEvent>, from: string, silence: Deadline, idleTimeoutMs: number) {
    const { clock } = this.#options.runtime
    let [events, resourceVersion, heardAt] = [0, from, clock.monotonic()]
    for await (const event of stream) {
      if (silence.signal.aborted) break
      if (event.type === 'BOOKMARK') this.#sendsBookmarks = true
      heardAt = clock.monotonic()
      silence.renew(this.#allowedSilence(idleTimeoutMs))
      resourceVersion = this.#apply(event) ?? resourceVersion
      // Kept outside as well: an error of the stream resumes from the last event, not from where the watch began.
      this.#state = { type: 'watch', resourceVersion }
      events++
    }
    // Whatever has happened since was not heard: that is how long the collection has been out of reach.
    if (silence.signal.aborted && clock.monotonic() - heardAt >= silentAfterMs) this.#failingSince ??= heardAt
    return { resourceVersion, events }
  }

  /** Without bookmarks it is for the transport to judge, whose limit comes first. */
  #allowedSilence(idleTimeoutMs: number): number {
    return this.#sendsBookmarks ? silentAfterMs : 2 * idleTimeoutMs
  }

  #apply(event: WatchEvent): string | undefined {
    const { sink } = this.#options
    const version = versionOf(event.object)
    if (event.type !== 'BOOKMARK' && !isStoredObject(event.object)) {
      this.#log.warn('leaving out a change of an object without name, uid or resourceVersion')
      return version
    }
    if (isStoredObject(event.object) && event.type !== 'BOOKMARK') {
      if (event.type === 'DELETED') sink.remove(event.object)
      else sink.upsert(event.object)
    }
    if (version !== undefined) sink.progress(version)
    return version
  }
}

const failureKind = (error: unknown): 'network' | 'answer' | 'gone' => {
  if (isGone(error)) return 'gone'
  return error instanceof KubeError ? 'answer' : 'network'
}

/** `metadata.resourceVersion` of a list, an object or a bookmark. */
const versionOf = (value: JsonObject): string | undefined => {
  const version = isJsonObject(value.metadata) ? stringOr(value.metadata.resourceVersion) : undefined
  return version === '' ? undefined : version
}

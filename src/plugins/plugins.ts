import type * as z from 'zod'
import type { Clock } from '../lib/clock.ts'
import { startDeadline } from '../lib/deadline.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { LruMap } from '../lib/lru-map.ts'
import type { Plugin, PluginLookup } from './configuration.ts'
import { type Description, describePath, description } from './contract/describe.ts'
import type { Operation, PluginKind } from './contract/operation.ts'
import { Exchange, type ExchangePorts } from './exchange.ts'
import { PluginError } from './plugin-error.ts'
import type { PluginRegistry } from './registry.ts'

/** The body of a request without what the caller adds. */
export type CallBody<Request extends z.ZodType> = DeepReadonly<Omit<z.input<Request> & object, 'plugin' | 'sequence'>>

/** Asks plugins. What measures, routes or runs steps sees no more of them than this. */
export interface PluginCaller {
  /** What the configuration says about a name now. */
  find(kind: PluginKind, name: string): PluginLookup
  /**
   * Has a plugin do something. Name and sequence are added to the body. Throws {@link PluginError} for a plugin that is
   * not configured, does not answer, refuses, or answers what the contract does not allow.
   */
  call<Request extends z.ZodObject, Answer extends z.ZodType>(
    operation: Operation<Request, Answer>,
    name: string,
    body: CallBody<Request>,
    signal: AbortSignal,
  ): Promise<z.infer<Answer>>
  /** What a plugin says about itself; asked again after a minute. Throws {@link PluginError}. */
  describe(kind: PluginKind, name: string, signal: AbortSignal): Promise<Description>
}

/** How long a plugin is taken for what it said it is. */
const descriptionMs = 60_000
const keptDescriptions = 256
const configurationTimeoutMs = 10_000

const untilAborted = (promise: Promise<void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })

/** The configuration as it is read. */
interface KnownPlugins {
  readonly directory: PluginRegistry['directory']
  readonly cache: Pick<PluginRegistry['cache'], 'synced' | 'whenSynced'>
}

interface KeptDescription {
  readonly description: Description
  readonly untilMs: number
}

/** The plugins of the current configuration. */
export class Plugins implements PluginCaller {
  readonly #registry: KnownPlugins
  readonly #exchange: Exchange
  readonly #clock: Clock
  /** By everything that makes a plugin another one. */
  readonly #descriptions = new LruMap<string, KeptDescription>(keptDescriptions)
  #lastSequence = 0

  constructor(registry: KnownPlugins, ports: ExchangePorts) {
    this.#registry = registry
    this.#exchange = new Exchange(ports)
    this.#clock = ports.clock
  }

  find(kind: PluginKind, name: string): PluginLookup {
    return this.#registry.directory.find(kind, name)
  }

  async call<Request extends z.ZodObject, Answer extends z.ZodType>(
    operation: Operation<Request, Answer>,
    name: string,
    body: CallBody<Request>,
    signal: AbortSignal,
  ): Promise<z.infer<Answer>> {
    await this.#configurationKnown(signal)
    const plugin = this.#usable(operation.kind, name)
    const { method, path, answer } = operation
    const sequence = this.#nextSequence()
    await this.describe(operation.kind, name, signal)
    try {
      return await this.#exchange.ask(plugin, {
        method,
        path,
        answer,
        signal,
        body: { ...body, plugin: name, sequence },
      })
    } catch (error) {
      // It may be another one when it is back.
      this.#descriptions.delete(keyOf(plugin))
      throw error
    }
  }

  async describe(kind: PluginKind, name: string, signal: AbortSignal): Promise<Description> {
    const plugin = this.#usable(kind, name)
    const kept = this.#descriptions.get(keyOf(plugin))
    if (kept !== undefined && kept.untilMs > this.#clock.monotonic()) return kept.description
    const request = { method: 'GET', path: describePath, answer: description, signal } as const
    const found = await this.#exchange.ask(plugin, request)
    if (!found.kinds.includes(kind)) {
      throw new PluginError(`plugin ${name}: it says that it is no ${kind} plugin, but ${found.kinds.join(' and ')}`)
    }
    this.#descriptions.set(keyOf(plugin), { description: found, untilMs: this.#clock.monotonic() + descriptionMs })
    return found
  }

  /** A cache that never fills, for want of a right, is told rather than waited for. */
  async #configurationKnown(signal: AbortSignal): Promise<void> {
    if (this.#registry.cache.synced) return
    const what = 'reading the ConfigMap of the plugins: no answer; check that the controller may get, list and watch it'
    const deadline = startDeadline(this.#clock, configurationTimeoutMs, signal, what)
    try {
      await untilAborted(this.#registry.cache.whenSynced(), deadline.signal)
    } finally {
      deadline.release()
    }
  }

  #usable(kind: PluginKind, name: string): Plugin {
    const lookup = this.find(kind, name)
    if (lookup.type === 'usable') return lookup.plugin
    throw new PluginError(lookup.type === 'disabled' ? `plugin ${name} is disabled` : lookup.problem)
  }

  /** Grows with every request, also over a restart as long as the clock does. */
  #nextSequence(): number {
    this.#lastSequence = Math.max(this.#lastSequence + 1, Math.floor(this.#clock.now()))
    return this.#lastSequence
  }
}

const keyOf = (plugin: Plugin): string => JSON.stringify(plugin)

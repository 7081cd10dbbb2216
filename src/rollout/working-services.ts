import type { Service } from '../api/kubernetes/service.ts'
import { managedByAnnotation, podTemplateHashLabel } from '../api/labels.ts'
import type { DeepReadonly, JsonObject } from '../lib/json.ts'
import type { Effect } from './effects.ts'
import { releasePatch } from './release-service.ts'
import type { Snapshot } from './snapshot.ts'

/** The Services of a strategy with the selectors that the plan gives them. */
export class WorkingServices {
  readonly #live: ReadonlyMap<string, DeepReadonly<Service>>
  readonly #owner: string
  readonly #switched = new Map<string, string>()
  readonly #released = new Map<string, JsonObject>()
  changes = 0

  constructor({ services, rollout }: Pick<Snapshot, 'services' | 'rollout'>) {
    this.#live = services
    this.#owner = rollout.metadata.name
  }

  /** The hash that a Service selects once the plan is done; empty when it selects pods of any revision. */
  selected(service: string): string {
    return this.#switched.get(service) ?? this.#liveHash(service)
  }

  /** The hash that a Service selects as of now, before the plan. */
  selectedNow(service: string): string {
    return this.#liveHash(service)
  }

  /** Whether a Service exists and selects the pods of this revision once the plan is done. */
  willSelect(hash: string): boolean {
    return [...this.#live.keys()].some((name) => this.selected(name) === hash)
  }

  /** Whether a Service, but for one, exists and selects, as of now or once the plan is done, the pods of this revision. */
  selects(hash: string, except?: string): boolean {
    return [...this.#live.keys()].some(
      (name) => name !== except && (this.selected(name) === hash || this.#liveHash(name) === hash),
    )
  }

  has(service: string): boolean {
    return this.#live.has(service)
  }

  /** Whether some Rollout already sets the selector of the Service. */
  isManaged(service: string): boolean {
    return this.#live.get(service)?.metadata.annotations?.[managedByAnnotation] !== undefined
  }

  /** Points a Service at a revision; the hash it had before, or `undefined` when nothing changes. */
  select(service: string, hash: string): string | undefined {
    const from = this.selected(service)
    if (from === hash) return undefined
    this.#switched.set(service, hash)
    this.changes++
    return from
  }

  /** Gives a Service back, so that it selects pods of any revision again. */
  release(service: DeepReadonly<Service>): void {
    const patch = releasePatch(service)
    if (patch === undefined || this.#released.has(service.metadata.name)) return
    this.#released.set(service.metadata.name, patch)
    this.changes++
  }

  /** Key of the effect on a Service. */
  keyOf(service: string): string {
    return `service/${service}`
  }

  /** Services that are pointed at a revision. */
  get effects(): readonly Effect[] {
    return [...this.#switched]
      .filter(([service, hash]) => this.#liveHash(service) !== hash)
      .map(([service, hash]) => this.#effect(service, this.#patch(service, hash), `select the pods of ${hash}`))
  }

  /** Services that are given back. */
  get releases(): readonly Effect[] {
    return [...this.#released].map(([service, patch]) =>
      this.#effect(service, patch, 'select pods of any revision again'),
    )
  }

  #effect(service: string, patch: JsonObject, why: string): Effect {
    return { type: 'selectPods', key: this.keyOf(service), service, patch, why }
  }

  #liveHash(service: string): string {
    return this.#live.get(service)?.spec.selector?.[podTemplateHashLabel] ?? ''
  }

  #patch(service: string, hash: string): JsonObject {
    const spec = { selector: { [podTemplateHashLabel]: hash } }
    return this.isManaged(service)
      ? { spec }
      : { metadata: { annotations: { [managedByAnnotation]: this.#owner } }, spec }
  }
}

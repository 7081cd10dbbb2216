import type { Value } from '../expr/value.ts'
import type { InvolvedObject } from '../kube/event-object.ts'
import type { EventRecorder } from '../kube/events.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { Runtime } from '../kube/runtime.ts'
import type { DeepReadonly } from '../lib/json.ts'
import { objectOr } from '../lib/json-value.ts'
import { LruMap } from '../lib/lru-map.ts'
import { involvedRollout } from '../rollout/publish.ts'
import type { Deliveries } from './deliveries.ts'
import type { Destination } from './services/service.ts'
import type { NamespaceSettings, SettingsSource } from './settings-source.ts'
import { type Subscriptions, subscriptionsOf } from './subscriptions.ts'
import { RenderError } from './templates.ts'
import { type Condition, judge } from './triggers.ts'
import { nanoseconds, variablesOf } from './variables.ts'

/** Something that is told to somebody. */
export interface Telling {
  readonly scope: NamespaceSettings
  readonly trigger: string
  readonly condition: Condition
  readonly destination: Destination
}

/** Settings of a {@link Teller}. */
export interface TellerOptions {
  readonly source: Pick<SettingsSource, 'of'>
  readonly runtime: Runtime
  readonly events: Pick<EventRecorder, 'record'>
  readonly deliveries: Pick<Deliveries, 'add' | 'giveUp'>
  /** All AnalysisRuns that a Rollout controls. */
  readonly analysisRunsOf: (rollout: DeepReadonly<StoredObject>) => readonly DeepReadonly<StoredObject>[]
}

type Strings = Readonly<Record<string, string>>

const stringsOf = (value: unknown): Strings =>
  Object.fromEntries(
    Object.entries(objectOr(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  )

/** Annotations that were complained about. */
const remembered = 1000

/** Finds out who is to be told what of a Rollout, and hands it to the delivery. */
export class Teller {
  readonly #options: TellerOptions
  readonly #complaints = new LruMap<string, true>(remembered)

  constructor(options: TellerOptions) {
    this.#options = options
  }

  /** What conditions and templates of a configuration see. */
  variables({ settings }: NamespaceSettings, rollout: DeepReadonly<StoredObject>): ReadonlyMap<string, Value> {
    const nowMs = this.#options.runtime.clock.now()
    return variablesOf({ rollout, analysisRuns: this.#options.analysisRunsOf(rollout), nowMs }, settings.config)
  }

  /** Whether a condition holds of a Rollout, and for which value of `oncePer`. */
  judge(condition: Condition, variables: ReadonlyMap<string, Value>) {
    return judge(condition, variables, () => nanoseconds(this.#options.runtime.clock.now()))
  }

  /** Everything that some configuration has for somebody who subscribed, of one trigger or of all. */
  tellingsOf(rollout: DeepReadonly<StoredObject>, only?: string): readonly Telling[] {
    const scopes = this.#options.source.of(rollout.metadata.namespace ?? '')
    if (scopes.length === 0) return []
    return scopes.flatMap((scope) => {
      const { byTrigger } = this.#subscriptions(scope, rollout)
      const wanted = only === undefined ? [...byTrigger.keys()] : [only]
      return wanted.flatMap((trigger) =>
        (scope.settings.triggers.get(trigger) ?? []).flatMap((condition) =>
          (byTrigger.get(trigger) ?? [])
            .filter(({ service }) => isServedBy(scope, service, scopes))
            .map((destination) => ({ scope, trigger, condition, destination })),
        ),
      )
    })
  }

  /** Renders a notification and hands it to the delivery. */
  tell(
    { scope, trigger, condition, destination }: Telling,
    rollout: DeepReadonly<StoredObject>,
    variables: ReadonlyMap<string, Value>,
    event: { readonly type: string; readonly reason: string },
  ): void {
    const { source, deliveries, runtime } = this.#options
    const { namespace, settings } = scope
    const delivery = { object: involvedRollout(rollout), event, trigger, destination, namespace }
    try {
      const notification = settings.templates.render(condition.send, variables, destination, {
        now: () => runtime.clock.now(),
        random: runtime.random,
      })
      const service = () => {
        const current = source.of(rollout.metadata.namespace ?? '').find((each) => each.namespace === namespace)
        return current?.settings.services.get(destination.service)
      }
      deliveries.add({ ...delivery, notification, service })
    } catch (error) {
      if (!(error instanceof RenderError)) throw error
      deliveries.giveUp(delivery, settings.redact(error.message))
    }
  }

  #subscriptions({ settings }: NamespaceSettings, rollout: DeepReadonly<StoredObject>): Subscriptions {
    const { labels, annotations } = rollout.metadata
    const found = subscriptionsOf(settings.config, stringsOf(labels), stringsOf(annotations))
    for (const { annotation, message } of found.faults) this.#complain(involvedRollout(rollout), annotation, message)
    return found
  }

  /** Once for each fault: the annotation is read again and again. */
  #complain(object: InvolvedObject, annotation: string, fault: string): void {
    const key = JSON.stringify([object.uid, annotation, fault])
    if (this.#complaints.get(key)) return
    this.#complaints.set(key, true)
    const message = `Annotation ${annotation} cannot be read, so nobody is told by it: ${fault}`
    this.#options.events.record(object, { type: 'Warning', reason: 'NotificationSubscriptionInvalid', message })
  }
}

/** With two configurations a subscription counts where its service is; where no configuration has it, everywhere. */
const isServedBy = (scope: NamespaceSettings, service: string, scopes: readonly NamespaceSettings[]): boolean =>
  scope.settings.services.has(service) || !scopes.some(({ settings }) => settings.services.has(service))

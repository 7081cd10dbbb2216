import * as z from 'zod'
import { configMaps, secrets } from '../api/resources.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import type { Logger } from '../telemetry/logger.ts'
import { notificationConfigMapName, notificationSecretName } from './configuration.ts'
import { type Settings, settingsOf } from './settings.ts'

/** The settings of one namespace. */
export interface NamespaceSettings {
  readonly namespace: string
  /** Whether it is the namespace of Rollouts, not of the controller. */
  readonly selfService: boolean
  readonly settings: Settings
}

/** Where settings are looked for. */
export interface SettingsSourceOptions {
  readonly informers: InformerFactory
  readonly log: Logger
  /** Namespace of the controller. */
  readonly ownNamespace: string
  /** Whether the namespace of a Rollout may have settings of its own. */
  readonly selfService: boolean
}

interface Data {
  readonly namespace: string
  readonly data: Readonly<Record<string, string>>
}

type Cache = SharedInformer<Data>

const dataSchema = z.object({ data: z.record(z.string(), z.string()).optional() })

const viewOf = (object: StoredObject): Data => ({
  namespace: object.metadata.namespace ?? '',
  data: dataSchema.safeParse(object).data?.data ?? {},
})

const decodedView = (object: StoredObject): Data => {
  const { namespace, data } = viewOf(object)
  const entries = Object.entries(data)
  // A file that was put into a Secret ends with a line break that nobody means.
  const decoded = entries.map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8').replace(/\n$/, '')])
  return { namespace, data: Object.fromEntries(decoded) }
}

/**
 * The settings of notifications, read again whenever a ConfigMap or Secret changes. Only the objects with the published names
 * are watched, one by one, so that the right to read just these is enough. Watching begins with {@link start}.
 */
export class SettingsSource {
  readonly #options: SettingsSourceOptions
  readonly #known = new Map<string, Settings>()
  readonly #listeners: (() => void)[] = []
  #isKnown = false
  #caches: { readonly configMaps: Cache; readonly secrets: Cache } | undefined

  constructor(options: SettingsSourceOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#caches !== undefined) return
    const { informers, selfService, ownNamespace } = this.#options
    const scope = selfService ? {} : { namespace: ownNamespace }
    const configMapCache = informers.informer({
      ...scope,
      resource: configMaps,
      fieldSelector: `metadata.name=${notificationConfigMapName}`,
      view: viewOf,
    })
    const secretCache = informers.informer({
      ...scope,
      resource: secrets,
      fieldSelector: `metadata.name=${notificationSecretName}`,
      view: decodedView,
    })
    this.#caches = { configMaps: configMapCache, secrets: secretCache }
    for (const cache of [configMapCache, secretCache]) cache.onChange(({ object }) => this.#forget(object.namespace))
  }

  /** Resolves once it is known what is configured, or that it may not be read: then it counts as nothing. */
  async whenKnown(): Promise<void> {
    const { configMaps: maps, secrets: kept } = this.#caches ?? {}
    await Promise.all([maps?.whenKnown(), kept?.whenKnown()])
  }

  /** Whether {@link whenKnown} has nothing to wait for. */
  get known(): boolean {
    // What was known once goes on counting while the API server is out of reach.
    this.#isKnown ||= this.#caches !== undefined && this.#cachesAreKnown
    return this.#isKnown
  }

  /** Calls back after every change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** What counts for the Rollouts of a namespace: its own settings first, as published. Nothing until it is {@link known}. */
  of(namespace: string): readonly NamespaceSettings[] {
    if (!this.known) return []
    const { ownNamespace, selfService } = this.#options
    const namespaces = selfService && namespace !== ownNamespace ? [namespace, ownNamespace] : [ownNamespace]
    return namespaces.flatMap((each) => {
      const settings = this.#settings(each)
      return settings === undefined ? [] : [{ namespace: each, selfService: each !== ownNamespace, settings }]
    })
  }

  get #cachesAreKnown(): boolean {
    return Object.values(this.#caches ?? {}).every(({ current, refused }) => current || refused)
  }

  #settings(namespace: string): Settings | undefined {
    const data = this.#caches?.configMaps.store.get(namespace, notificationConfigMapName)?.data
    if (data === undefined) return undefined
    const before = this.#known.get(namespace)
    if (before !== undefined) return before
    const secretData = this.#caches?.secrets.store.get(namespace, notificationSecretName)?.data ?? {}
    const settings = settingsOf(data, secretData)
    this.#known.set(namespace, settings)
    this.#report(namespace, settings)
    return settings
  }

  #report(namespace: string, { faults, redact }: Settings): void {
    if (faults.length === 0) return
    const problems = faults.map(({ key, message }) => redact(message.startsWith(key) ? message : `${key}: ${message}`))
    const configMap = `${namespace}/${notificationConfigMapName}`
    this.#options.log.warn('some notifications cannot be used', { configMap, problems })
  }

  #forget(namespace: string): void {
    this.#known.delete(namespace)
    // What is wrong is told when it is configured, not when something is to be sent.
    if (this.known) this.#settings(namespace)
    for (const listener of this.#listeners) listener()
  }
}

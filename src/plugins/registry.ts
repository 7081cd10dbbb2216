import * as z from 'zod'
import { configMaps } from '../api/resources.ts'
import type { StoredObject } from '../kube/informer.ts'
import type { InformerFactory } from '../kube/informer-factory.ts'
import type { SharedInformer } from '../kube/shared-informer.ts'
import { PluginDirectory } from './configuration.ts'

/** Which ConfigMap configures the plugins. */
export interface PluginSource {
  readonly namespace: string
  /** `argo-rollouts-config` unless told otherwise. */
  readonly name: string
}

/** Data of the ConfigMap; what is no text in it is left out. */
interface ConfigData {
  readonly data: Readonly<Record<string, string>>
}

const configSchema = z.object({ data: z.record(z.string(), z.string()).optional() })

const viewOf = (object: StoredObject): ConfigData => ({ data: configSchema.safeParse(object).data?.data ?? {} })

/**
 * The configured plugins, read again whenever the ConfigMap changes. It is watched from when something first asks, so that
 * who uses no plugins needs no right to read it.
 */
export class PluginRegistry {
  readonly #informers: InformerFactory
  readonly #source: PluginSource
  readonly #onProblems: (problems: readonly string[]) => void
  readonly #listeners: (() => void)[] = []
  #cache: SharedInformer<ConfigData> | undefined
  #directory: PluginDirectory | undefined

  /** @param onProblems told what is wrong with each new configuration. */
  constructor(informers: InformerFactory, source: PluginSource, onProblems: (problems: readonly string[]) => void) {
    this.#informers = informers
    this.#source = source
    this.#onProblems = onProblems
  }

  /** The cache to wait for before {@link directory} says anything. */
  get cache(): Pick<SharedInformer<unknown>, 'synced' | 'whenSynced' | 'whenCurrent'> {
    return this.#watched
  }

  /** The configuration of now; an empty one as long as there is no ConfigMap. */
  get directory(): PluginDirectory {
    const { namespace, name } = this.#source
    const data = this.#watched.store.get(namespace, name)?.data
    this.#directory ??= new PluginDirectory(data, `${namespace}/${name}`)
    return this.#directory
  }

  /** Calls back when the configuration is another one. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  get #watched(): SharedInformer<ConfigData> {
    if (this.#cache !== undefined) return this.#cache
    const { namespace, name } = this.#source
    const fieldSelector = `metadata.name=${name}`
    const cache = this.#informers.informer({ resource: configMaps, namespace, fieldSelector, view: viewOf })
    this.#cache = cache
    cache.onChange(() => {
      this.#directory = undefined
      const { problems } = this.directory
      if (problems.length > 0) this.#onProblems(problems)
      for (const listener of this.#listeners) listener()
    })
    return cache
  }
}

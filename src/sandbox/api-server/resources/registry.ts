import type { JsonObject } from '../../../lib/json.ts'
import { noSuchResource } from '../status-error.ts'
import { builtinResources } from './builtin-resources.ts'
import { customResources } from './custom-resource.ts'
import type { ResourceType } from './resource-type.ts'

const keyOf = (type: { group: string; version: string; plural: string }): string =>
  `${type.group}/${type.version}/${type.plural}`

/** The kinds that the server serves at the moment; CRDs come and go. */
export class Registry {
  /** Counts changes, so that discovery documents can be cached. */
  generation = 0
  readonly #types = new Map<string, ResourceType>()
  readonly #byCrd = new Map<string, readonly string[]>()

  constructor() {
    for (const type of builtinResources) this.#types.set(keyOf(type), type)
  }

  /** All kinds: built-in ones first, then custom ones in the order in which their CRDs came. */
  get types(): readonly ResourceType[] {
    return [...this.#types.values()]
  }

  find(resource: { group: string; version: string; plural: string }): ResourceType | undefined {
    return this.#types.get(keyOf(resource))
  }

  /** Throws 404 as the server does for a path that nobody serves. */
  require(resource: { group: string; version: string; plural: string }): ResourceType {
    const type = this.find(resource)
    if (type === undefined) throw noSuchResource()
    return type
  }

  /** Finds a kind as objects and owner references name it. */
  byKind(apiVersion: string, kind: string): ResourceType | undefined {
    const slash = apiVersion.indexOf('/')
    const group = slash < 0 ? '' : apiVersion.slice(0, slash)
    const version = apiVersion.slice(slash + 1)
    return this.types.find((type) => type.kind === kind && type.group === group && type.version === version)
  }

  /** Serves what a CustomResourceDefinition defines, in place of what one of the same name defined before. */
  install(name: string, crd: JsonObject): void {
    this.uninstall(name)
    const types = customResources(crd)
    for (const type of types) this.#types.set(keyOf(type), type)
    this.#byCrd.set(name, types.map(keyOf))
    this.generation += 1
  }

  uninstall(name: string): void {
    for (const key of this.#byCrd.get(name) ?? []) this.#types.delete(key)
    this.#byCrd.delete(name)
    this.generation += 1
  }
}

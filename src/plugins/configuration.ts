import * as z from 'zod'
import { parseYaml } from '../lib/yaml.ts'
import type { PluginKind } from './contract/operation.ts'
import { type Endpoint, readLocation } from './location.ts'

/** Keys of the ConfigMap, as published. */
export const configurationKeys: Readonly<Record<PluginKind, string>> = {
  metric: 'metricProviderPlugins',
  router: 'trafficRouterPlugins',
  step: 'stepPlugins',
}

const kinds = ['metric', 'router', 'step'] as const

/** One plugin as the ConfigMap has it: the published fields, and below them our own. */
const entrySchema = z.strictObject({
  name: z.string(),
  location: z.string().default(''),
  sha256: z.string().optional(),
  args: z.array(z.string()).optional(),
  headersFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })).optional(),
  disabled: z.boolean().optional(),
  tokenFrom: z.object({ secretKeyRef: z.object({ name: z.string(), key: z.string() }) }).optional(),
  timeoutSeconds: z.number().min(1).max(120).optional(),
  ca: z.string().optional(),
})

type Entry = z.infer<typeof entrySchema>

/** A plugin that can be asked. */
export interface Plugin {
  readonly kind: PluginKind
  readonly name: string
  readonly endpoint: Endpoint
  /** Limit for one exchange in milliseconds. */
  readonly timeoutMs: number
  /** PEM certificates that are trusted besides the system's. */
  readonly ca?: string
  /** Secrets whose every key is a header, as published. */
  readonly headerSecrets: readonly string[]
  /** Where the bearer token is kept. */
  readonly token?: { readonly name: string; readonly key: string }
}

/** What the configuration says about a name. */
export type PluginLookup =
  | { readonly type: 'usable'; readonly plugin: Plugin }
  | { readonly type: 'disabled' }
  | {
      readonly type: 'unusable'
      readonly reason: 'PluginNotConfigured' | 'PluginIsProgram' | 'PluginMisconfigured'
      readonly problem: string
    }

const defaultTimeoutMs = 10_000

const namePattern = /^[a-zA-Z0-9-]+\/[a-zA-Z0-9_.-]+$/

const misconfigured = (problem: string): PluginLookup => ({ type: 'unusable', reason: 'PluginMisconfigured', problem })

const pluginOf = (kind: PluginKind, entry: Entry, endpoint: Endpoint): Plugin => ({
  kind,
  name: entry.name,
  endpoint,
  timeoutMs: entry.timeoutSeconds === undefined ? defaultTimeoutMs : entry.timeoutSeconds * 1000,
  ...(entry.ca !== undefined && { ca: entry.ca }),
  headerSecrets: (entry.headersFrom ?? []).map(({ secretRef }) => secretRef.name),
  ...(entry.tokenFrom !== undefined && { token: entry.tokenFrom.secretKeyRef }),
})

const lookupOf = (kind: PluginKind, entry: Entry): PluginLookup => {
  if (!namePattern.test(entry.name)) {
    return misconfigured(`plugin repository (${entry.name}) must be in the format of <namespace>/<plugin>`)
  }
  if (entry.disabled !== undefined && kind !== 'step') {
    return misconfigured(`plugin ${entry.name}: only a step plugin can be disabled; remove the field or the plugin`)
  }
  if (entry.disabled === true) return { type: 'disabled' }
  const location = readLocation(entry.location, entry.sha256 !== undefined || (entry.args ?? []).length > 0)
  const problem = (text: string): string => `plugin ${entry.name}: ${text}`
  if (location.type === 'binary')
    return { type: 'unusable', reason: 'PluginIsProgram', problem: problem(location.problem) }
  if (location.type === 'invalid') return misconfigured(problem(location.problem))
  return { type: 'usable', plugin: pluginOf(kind, entry, location.endpoint) }
}

interface Section {
  readonly plugins: ReadonlyMap<string, PluginLookup>
  /** Why the key cannot be read at all. */
  readonly problem?: string
}

const readEntry = (kind: PluginKind, raw: unknown): readonly [string, PluginLookup] => {
  const parsed = entrySchema.safeParse(raw)
  const name = z.object({ name: z.string() }).safeParse(raw).data?.name ?? ''
  if (parsed.success) return [name, lookupOf(kind, parsed.data)]
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'entry'}: ${message}`)
  return [name, misconfigured(`plugin ${name} cannot be read: ${faults.join('; ')}`)]
}

const readSection = (kind: PluginKind, text: string | undefined): Section => {
  if (text === undefined || text.trim() === '') return { plugins: new Map() }
  try {
    const list = z.array(z.unknown()).parse(parseYaml(text))
    const plugins = new Map<string, PluginLookup>()
    for (const raw of list) {
      const [name, lookup] = readEntry(kind, raw)
      plugins.set(name, plugins.has(name) ? misconfigured(`plugin ${name} is configured twice; remove one`) : lookup)
    }
    return { plugins }
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? 'it is no list' : error instanceof Error ? error.message : String(error)
    return { plugins: new Map(), problem: `${configurationKeys[kind]} cannot be read: ${reason}` }
  }
}

/** All configured plugins. Nothing in it changes: another configuration is another directory. */
export class PluginDirectory {
  readonly #sections: Readonly<Record<PluginKind, Section>>
  readonly #source: string

  /**
   * @param data of the ConfigMap; undefined where there is none
   * @param source name of the ConfigMap, for messages
   */
  constructor(data: Readonly<Record<string, string>> | undefined, source: string) {
    const section = (kind: PluginKind): Section => readSection(kind, data?.[configurationKeys[kind]])
    this.#sections = { metric: section('metric'), router: section('router'), step: section('step') }
    this.#source = source
  }

  /** What the configuration says about a name. */
  find(kind: PluginKind, name: string): PluginLookup {
    const { plugins, problem } = this.#sections[kind]
    if (problem !== undefined) return misconfigured(`plugin ${name}: in the ConfigMap ${this.#source}, ${problem}`)
    const found = plugins.get(name)
    if (found !== undefined) return found
    const where = `add it to ${configurationKeys[kind]} of the ConfigMap ${this.#source}`
    return {
      type: 'unusable',
      reason: 'PluginNotConfigured',
      problem: `plugin ${name} not configured in configmap: ${where}, with its http://, https:// or unix:// address`,
    }
  }

  /** Everything that is wrong, for the log. What nobody uses stops nobody. */
  get problems(): readonly string[] {
    return kinds.flatMap((kind) => {
      const { plugins, problem } = this.#sections[kind]
      const ofPlugins = [...plugins.values()].flatMap((lookup) => (lookup.type === 'unusable' ? [lookup.problem] : []))
      return problem === undefined ? ofPlugins : [problem]
    })
  }
}

import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Json, JsonObject } from '../../lib/json.ts'
import { parseYaml, parseYamlDocuments, YamlError } from '../../lib/yaml.ts'
import { ScenarioError } from './scenario-error.ts'
import { actionNames, type ScenarioFile, scenarioSchema } from './schema.ts'

/** Reads the text of a file; a path that is not absolute is relative to the scenario. */
export type ReadText = (path: string) => string

const isObject = (value: Json): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

const fault = (file: string, path: readonly PropertyKey[], message: string): string =>
  `${file}: ${path.map(String).join('.') || '(top)'}: ${message}`

/** Says which file is no YAML, and where. */
const asYaml = <T>(file: string, parse: () => T): T => {
  try {
    return parse()
  } catch (cause) {
    if (!(cause instanceof YamlError)) throw cause
    throw new ScenarioError(`${file}: ${cause.message}\n${cause.snippet}`, { cause })
  }
}

const checkChanges = (file: string, scenario: ScenarioFile): readonly string[] =>
  (scenario.changes ?? []).flatMap((change, index) => {
    const named = actionNames.filter((name) => change[name] !== undefined)
    if (named.length === 1) return []
    return [
      fault(
        file,
        ['changes', index],
        `names ${named.length} actions, exactly one of ${actionNames.join(', ')} is needed`,
      ),
    ]
  })

const readObjects = (file: string, path: string, readText: ReadText): readonly JsonObject[] => {
  const text = readText(path)
  const documents = asYaml(path, () => parseYamlDocuments(text))
  return documents.map((document) => {
    if (!isObject(document)) throw new ScenarioError(`${file}: reading ${path}: a document is no object`)
    return document
  })
}

/** Replaces `{file: …}` by the objects of that file, so that what plays a scenario needs no files. */
const inlineManifests = (file: string, manifests: readonly JsonObject[], readText: ReadText): readonly JsonObject[] =>
  manifests.flatMap((manifest) =>
    typeof manifest.file === 'string' && manifest.kind === undefined
      ? readObjects(file, manifest.file, readText)
      : [manifest],
  )

/** A scenario whose manifests are all in it. */
export type Scenario = Omit<ScenarioFile, 'manifests'> & { readonly manifests: readonly JsonObject[] }

/**
 * Reads a scenario from its text. Throws {@link ScenarioError} with all faults at once.
 *
 * @param file what to call it in messages.
 */
export const parseScenario = (file: string, text: string, readText: ReadText): Scenario => {
  const parsed = scenarioSchema.safeParse(asYaml(file, () => parseYaml(text)))
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => fault(file, issue.path, issue.message))
    throw new ScenarioError(faults.join('\n'), { cause: parsed.error })
  }
  const faults = checkChanges(file, parsed.data)
  if (faults.length > 0) throw new ScenarioError(faults.join('\n'))
  const changes = (parsed.data.changes ?? []).map((change) =>
    change.apply === undefined
      ? change
      : { ...change, apply: [...inlineManifests(file, [change.apply].flat(), readText)] },
  )
  return { ...parsed.data, changes, manifests: inlineManifests(file, parsed.data.manifests, readText) }
}

const read = (path: string, what: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ScenarioError(`reading ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Reads a scenario file, and the manifests that it names. */
export const loadScenario = (file: string): Scenario =>
  parseScenario(file, read(file, file), (path) => read(resolve(dirname(file), path), `${path}, which ${file} names`))
